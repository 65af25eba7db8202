import { parentRuns } from "./containment.ts";
import { killAll } from "./kill.ts";
import { membersOf } from "./members.ts";
import { describe } from "./process-table.ts";
import type { RunRecord } from "./records.ts";
import { readRecords, removeFolder, stateOfHost } from "./records.ts";
import type { ProcessInfo, SweptRun } from "./types.ts";

/**
 * Ends what is left of runs whose host died together with its reaper, and removes their folders. Runs of living
 * hosts, of other machines and of other PID namespaces are left alone, and so are those that this process is itself
 * inside of.
 */
export async function sweepAbandoned(activeDirectory: string): Promise<readonly SweptRun[]> {
  const { records, unrecorded } = readRecords(activeDirectory);
  for (const runId of unrecorded) removeFolder(activeDirectory, runId);
  const around = parentRuns();
  const swept = await Promise.all(
    records.filter((record) => !around.includes(record.mark.runId)).map((record) => sweep(activeDirectory, record)),
  );
  return swept.filter((run) => run !== undefined);
}

async function sweep(activeDirectory: string, record: RunRecord): Promise<SweptRun | undefined> {
  const state = stateOfHost(record);
  if (state === "alive" || state === "out-of-sight") return undefined;
  const processes = state === "dead" ? await endRemains(record) : [];
  removeFolder(activeDirectory, record.mark.runId);
  return { runId: record.mark.runId, cwd: record.cwd, startedAt: record.startedAt, processes };
}

async function endRemains(record: RunRecord): Promise<readonly ProcessInfo[]> {
  const members = membersOf(record.mark);
  const processes = members.find().found.map(describe);
  await killAll(members);
  return processes;
}
