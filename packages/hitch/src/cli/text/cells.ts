/** How texts take up the cells of a terminal: made harmless, on one line, cut and wrapped by width. */
import { stripVTControlCharacters } from "node:util";
import sliceAnsi from "slice-ansi";
import stringWidth from "string-width";
import { toHarmless } from "./harmless.ts";
import { cutCells, wrap } from "./wrap.ts";

/** Longer texts are cut before their width is measured: no terminal is that wide. */
const longestLine = 2000;

/**
 * A text from elsewhere on one line. What glues characters together is taken out, because terminals disagree on the
 * width of what it makes.
 */
export function toOneLine(text: string): string {
  return unglue(toHarmless(text.slice(0, longestLine)).replace(/\s+/g, " ")).trim();
}

/** Cuts a line, coloured or not, to a width; an ellipsis says so. */
export function fit(line: string, columns: number): string {
  if (columns === Infinity || stringWidth(line) <= columns) return line;
  return columns < 1 ? "" : `${sliceAnsi(line, 0, columns - 1)}…`;
}

/** The last rows of a text from elsewhere, wrapped at words. */
export function lastRows(text: string, columns: number, count: number): readonly string[] {
  if (count < 1) return [];
  const end = toHarmless(text.slice(-columns * (count + 1) * 4)).trimEnd();
  const rows = end.split("\n").flatMap((line) => wrap(unglue(line).replaceAll("\t", "  "), columns));
  return rows.slice(-count);
}

/** How many rows a line takes up in a terminal of this width. A wide character that does not fit at the end leaves a gap. */
export function rowsOf(line: string, columns: number): number {
  return cutCells(unglue(stripVTControlCharacters(line)), columns).length;
}

function unglue(text: string): string {
  return text.replace(/[\p{Cf}\uFE00-\uFE0F]/gu, "");
}
