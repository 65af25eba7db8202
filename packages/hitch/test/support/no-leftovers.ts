import { existsSync, readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import {
  describeProcess,
  environmentOf,
  listeningPortsOf,
  listProcesses,
  type ProcessRecord,
  realtimeLimitOf,
} from "./proc.ts";
import { signalProcess } from "./signal.ts";

/** How long something may take to disappear before it counts as left behind, in ms. */
export const graceMs = 5_000;

const lowestTag = 2n ** 60n;

/** A living process that carries the tag of a run of ours, and the tag. */
export interface TaggedProcess extends ProcessRecord {
  readonly tag: bigint;
}

/**
 * Living processes that descend from `ancestor` (default: this test process) or were started with a `HITCH_TEST_RUN` that
 * begins with `marker` (default: this test file's). The test process itself and its ancestors don't count.
 */
export function survivors(from: { marker?: string; ancestor?: number | undefined } = {}): ProcessRecord[] {
  const { marker = process.env.HITCH_TEST_RUN } = from;
  const ancestor = "ancestor" in from ? from.ancestor : process.pid;
  const processes = listProcesses();
  const own = ancestorsOf(process.pid, processes);
  return processes.filter(({ pid }) => {
    if (own.has(pid)) return false;
    if (ancestor !== undefined && ancestorsOf(pid, processes).has(ancestor)) return true;
    return marker !== undefined && environmentOf(pid).some((entry) => entry.startsWith(`HITCH_TEST_RUN=${marker}`));
  });
}

/** All living processes with a run's tag, whoever's: the hard limit "Max realtime timeout" is at least 2^60. */
export function processesWithTag(): TaggedProcess[] {
  const tagged = listProcesses().map((record) => ({ ...record, tag: realtimeLimitOf(record.pid) }));
  return tagged.filter((record): record is TaggedProcess => record.tag !== undefined && record.tag >= lowestTag);
}

/** What is still there after the grace: one line for each process, listening port and temp file. */
export async function leftBehind(from: { marker: string; temp: string; limitMs?: number }): Promise<string[]> {
  const { marker, temp, limitMs = graceMs } = from;
  const ports = () => listeningPortsOf(process.pid).map((port) => `a server that listens on port ${port}`);
  const files = () => (existsSync(temp) ? readdirSync(temp).map((name) => `the temp file ${name}`) : []);
  return lastingAfter(limitMs, () => [...survivors({ marker }).map(describeProcess), ...ports(), ...files()]);
}

/** Fails now, inside a test, if anything of this test file is still there after the grace. For tests of cleaning up. */
export async function expectNothingAlive(): Promise<void> {
  const left = await lastingAfter(graceMs, () => survivors().map(describeProcess));
  if (left.length > 0) throw new Error(`Still alive:\n${left.map((line) => `- ${line}`).join("\n")}`);
}

/** Ends what a test file left, so that one failure doesn't cause others. Call it after reporting. */
export function endSurvivors(marker: string): void {
  for (const { pid } of survivors({ marker })) {
    try {
      signalProcess(pid);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

/** Looks until nothing is found or the time is over, and returns what was found last. */
export async function lastingAfter<Found>(limitMs: number, look: () => Found[]): Promise<Found[]> {
  const end = Date.now() + limitMs;
  let found = look();
  while (found.length > 0 && Date.now() < end) {
    await sleep(50);
    found = look();
  }
  return found;
}

function ancestorsOf(pid: number, processes: readonly ProcessRecord[]): Set<number> {
  const parents = new Map(processes.map((record) => [record.pid, record.parent]));
  const found = new Set<number>();
  for (
    let next: number | undefined = pid;
    next !== undefined && next !== 0 && !found.has(next);
    next = parents.get(next)
  ) {
    found.add(next);
  }
  return found;
}
