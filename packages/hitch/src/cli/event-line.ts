/** Stored events for people, one line each. */
import type { HitchEvent } from "../vocabulary/events.ts";
import { fit, toOneLine } from "./text/cells.ts";
import { formatCost, formatUsage } from "./text/figures.ts";
import { noticeOf } from "./text/notice.ts";
import { toolTitle } from "./text/tool-title.ts";

/** How much of a text is shown where no screen limits it. */
const textLimit = 500;
const typeColumns = 14;
/** Narrower screens go without the time. */
const timeFromColumns = 60;

/**
 * The line of an event, cut to `columns`; `undefined` for the pieces of a text that is repeated whole.
 * The event must be redacted already.
 */
export function formatEvent(event: HitchEvent, columns: number): string | undefined {
  if (event.type === "text-delta" || event.type === "reasoning-delta") return undefined;
  const time = columns < timeFromColumns ? "" : `${timeOfDay(event.time)} `;
  const what = toOneLine(event.type).padEnd(typeColumns);
  return fit(`${time}${what} ${shorten(toOneLine(describe(event)))}`.trimEnd(), columns);
}

/** By characters: measuring widths would take most of the time, and no character may be cut in two. */
function shorten(text: string): string {
  return text.length <= textLimit ? text : `${text.slice(0, textLimit).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** By the clock of whoever looks. */
function timeOfDay(time: string): string {
  return new Date(time).toTimeString().slice(0, 8);
}

function describe(event: HitchEvent): string {
  switch (event.type) {
    case "run-start":
      return `${join(" ", event.provider, event.model)} in ${event.cwd}: ${event.title}`;
    case "attempt-start":
      return join(" ", event.attempt > 1 && `(attempt ${event.attempt})`, ...event.command);
    case "session":
      return event.session.id;
    case "text-delta":
    case "text":
    case "reasoning-delta":
    case "reasoning":
    case "stderr":
      return event.text;
    case "tool-call":
      return join(" ", event.toolName, toolTitle(event, "") || JSON.stringify(event.input));
    case "tool-result":
      return join(" ", event.isError && "failed:", showValue(event.output));
    case "file-change":
      return `${event.change} ${event.path}`;
    case "plan":
      return event.entries.map(({ content, status }) => `${content} (${status})`).join("; ");
    case "finish-step":
      return join(", ", event.usage && formatUsage(event.usage), formatCost(event.cost), event.reason);
    case "permission":
    case "warning":
    case "retry":
    case "fallback":
      return noticeOf(event) ?? "";
    case "raw":
      return event.line;
    case "output":
      return `${event.via}: ${event.valid ? "it fits the schema" : `it does not fit: ${event.issues.join("; ")}`}`;
    case "attempt-finish":
      return event.verdict.ok ? "ok" : join(": ", event.verdict.code, event.verdict.message);
    case "run-finish":
      return event.error ? `${event.error.code}: ${event.error.message}` : event.status;
    default:
      return ""; // A compaction says nothing more; nor is known what a later version stores.
  }
}

function showValue(value: unknown): string | undefined {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function join(separator: string, ...parts: readonly (string | false | undefined)[]): string {
  return parts.filter((part) => part !== false && part !== undefined && part !== "").join(separator);
}
