/** Facts in aligned lines, right at any width: a mark, a label, a text and what to do. */
import { styleText } from "node:util";
import stringWidth from "string-width";
import { toPrintable } from "./printable.ts";

export interface Row {
  readonly status?: "ok" | "warning" | "problem";
  readonly label: string;
  readonly text: string;
  /** What to do. */
  readonly hint?: string | undefined;
}

/** Where the lines are shown. */
export interface Paper {
  /** Columns; `Infinity` where nothing has to be broken. */
  readonly width: number;
  readonly paint: (format: Paint, text: string) => string;
}

type Paint = "bold" | "dim" | "green" | "yellow" | "red";

/** What stdout is: a terminal of some width, which may want no colours, or a file without edges. */
export function paperOf(stream: NodeJS.WriteStream): Paper {
  return {
    width: stream.isTTY ? Math.max(stream.columns || 80, narrowest) : Infinity,
    paint: (format, text) => styleText(format, text, { stream }),
  };
}

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
  const width = paper.width >= alignedFrom ? labelWidth : 0;
  return rows.map((row) => formatRow(row, width, paper)).join("");
}

/** Breaks a text between words into lines of `width`, the first of `firstWidth`; a word that is too long is cut. */
export function wrapText(text: string, width: number, firstWidth = width): string[] {
  const lines: string[] = [];
  let line = "";
  const room = (): number => (lines.length === 0 ? firstWidth : width);
  for (const word of text.split(/\s+/)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (stringWidth(longer) <= room()) {
      line = longer;
      continue;
    }
    if (line !== "" || room() < width) lines.push(line);
    line = word;
    while (stringWidth(line) > room()) {
      const fitting = fittingPart(line, room());
      lines.push(fitting);
      line = line.slice(fitting.length);
    }
  }
  return [...lines, line];
}

function formatRow({ status, label, text, hint }: Row, labelWidth: number, { width, paint }: Paper): string {
  const mark = status && marks[status];
  const isAligned = labelWidth > 0;
  const margin = isAligned ? "  " : "";
  const name = isAligned ? label.padEnd(labelWidth) : `${label}:`;
  const gap = isAligned ? "  " : " ";
  const start = `${margin}${mark ? paint(mark.colour, mark.sign) : " "} ${paint("dim", name)}${gap}`;
  const startWidth = margin.length + 2 + stringWidth(name) + gap.length;
  const indent = " ".repeat(isAligned ? startWidth : 4);

  const said = wrapText(toPrintable(`${mark?.word ?? ""}${text}`), width - indent.length, width - startWidth);
  const advice = hint === undefined ? [] : wrapText(toPrintable(hint), width - indent.length - 2);
  const lines = [
    `${start}${said[0] ?? ""}`.trimEnd(),
    ...said.slice(1).map((line) => `${indent}${line}`),
    ...advice.map((line, index) => `${indent}${paint("dim", `${index === 0 ? "→" : " "} ${line}`)}`),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function fittingPart(text: string, width: number): string {
  let fitting = "";
  for (const { segment } of segmenter.segment(text)) {
    if (stringWidth(fitting + segment) > width && fitting !== "") break;
    fitting += segment;
  }
  return fitting;
}

const segmenter = new Intl.Segmenter();
