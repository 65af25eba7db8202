/** The events of a run in whatever process, from the first to the last. */
import { journalPath } from "../../effects/journal.ts";
import type { State } from "../../effects/state.ts";
import { followLines, readLines } from "../../effects/stored-journal.ts";
import type { HitchEvent } from "../../vocabulary/events.ts";
import { lostRun, parseEvent, readStoredRun } from "./stored-run.ts";

/** An event and the line that it is stored as. */
export interface StoredEvent {
  readonly event: HitchEvent;
  readonly line: string;
}

/** The events that are stored now. */
export async function* readStoredEvents(state: State, runId: string): AsyncGenerator<StoredEvent, void, undefined> {
  for await (const line of readLines(journalPath(state.runs, runId))) yield* toEvent(line);
}

/**
 * Each event once, in order, as soon as it is stored. Ends after `run-finish`, or when the signal aborts.
 *
 * @throws HarnessError `lost` if the host died before the run was over.
 */
export async function* followRun(
  state: State,
  runId: string,
  signal: AbortSignal,
): AsyncGenerator<StoredEvent, void, undefined> {
  let isLost = false;
  for await (const line of followLines(journalPath(state.runs, runId), signal)) {
    if (line === undefined) {
      // What the host wrote before it died may still be unread: silence has to be met once more.
      if (isLost) throw lostRun(runId);
      isLost = (await readStoredRun(state, runId)).run.status === "lost";
      continue;
    }
    for (const stored of toEvent(line)) {
      yield stored;
      if (stored.event.type === "run-finish") return;
    }
  }
}

/** A line that is no event was torn by a crash of the machine. */
function toEvent(line: string): readonly StoredEvent[] {
  const event = parseEvent(line);
  return event === undefined ? [] : [{ event, line }];
}
