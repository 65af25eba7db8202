/** How a run is shown: its events as lines on stdout, or its text on stdout and what people should know on stderr. */
import { eventFields } from "../policy/own-fields.ts";
import { redactAround, type Redact } from "../policy/redaction.ts";
import type { HitchEvent } from "../vocabulary/events.ts";
import { formatError } from "./error-words.ts";
import type { RunFinish } from "./failure.ts";
import type { Output } from "./output.ts";
import { toBlock } from "./text/block.ts";
import { toHarmless, toHarmlessJson } from "./text/harmless.ts";
import { noticeOf } from "./text/notice.ts";

/** Where it is shown. */
export interface Screen {
  readonly json: boolean;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Asked at every event: a run's own variables add secrets. */
  readonly redact: Redact;
}

/** Shows the event, `shown` being its redaction; resolves when there is room for the next one. */
export async function showEvent(
  screen: Screen,
  event: HitchEvent,
  shown = redactAround(event, screen.redact, eventFields),
): Promise<void> {
  if (screen.json) return screen.stdout.write(`${JSON.stringify(shown)}\n`);
  const line = describe(shown, screen.stderr.paper.columns);
  if (line !== undefined) await screen.stderr.write(`${line}\n`);
  if (event.type !== "run-finish") return;
  // Where both are one terminal.
  if (screen.stderr.isTerminal) await screen.stderr.flushed();
  await writeAnswer(screen.stdout, event);
}

/**
 * Writes the data of the caller, which is never redacted: the value as JSON, or else the text. Byte for byte, unless people
 * read it: then the JSON has several lines, and nothing commands their terminal.
 */
export async function writeAnswer(stdout: Output, { status, result }: RunFinish): Promise<void> {
  if (status !== "completed") return;
  const { output, text = "" } = result;
  const answer = output === undefined ? text : JSON.stringify(output);
  const forPeople = output === undefined ? toHarmless(text) : toHarmlessJson(output);
  await stdout.write(withNewline(stdout.isTerminal ? forPeople : answer));
}

/** What people should know of an event, on stderr; `undefined` if nothing. */
function describe(event: HitchEvent, columns: number): string | undefined {
  if (event.type === "run-finish") return event.error && formatError(event.error, columns);
  const notice = noticeOf(event);
  return notice && toBlock(event.type === "warning" ? "hitch: warning: " : "hitch: ", notice, columns);
}

function withNewline(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}
