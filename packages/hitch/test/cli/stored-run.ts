import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HitchEvent } from "../../src/vocabulary/events.ts";

type RunStart = Extract<HitchEvent, { type: "run-start" }>;
type RunFinish = Extract<HitchEvent, { type: "run-finish" }>;

/** A run as it is stored. `finish: false` leaves out the last event; `tail` is written behind it as it is. */
export interface Stored {
  readonly runId: string;
  readonly startedAtMs?: number;
  readonly start?: Partial<RunStart>;
  readonly between?: readonly Readonly<Record<string, unknown>>[];
  readonly finish?: Partial<RunFinish> | false;
  readonly tail?: string;
}

/** Writes the journal of a run that is over, and gives its text. */
export function storeRun(stateDirectory: string, stored: Stored): string {
  const { runId, startedAtMs = Date.now(), start = {}, between = [], finish = {}, tail = "" } = stored;
  const time = new Date(startedAtMs).toISOString();
  const bodies = [
    {
      ...{ type: "run-start", version: 1, provider: "pi", cwd: "/home/me/project", title: "Why?" },
      ...{ permissions: { level: "workspace", enforcedBy: "agent-rules" }, containment: { tier: "tag" } },
      ...start,
    },
    ...between,
    ...(finish === false ? [] : [{ type: "run-finish", status: "completed", result: { durationMs: 1234 }, ...finish }]),
  ];
  const events = bodies.map((body, seq) => JSON.stringify({ runId, attempt: 0, seq, time, ...body }));
  const text = `${events.join("\n")}\n${tail}`;
  const folder = join(stateDirectory, "runs", runId);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "events.jsonl"), text);
  utimesSync(folder, startedAtMs / 1000, startedAtMs / 1000);
  return text;
}
