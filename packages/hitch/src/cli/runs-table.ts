/** The table of `hitch runs`: one line a run where there is room, else several. */
import stringWidth from "string-width";
import type { StoredRun } from "../run/history/stored-run.ts";
import { withTilde } from "./home.ts";
import { fit, toOneLine } from "./text/cells.ts";
import { formatAgo, formatCost, formatTime } from "./text/figures.ts";
import type { Paper } from "./text/paper.ts";
import type { Style } from "./text/style.ts";

/** What the table is made for. */
export interface TablePlace extends Paper {
  readonly nowMs: number;
  /** Shown as `~`. */
  readonly home: string;
}

const headings = {
  id: "RUN",
  status: "STATUS",
  agent: "AGENT",
  started: "STARTED",
  took: "TOOK",
  cost: "COST",
  cwd: "DIRECTORY",
  title: "PROMPT",
} as const;

type Field = keyof typeof headings;
type Row = Readonly<Record<Field, string>>;

/** The lines of a run, by the width from which on they are right. */
const layouts: readonly { readonly fromColumns: number; readonly lines: readonly (readonly Field[])[] }[] = [
  { fromColumns: 130, lines: [["id", "status", "agent", "started", "took", "cost", "cwd", "title"]] },
  {
    fromColumns: 66,
    lines: [
      ["id", "status", "started", "took", "cost", "agent"],
      ["cwd", "title"],
    ],
  },
  { fromColumns: 0, lines: [["id", "status", "started"], ["agent", "took", "cost"], ["cwd"], ["title"]] },
];

const gap = "  ";
/** On a terminal one long name or path must not push away all the rest. */
const widest: Readonly<Partial<Record<Field, number>>> = { agent: 22, cwd: 36 };

const looks = {
  running: "cyan",
  completed: "green",
  failed: "red",
  cancelled: "yellow",
  lost: "red",
} as const satisfies Record<StoredRun["status"], Parameters<Style>[0]>;

/** The lines for these runs, with headings where a run is one line. Texts must be redacted already. */
export function formatRuns(runs: readonly StoredRun[], place: TablePlace): readonly string[] {
  const { columns, style } = place;
  const lines = layouts.find(({ fromColumns }) => columns >= fromColumns)?.lines ?? [];
  const rows = runs.map((run) => ({ look: looks[run.status], row: describe(run, place) }));
  const shown = lines.length === 1 ? [{ look: "bold" as const, row: headings }, ...rows] : rows;
  const widths = measure(
    shown.map(({ row }) => row),
    columns,
  );
  return shown.flatMap(({ look, row }) =>
    lines.flatMap((fields, index) => {
      const indent = index === 0 ? "" : gap;
      const cells = fields.map((field, place) => pad(row[field], place === fields.length - 1 ? 0 : widths[field]));
      const line = fit(indent + cells.join(gap).trimEnd(), columns);
      if (line.trim() === "") return [];
      return look === "bold" ? [style("bold", line)] : [line.replace(gap + row.status, gap + style(look, row.status))];
    }),
  );
}

function describe(run: StoredRun, { nowMs, home }: TablePlace): Row {
  const startedMs = run.startedAt === undefined ? undefined : Date.parse(run.startedAt);
  const tookMs = run.status === "running" && startedMs !== undefined ? nowMs - startedMs : run.durationMs;
  return {
    id: run.runId,
    status: run.status,
    agent: toOneLine([run.provider, run.model].filter((part) => part !== undefined).join(" ")) || "-",
    started: startedMs === undefined ? "-" : formatAgo(nowMs - startedMs),
    took: tookMs === undefined ? "-" : formatTime(tookMs),
    cost: (run.cost && formatCost(run.cost)) ?? "-",
    cwd: toOneLine(withTilde(run.cwd ?? "", home)),
    title: toOneLine(run.title ?? ""),
  };
}

/** Every field as wide as its widest text. */
function measure(rows: readonly Row[], columns: number): Readonly<Record<Field, number>> {
  const widthOf = (field: Field): number => {
    const limit = columns === Infinity ? Infinity : Math.min(widest[field] ?? Infinity, columns - 20);
    return Math.min(limit, Math.max(...rows.map((row) => stringWidth(row[field]))));
  };
  const fields = Object.keys(headings) as Field[];
  return Object.fromEntries(fields.map((field) => [field, widthOf(field)])) as Record<Field, number>;
}

function pad(text: string, width: number): string {
  const shown = width === 0 ? text : fit(text, width);
  return shown + " ".repeat(Math.max(0, width - stringWidth(shown)));
}
