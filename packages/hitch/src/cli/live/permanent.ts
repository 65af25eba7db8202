/** What the live view says for good about an event: the lines that scroll up. */
import { submitToolName } from "../../output/submit-tool.ts";
import type { Redact } from "../../policy/redaction.ts";
import type { HitchEvent } from "../../vocabulary/events.ts";
import { toBlock } from "../text/block.ts";
import { fit, toOneLine } from "../text/cells.ts";
import { formatTime } from "../text/figures.ts";
import { toHarmless } from "../text/harmless.ts";
import { noticeOf } from "../text/notice.ts";
import type { Paper } from "../text/paper.ts";
import { relativeTo, toolLabel, toolTitle } from "../text/tool-title.ts";
import { wrap } from "../text/wrap.ts";
import { findCall, releasesText, type Call, type ViewState } from "./state.ts";

type Of<Type extends HitchEvent["type"]> = Extract<HitchEvent, { type: Type }>;

/** The lines for an event, `state` being the one before it. What the agent says is redacted again: a secret may have come in two pieces. Tools take one line each; messages are wrapped at words. */
export function permanentLines(
  event: HitchEvent,
  state: ViewState,
  paper: Paper,
  redact: Redact = (text) => text,
): readonly string[] {
  return [...releasedText(event, state, paper, redact), ...linesOf(event, state, paper)];
}

function releasedText(event: HitchEvent, state: ViewState, { columns }: Paper, redact: Redact): readonly string[] {
  if (!releasesText(state, event) || isAcceptedText(event)) return [];
  const text = toHarmless(redact([...state.texts.values()].join("\n"))).trim();
  return text === "" ? [] : text.split("\n").flatMap((line) => wrap(line, columns));
}

/** The last message was the value for the schema, which is shown as such. */
function isAcceptedText(event: HitchEvent): boolean {
  return event.type === "output" && event.valid && (event.via === "text" || event.via === "repair");
}

function linesOf(event: HitchEvent, state: ViewState, paper: Paper): readonly string[] {
  const { style, columns } = paper;
  const note = (sign: string): readonly string[] => [
    toBlock(`${style("yellow", sign)} `, noticeOf(event) ?? "", columns),
  ];
  switch (event.type) {
    case "run-start":
      return [header(event, paper)];
    case "tool-result":
      return endedCall(event, findCall(state, event.toolCallId), state.cwd, paper);
    case "file-change":
      return changedFile(event, state, paper);
    case "permission":
      return note("⊘");
    case "warning":
      return note("!");
    case "retry":
    case "fallback":
      return note("↻");
    case "compaction":
      return [style("dim", "· the agent shortened its conversation")];
    case "output":
      return output(event, paper);
    default:
      return [];
  }
}

function header({ provider, model, permissions }: Of<"run-start">, { style, columns }: Paper): string {
  const { level, enforcedBy } = permissions;
  const parts = [provider, model, `${level}, enforced by ${enforcedBy}`].filter((part) => part !== undefined);
  return style("dim", fit(toOneLine(parts.join(" · ")), columns));
}

/** An agent that prints a call when it is over gives both ends the same time, so there is no duration to tell. */
function endedCall(
  { time, output, isError }: Of<"tool-result">,
  call: Call | undefined,
  cwd: string,
  { style, columns }: Paper,
): readonly string[] {
  // What became of a submitted value is an event of its own.
  if (call?.toolName.endsWith(submitToolName)) return [];
  const durationMs = call === undefined ? 0 : Date.parse(time) - call.startedAtMs;
  const duration = durationMs < 100 ? "" : `  ${formatTime(durationMs)}`;
  const indent = call?.parentToolCallId === undefined ? "" : "  ";
  const label = toOneLine(call === undefined ? "tool" : toolLabel(call)).padEnd(7);
  const title = call === undefined ? "" : toOneLine(toolTitle(call, cwd));
  const shownTitle = fit(title, columns - indent.length - 2 - label.length - 1 - duration.length);
  const sign = isError ? style("red", "✗") : style("green", "✓");
  const line = `${indent}${sign} ${style("dim", label)} ${shownTitle}${duration && style("dim", duration)}`;
  const why = isError && typeof output === "string" ? toOneLine(output) : "";
  return [fit(line.trimEnd(), columns), ...(why === "" ? [] : [style("dim", fit(`${indent}  ${why}`, columns))])];
}

/** A change that the line of its tool has told already is not told twice. */
function changedFile(
  { path, change }: Of<"file-change">,
  { endedCall, cwd }: ViewState,
  paper: Paper,
): readonly string[] {
  const shown = relativeTo(cwd, path);
  const isTold =
    endedCall !== undefined &&
    ["edit", "delete", "move"].includes(endedCall.kind) &&
    relativeTo(cwd, toolTitle(endedCall, cwd)) === shown;
  return isTold
    ? []
    : [fit(`${paper.style("cyan", "±")} ${paper.style("dim", change.padEnd(7))} ${toOneLine(shown)}`, paper.columns)];
}

const shownIssues = 5;

function output({ via, valid, issues }: Of<"output">, { style, columns }: Paper): readonly string[] {
  if (valid) return [`${style("green", "✓")} ${style("dim", "output")}  accepted (${via})`];
  const more = issues.length - shownIssues;
  return [
    `${style("red", "✗")} ${style("dim", "output")}  not accepted (${via})`,
    ...issues.slice(0, shownIssues).map((issue) => style("dim", fit(`  ${toOneLine(issue)}`, columns))),
    ...(more > 0 ? [style("dim", `  and ${more} more`)] : []),
  ];
}
