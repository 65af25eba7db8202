import { parentRuns } from "./containment.ts";
import { killAll } from "./kill.ts";
import { membersOf } from "./members.ts";
import { describe } from "./process-table.ts";
import type { RunRecord } from "./records.ts";
import { readRecords, removeFolder, runFolder, stateOfHost } from "./records.ts";
import type { ProcessInfo, SweptRun } from "./types.ts";

/**
 * Ends what is left of runs whose host died together with its reaper, and removes their folders. Runs of living
 * hosts, of other machines and of other PID namespaces are left alone, and so are those that this process is itself
 * inside of. One that cannot be ended or removed stops nothing.
 */
export async function sweepAbandoned(activeDirectory: string): Promise<readonly SweptRun[]> {
  const { records, unrecorded } = readRecords(activeDirectory);
  const around = parentRuns();
  const swept = await Promise.all([
    ...unrecorded.map((runId) => sweepUnrecorded(activeDirectory, runId)),
    ...records.filter(({ mark }) => !around.includes(mark.runId)).map((record) => sweep(activeDirectory, record)),
  ]);
  return swept.filter((run) => run !== undefined);
}

/** Nobody knows what it was: only one that cannot be removed is worth telling. */
async function sweepUnrecorded(activeDirectory: string, runId: string): Promise<SweptRun | undefined> {
  const problem = await problemOf(removeFolder(activeDirectory, runId));
  return problem === undefined ? undefined : { runId, path: runFolder(activeDirectory, runId), processes: [], problem };
}

async function sweep(activeDirectory: string, record: RunRecord): Promise<SweptRun | undefined> {
  const state = stateOfHost(record);
  if (state === "alive" || state === "out-of-sight") return undefined;
  const { runId } = record.mark;
  const processes: ProcessInfo[] = [];
  const remove = async (): Promise<void> => {
    if (state === "dead") processes.push(...(await endRemains(record)));
    await removeFolder(activeDirectory, runId);
  };
  const problem = await problemOf(remove());
  const { cwd, startedAt } = record;
  const path = runFolder(activeDirectory, runId);
  return { runId, path, cwd, startedAt, processes, ...(problem !== undefined && { problem }) };
}

async function problemOf(action: Promise<void>): Promise<string | undefined> {
  try {
    await action;
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function endRemains(record: RunRecord): Promise<readonly ProcessInfo[]> {
  const members = membersOf(record.mark);
  const processes = members.find().found.map(describe);
  await killAll(members);
  return processes;
}
