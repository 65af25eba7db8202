/** Where texts are shown: how wide it is, and whether it has colours. */
import type { Writable } from "node:stream";
import { styleFor, type Style } from "./style.ts";

export interface Paper {
  /** The width of the terminal; `Infinity` where there is none, and nothing has to be broken. */
  readonly columns: number;
  readonly style: Style;
}

/** Unlike the types of Node have it, a stream that is no terminal has neither. */
type Target = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** What this stream is now: a terminal can be resized. One that does not say how wide it is is taken for 80 columns wide. */
export function paperOf(stream: Target): Paper {
  return { columns: stream.isTTY ? stream.columns || 80 : Infinity, style: styleFor(stream) };
}
