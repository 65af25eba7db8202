import { killAll } from "./kill.ts";
import { membersOf } from "./members.ts";
import { describe } from "./process-table.ts";
import { readRecord, removeRun, runFolder, stateOfHost, type RunRecord } from "./records.ts";
import type { LiveRun, ProcessInfo } from "./types.ts";

/** The run's record, as others see it; `undefined` if there is none (any more): nothing of the run is alive. */
export function findLiveRun(activeDirectory: string, runId: string): LiveRun | undefined {
  const record = readRecord(runFolder(activeDirectory, runId));
  if (record === undefined) return undefined;
  const { cwd, startedAt, host } = record;
  return {
    runId,
    directory: runFolder(activeDirectory, runId),
    cwd,
    startedAt,
    host: { pid: host.pid, machine: host.machine, state: stateOfHost(record) },
  };
}

/**
 * Ends all processes of another host's run with SIGKILL, and removes the run's folder if that host is dead. Resolves with
 * what was ended and what is still alive after 10 s, normally nothing.
 */
export async function endLiveRun(
  activeDirectory: string,
  runId: string,
): Promise<{ readonly ended: readonly ProcessInfo[]; readonly alive: readonly ProcessInfo[] }> {
  const record = readRecord(runFolder(activeDirectory, runId));
  if (record === undefined) return { ended: [], alive: [] };
  const state = stateOfHost(record);
  const { found, alive } =
    state === "alive" || state === "dead"
      ? await endMembers(record)
      : { found: [], alive: [] as readonly ProcessInfo[] };
  // A living host wakes up and removes it itself.
  if (state === "dead" || state === "from-earlier-boot") await removeRun(activeDirectory, runId);
  return { ended: found.filter(({ pid }) => !alive.some((one) => one.pid === pid)), alive };
}

async function endMembers(
  record: RunRecord,
): Promise<{ readonly found: readonly ProcessInfo[]; readonly alive: readonly ProcessInfo[] }> {
  const members = membersOf(record.mark);
  const found = members.find().found.map(describe);
  return { found, alive: (await killAll(members)).map(describe) };
}
