/** Texts broken into rows, by the cells that they take up. */
import stringWidth from "string-width";

/**
 * Breaks a line between words into rows of `columns`, the first of `firstColumns`; a word that is too long is cut. The
 * spaces between words stay, except at a break.
 */
export function wrap(line: string, columns: number, firstColumns = columns): readonly string[] {
  if (columns === Infinity && firstColumns === Infinity) return [line];
  const rows: string[] = [];
  let row = "";
  let width = 0;
  const room = (): number => (rows.length === 0 ? firstColumns : columns);
  for (const [word] of line.matchAll(/\s*\S+/gu)) {
    const wordWidth = widthOfAll(word);
    if (width + wordWidth <= room()) {
      row += word;
      width += wordWidth;
      continue;
    }
    if (row !== "" || room() < columns) rows.push(row);
    const pieces = [...cutCells(word.trimStart(), room())];
    row = pieces.pop() ?? "";
    width = widthOfAll(row);
    rows.push(...pieces);
  }
  return [...rows, row];
}

/** Cuts a line where it is full, as a terminal does. A wide character that does not fit at the end leaves a gap. */
export function cutCells(line: string, columns: number): readonly string[] {
  const rows: string[] = [];
  let row = "";
  let width = 0;
  for (const { segment } of segmenter.segment(line)) {
    const segmentWidth = widthOf(segment);
    if (width + segmentWidth > columns && row !== "") {
      rows.push(row);
      [row, width] = ["", 0];
    }
    row += segment;
    width += segmentWidth;
  }
  return [...rows, row];
}

const segmenter = new Intl.Segmenter();

function widthOfAll(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += widthOf(segment);
  return width;
}

/** Measuring takes microseconds, and texts repeat their characters. */
function widthOf(segment: string): number {
  const known = widths.get(segment);
  if (known !== undefined) return known;
  if (widths.size > 10_000) widths.clear();
  const width = stringWidth(segment);
  widths.set(segment, width);
  return width;
}

const widths = new Map<string, number>();
