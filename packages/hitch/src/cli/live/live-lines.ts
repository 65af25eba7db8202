/** The lines that are redrawn: the end of what the agent says, what it does now, and what the run has cost so far. */
import { fit, lastRows, toOneLine } from "../text/cells.ts";
import { formatCost, formatTime, formatUsage } from "../text/figures.ts";
import type { Paper } from "../text/paper.ts";
import { toolLabel, toolTitle } from "../text/tool-title.ts";
import type { ViewState } from "./state.ts";

export interface Frame extends Paper {
  readonly rows: number;
  readonly nowMs: number;
  /** Counts the frames, so that something turns. */
  readonly number: number;
  /** Applied to what the agent says: a secret may have come in two pieces. */
  readonly redact: (text: string) => string;
}

const spinner = [..."⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"];
const shownCalls = 3;
const shownTextRows = 6;

/** Each at most `columns` wide, and together lower than the terminal by at least one row. */
export function liveLines(state: ViewState, frame: Frame): readonly string[] {
  const { style, columns, rows, redact } = frame;
  const doing = activities(state, frame).slice(0, Math.max(1, rows - 2));
  const status = rows > 2 ? [style("dim", fit(`  ${describeStatus(state, frame)}`, columns))] : [];
  const textRows = Math.min(shownTextRows, rows - 1 - doing.length - status.length);
  // Enough for the rows shown; a long text is not searched for secrets at every frame.
  const text = [...state.texts.values()].join("\n").slice(-64 * 1024);
  const said = text.trim() === "" ? [] : lastRows(redact(text), columns, textRows);
  return [...said, ...doing, ...status];
}

function activities(state: ViewState, { style, columns, nowMs, number }: Frame): readonly string[] {
  const turning = style("cyan", spinner[number % spinner.length] ?? "");
  if (state.openCalls.length === 0) return [fit(`${turning} ${toOneLine(describeActivity(state, nowMs))}`, columns)];
  const lines = state.openCalls.slice(0, shownCalls).map((call) => {
    const time = formatSeconds(nowMs - call.startedAtMs);
    const label = toOneLine(toolLabel(call)).padEnd(7);
    const title = fit(toOneLine(toolTitle(call, state.cwd)), columns - label.length - time.length - 5);
    return fit(`${turning} ${label} ${title}  ${style("dim", time)}`, columns);
  });
  const more = state.openCalls.length - shownCalls;
  return more > 0 ? [...lines, fit(style("dim", `  and ${more} more`), columns)] : lines;
}

function describeActivity({ activity, waitsUntilMs }: ViewState, nowMs: number): string {
  if (waitsUntilMs === undefined || waitsUntilMs <= nowMs) return activity;
  return `${activity} in ${formatSeconds(waitsUntilMs - nowMs + 999)}`;
}

function describeStatus({ startedAtMs, usage, cost, attempt, plan }: ViewState, { nowMs }: Frame): string {
  const done = plan.filter(({ status }) => status === "completed").length;
  const current = plan.find(({ status }) => status === "in-progress");
  const parts = [
    formatSeconds(nowMs - (startedAtMs ?? nowMs)),
    formatUsage(usage),
    cost && formatCost(cost),
    attempt > 1 && `attempt ${attempt}`,
    plan.length > 0 && `${done}/${plan.length} ${toOneLine(current?.content ?? "")}`.trim(),
  ];
  return parts.filter((part) => part !== undefined && part !== false).join(" · ");
}

/** Whole seconds: the clock ticks once in one. */
function formatSeconds(timeMs: number): string {
  return formatTime(Math.max(0, Math.floor(timeMs / 1000)) * 1000);
}
