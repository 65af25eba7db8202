// An agent behind bubblewrap. What was started is bubblewrap; the agent is the first child of its init, in a PID namespace
// of their own.
import type { Readable } from "node:stream";
import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Exit } from "../../provider.ts";
import { readText } from "./proc.ts";
import { readProcesses } from "./process-table.ts";

/** The descriptor on which bubblewrap tells which process it has started. */
export const statusDescriptor = 3;

/** The words of a sandbox that tells. */
export function tellStatus(sandbox: readonly string[]): readonly string[] {
  const [bubblewrap, ...args] = sandbox;
  return bubblewrap === undefined ? [] : [bubblewrap, "--json-status-fd", String(statusDescriptor), ...args];
}

/**
 * Reads which process bubblewrap has started; `undefined` if it says nothing. To be called before the first `await`: what
 * nobody listens to is gone with the child. The rest is read too: bubblewrap must not find the pipe closed.
 */
export function readInitPid(status: Readable | undefined): Promise<number | undefined> {
  let text = "";
  return new Promise((resolve) => {
    if (status === undefined) return resolve(undefined); // there was nothing to make pipes of
    status.on("data", (bytes) => {
      text = `${text}${String(bytes)}`.slice(0, longestStatus);
      const pid = /"child-pid": *(\d+)\D/.exec(text)?.[1];
      if (pid !== undefined) resolve(Number(pid));
    });
    status.on("error", () => undefined); // 'close' follows
    status.on("close", () => resolve(undefined));
  });
}

/** Waits for the agent's own process. Resolves with `undefined` when bubblewrap has ended before, or the agent. */
export async function findInside(initPid: number | undefined, exit: Promise<Exit>): Promise<number | undefined> {
  const over = exit.then(() => true);
  while (initPid !== undefined) {
    for (const { pid, parentPid } of readProcesses()) {
      if (parentPid === initPid && isFirst(pid)) return pid;
    }
    if (await Promise.race([over, sleep(1, false)])) return undefined;
  }
  return undefined;
}

/** How the agent ended. bubblewrap tells a signal as a shell does, and so as a number above 128. */
export function unwrapExit({ code, signal }: Exit): Exit {
  const [name] = Object.entries(constants.signals).find(([, number]) => code === 128 + number) ?? [];
  return name === undefined ? { code, signal } : { code: null, signal: name };
}

/** What bubblewrap said when it could not make the sandbox; `undefined` if it could. */
export function bubblewrapFailure(stderr: string): string | undefined {
  return /^bwrap: (.+)/.exec(stderr)?.[1];
}

const longestStatus = 4096;

/** Init is 1 in its namespace, what it started is 2. */
function isFirst(pid: number): boolean {
  return /^NSpid:.*\t2$/m.test(readText(`/proc/${pid}/status`) ?? "");
}
