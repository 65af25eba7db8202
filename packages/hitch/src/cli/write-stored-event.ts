/** One event of a stored run on stdout. */
import { eventFields } from "../policy/own-fields.ts";
import { redactAround } from "../policy/redaction.ts";
import type { HitchEvent } from "../vocabulary/events.ts";
import type { Console } from "./console.ts";
import { formatEvent } from "./event-line.ts";

/** Writes the journal's line with `--json`, else one for people, or none; resolves when there is room for the next. */
export async function writeStoredEvent(
  { json, redact, stdout }: Console,
  { event, line }: { readonly event: HitchEvent; readonly line: string },
): Promise<void> {
  const redacted = redactAround(event, redact, eventFields);
  const inJson = (): string => (redacted === event ? line : JSON.stringify(redacted));
  const shown = json ? inJson() : formatEvent(redacted, stdout.paper.columns);
  if (shown !== undefined) await stdout.write(`${shown}\n`);
}
