/** One event of a stored run on stdout. */
import { redactValue } from "../policy/redaction.ts";
import type { HitchEvent } from "../vocabulary/events.ts";
import type { Console } from "./console.ts";
import { formatEvent } from "./event-line.ts";

/** Writes the journal's line with `--json`, else one for people, or none; resolves when there is room for the next. */
export async function writeStoredEvent(
  { json, redact, stdout }: Console,
  { event, line }: { readonly event: HitchEvent; readonly line: string },
): Promise<void> {
  const shown = json ? redact(line) : formatEvent(redactValue(event, redact), stdout.paper.columns);
  if (shown !== undefined) await stdout.write(`${shown}\n`);
}
