/** A run that is over, and what there is to judge it by. */
import type { Run } from "../../run/run.ts";
import type { ErrorSummary, HitchEvent, RunStatus } from "../../vocabulary/events.ts";
import type { RunResult } from "../../vocabulary/result.ts";
import type { RecordedRequest } from "../mock-model/requests.ts";
import { hold, RefusedByData } from "./behaviour.ts";
import { checkEvents } from "./check-events.ts";
import type { Place } from "./subject.ts";

/** A run that is over. Its events were checked. */
export interface Ran {
  readonly events: readonly HitchEvent[];
  readonly status: RunStatus;
  /** As far as it got. */
  readonly result: Partial<RunResult>;
  readonly error?: ErrorSummary;
  /** What the model was asked meanwhile. */
  readonly requests: readonly RecordedRequest[];
  readonly durationMs: number;
}

/** Follows a run to its end. Throws `RefusedByData` if the provider's data forbids it, and if its events are not in order. */
export async function followRun(run: Run, requests: readonly RecordedRequest[], { cwd }: Place): Promise<Ran> {
  const before = requests.length;
  const startedAtMs = Date.now();
  const events: HitchEvent[] = [];
  for await (const event of run) events.push(event);
  const last = events.at(-1);
  hold(last?.type === "run-finish", "The last event should be run-finish", last);
  const asked = requests.slice(before);
  if (last.error?.code === "unsupported-option") {
    hold(asked.length === 0, "A refused run should not reach the model", asked.length);
    // The reason is kept, and the place is not.
    throw new RefusedByData(last.error.message.replaceAll(`${cwd}/`, ""));
  }
  checkEvents(events);
  const { status, result, error } = last;
  return {
    ...{ events, status, result, requests: asked, durationMs: Date.now() - startedAtMs },
    ...(error !== undefined && { error }),
  };
}

/** Checks that a run ended well, with this text if one is given. */
export function holdCompleted({ status, error, result }: Ran, text?: string): void {
  hold(status === "completed", "The run should complete", error ?? status);
  if (text !== undefined) hold(result.text === text, `The answer should be ${JSON.stringify(text)}`, result.text);
}

/** What the conversation says to and from the model, without the system's part and what tools gave. */
export function spokenIn(request: RecordedRequest | undefined): readonly string[] {
  const said = request?.messages.filter(({ role }) => role === "user" || role === "assistant") ?? [];
  return said.map(({ text }) => text);
}
