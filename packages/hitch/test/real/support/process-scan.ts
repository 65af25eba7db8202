/** What is alive of a run, seen with other eyes than the product's: no tag, no ancestry, no group. */
import { readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { environmentOf, listProcesses, type ProcessRecord } from "../../support/proc.ts";

/** What the processes of a run can be recognised by. Any one of the three is enough. */
export interface Trace {
  /** Stands in the arguments of what the agent's tools start. */
  readonly token: string;
  /** The directory in which the agent works. */
  readonly cwd: string;
  /** The value of HITCH_TEST_RUN with which the host was started. */
  readonly marker: string;
}

/** A new process every few milliseconds is not seen by every look. */
const cleanLooks = 12;

/** Everything alive with the trace, its host included. */
export function findAlive({ token, cwd, marker }: Trace): readonly ProcessRecord[] {
  return listProcesses().filter(
    ({ pid, command }) =>
      command.includes(token) ||
      isInside(workingDirectoryOf(pid), cwd) ||
      environmentOf(pid).includes(`HITCH_TEST_RUN=${marker}`),
  );
}

/** Waits until nothing is alive any more, for 5 s at most; gives what still is. */
export async function findAliveAfter(look: () => readonly ProcessRecord[]): Promise<readonly ProcessRecord[]> {
  const endMs = Date.now() + 5_000;
  for (let clean = 0; ;) {
    const found = look();
    clean = found.length === 0 ? clean + 1 : 0;
    if (clean === cleanLooks || Date.now() > endMs) return found;
    await sleep(10);
  }
}

/** The reapers beside a host: they carry nothing of a run. */
export function findReapers(hostPid: number): readonly ProcessRecord[] {
  return listProcesses().filter(({ parent, command }) => parent === hostPid && /\breaper\.[jt]s$/.test(command));
}

/** Whether this very process, not another one with its pid, is alive. */
export function isAlive({ pid, startTicks }: ProcessRecord): boolean {
  return listProcesses().some((record) => record.pid === pid && record.startTicks === startTicks);
}

/** Ends what a failed test has left. */
export function killAlive(trace: Trace): void {
  for (const { pid } of findAlive(trace)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

function workingDirectoryOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined; // It is gone.
  }
}

function isInside(path: string | undefined, directory: string): boolean {
  return path === directory || path?.startsWith(`${directory}/`) === true;
}
