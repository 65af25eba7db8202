/** How a run is shown: its events as lines on stdout, or its text on stdout and what people should know on stderr. */
import { redactValue, type Redact } from "../policy/redaction.ts";
import type { HitchEvent } from "../vocabulary/events.ts";
import type { RunFinish } from "./failure.ts";
import { formatDuration } from "./duration.ts";
import type { Output } from "./output.ts";
import { toBlock } from "./printable.ts";

/** Where it is shown. */
export interface Screen {
  readonly json: boolean;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Asked at every event: a run's own variables add secrets. */
  readonly redact: Redact;
}

/** Shows the event; resolves when there is room for the next one. */
export async function showEvent(screen: Screen, event: HitchEvent): Promise<void> {
  const shown = redactValue(event, screen.redact);
  if (screen.json) return screen.stdout.write(`${JSON.stringify(shown)}\n`);
  const line = describe(shown);
  if (line !== undefined) await screen.stderr.write(`${line}\n`);
  if (event.type !== "run-finish") return;
  // Where both are one terminal.
  if (screen.stderr.isTerminal) await screen.stderr.flushed();
  await writeAnswer(screen.stdout, event);
}

/** Writes the data of the caller, which is never redacted: the value as JSON, on one line unless people read it, or else the text. */
export async function writeAnswer(stdout: Output, { status, result }: RunFinish): Promise<void> {
  if (status !== "completed") return;
  const { output, text = "" } = result;
  const indent = stdout.isTerminal ? 2 : undefined;
  await stdout.write(output === undefined ? withNewline(text) : `${JSON.stringify(output, undefined, indent)}\n`);
}

/** What people should know of an event, on stderr; `undefined` if nothing. */
function describe(event: HitchEvent): string | undefined {
  if (event.type === "warning") return `hitch: warning: ${toBlock(event.message)}`;
  if (event.type === "permission") return `hitch: refused: ${toBlock(event.message)}`;
  if (event.type === "retry") {
    const when = event.delayMs === undefined ? "" : ` in ${formatDuration(event.delayMs)}`;
    return `hitch: trying again${when}: ${toBlock(event.reason)}`;
  }
  if (event.type === "fallback") {
    return `hitch: going on with ${event.to} instead of ${event.from}: ${toBlock(event.reason)}`;
  }
  return event.type === "run-finish" && event.error ? describeError(event.error) : undefined;
}

/** One block: what happened, and what to do. */
export function describeError({ code, message, hint }: NonNullable<RunFinish["error"]>): string {
  return `hitch: ${code}: ${toBlock(message)}\n  ${toBlock(hint)}`;
}

function withNewline(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}
