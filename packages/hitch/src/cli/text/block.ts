/** Messages of several lines that stay one block. */
import { stripVTControlCharacters } from "node:util";
import stringWidth from "string-width";
import { toHarmless } from "./harmless.ts";
import { wrap } from "./wrap.ts";

/** What every line after the first begins with. */
const indent = "  ";

/** `start` (ours, maybe coloured) and a text from elsewhere behind it, wrapped at words; what follows is indented. */
export function toBlock(start: string, text: string, columns: number): string {
  const room = Math.max(1, columns - indent.length);
  const firstRoom = Math.max(1, columns - stringWidth(stripVTControlCharacters(start)));
  const [first = "", ...others] = toHarmless(text).trimEnd().split("\n");
  const rows = [...wrap(first, room, firstRoom), ...others.flatMap((line) => wrap(line, room))];
  return `${start}${rows.join(`\n${indent}`)}`;
}
