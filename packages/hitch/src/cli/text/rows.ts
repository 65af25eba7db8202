/** Facts in aligned lines, right at any width: a mark, a label, a text and what to do. */
import stringWidth from "string-width";
import { toHarmless } from "./harmless.ts";
import type { Paper } from "./paper.ts";
import { wrap } from "./wrap.ts";

export interface Row {
  readonly status?: "ok" | "warning" | "problem";
  readonly label: string;
  readonly text: string;
  /** What to do. */
  readonly hint?: string | undefined;
  /** The text is there to be copied, and stays in one piece. */
  readonly isCommand?: true;
}

/** Narrower screens are left to break the lines themselves. */
const narrowest = 20;

/** Below this width labels are not aligned: their column would leave no room. */
const alignedFrom = 60;

const marks = {
  ok: { sign: "✓", word: "", colour: "green" },
  warning: { sign: "!", word: "warning: ", colour: "yellow" },
  problem: { sign: "✗", word: "problem: ", colour: "red" },
} as const;

/** The rows as lines, each with its newline. Continued lines are indented. `labelWidth`: that of the longest label of all. */
export function formatRows(rows: readonly Row[], labelWidth: number, paper: Paper): string {
  return format(rows, labelWidth, paper, true);
}

/** The same for rows without marks, which begin at the edge. */
export function formatFacts(rows: readonly Omit<Row, "status">[], labelWidth: number, paper: Paper): string {
  return format(rows, labelWidth, paper, false);
}

function format(rows: readonly Row[], labelWidth: number, { columns, style }: Paper, hasMarks: boolean): string {
  const width = columns >= alignedFrom ? labelWidth : 0;
  const paper = { columns: Math.max(columns, narrowest), style };
  return rows.map((row) => formatRow(row, width, paper, hasMarks)).join("");
}

function formatRow(row: Row, labelWidth: number, { columns, style }: Paper, hasMarks: boolean): string {
  const mark = row.status && marks[row.status];
  const isAligned = labelWidth > 0;
  const margin = isAligned && hasMarks ? "  " : "";
  const name = isAligned ? row.label.padEnd(labelWidth) : `${row.label}:`;
  const gap = isAligned ? "  " : " ";
  const sign = hasMarks ? `${mark ? style(mark.colour, mark.sign) : " "} ` : "";
  const start = `${margin}${sign}${style("dim", name)}${gap}`;
  const startWidth = margin.length + (hasMarks ? 2 : 0) + stringWidth(name) + gap.length;
  const indent = " ".repeat(isAligned ? startWidth : 4);

  const text = toOneParagraph(`${mark?.word ?? ""}${row.text}`);
  const said = row.isCommand ? [text] : wrap(text, columns - indent.length, columns - startWidth);
  const advice = row.hint === undefined ? [] : wrap(toOneParagraph(row.hint), columns - indent.length - 2);
  const lines = [
    `${start}${said[0] ?? ""}`.trimEnd(),
    ...said.slice(1).map((line) => `${indent}${line}`),
    ...advice.map((line, index) => `${indent}${style("dim", `${index === 0 ? "→" : " "} ${line}`)}`),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/** Spaces stay as they are: the text may hold a command. */
function toOneParagraph(text: string): string {
  return toHarmless(text).replace(/\s*\n\s*/g, " ");
}
