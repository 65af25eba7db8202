/** The bytes that put one frame in the place of another. */
import { rowsOf } from "../text/cells.ts";

/** Terminals that know these show everything between them at once; the others ignore them. */
const begin = "\u001b[?2026h";
const end = "\u001b[?2026l";

/**
 * Takes the lines of the frame before away, writes `permanent` (lines with their line breaks) and the new lines below it.
 * The cursor stands in the row below a frame and is never hidden, so a command that dies leaves nothing to be restored.
 *
 * `columns` is the width now: in a terminal that became narrower the old lines take up more rows.
 */
export function replaceFrame(
  before: readonly string[],
  permanent: string,
  after: readonly string[],
  columns: number,
): string {
  const isSame = before.length === after.length && before.every((line, index) => line === after[index]);
  if (permanent === "" && isSame) return "";
  const rows = before.reduce((sum, line) => sum + rowsOf(line, columns), 0);
  const erase = rows === 0 ? "" : `\r\u001b[${rows}A\u001b[J`;
  return `${begin}${erase}${permanent}${after.map((line) => `${line}\n`).join("")}${end}`;
}
