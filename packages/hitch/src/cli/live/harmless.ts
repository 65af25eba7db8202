/** Texts from elsewhere that keep their lines. */
import { stripVTControlCharacters } from "node:util";
import { toPrintable } from "../printable.ts";

/** Without what would command a terminal, and without what would turn the reading direction of all that follows. */
export function toHarmless(text: string): string {
  return toPrintable(stripVTControlCharacters(text)).replace(/[\u202A-\u202E\u2066-\u2069]/g, "");
}
