import { setTimeout as sleep } from "node:timers/promises";
import type { Members, Pass } from "./members.ts";
import type { ProcessEntry } from "./process-table.ts";

const KILL_WITHIN_MS = 10_000;
const LONGEST_PAUSE_MS = 50;
const CLEAN_PASSES = 2;
// On a machine where others come and go all the time no pass is quiet; then this many that found nothing have to do.
const EMPTY_PASSES = 50;

/**
 * Sends SIGKILL to every process of a run until two passes in a row are clean: what forked behind one pass is met by
 * the next. Resolves with what is still alive after 10 s, normally nothing. Rejects when the processes can't even be
 * listed then.
 */
export async function killAll(members: Members): Promise<readonly ProcessEntry[]> {
  const deadline = performance.now() + KILL_WITHIN_MS;
  const isOver = overJudge();
  for (let passes = 1; ; passes++) {
    const isLast = performance.now() > deadline;
    const pass = killOnce(members, isLast);
    if (pass !== undefined && (isOver(pass) || isLast)) return pass.found;
    await sleep(Math.min(passes, LONGEST_PAUSE_MS));
  }
}

/** What is still alive of a run when those that were about to end have had the time to. */
export async function findLasting(members: Members, withinMs: number): Promise<readonly ProcessEntry[]> {
  const deadline = performance.now() + withinMs;
  const isOver = overJudge();
  for (;;) {
    const pass = members.find();
    if (isOver(pass) || (performance.now() > deadline && pass.found.length > 0)) return pass.found;
    await sleep(pass.found.length > 0 ? 10 : 1);
  }
}

/** Asks all processes of a run to end, and waits for up to `graceMs` until they have. */
export async function askAllToEnd(members: Members, graceMs: number): Promise<void> {
  for (const entry of members.find().found) askToEnd(entry.pid);
  await findLasting(members, graceMs);
}

/** SIGTERM, and SIGCONT: a stopped process would never see it. */
export function askToEnd(pid: number): void {
  send(pid, "SIGTERM");
  send(pid, "SIGCONT");
}

/** Judges pass by pass whether a run is over. */
function overJudge(): (pass: Pass) => boolean {
  let clean = 0;
  let empty = 0;
  return ({ found, quiet }) => {
    empty = found.length === 0 ? empty + 1 : 0;
    clean = quiet ? Math.min(clean + 1, empty) : 0;
    return clean >= CLEAN_PASSES || empty >= EMPTY_PASSES;
  };
}

/** One pass; `undefined` when the processes could not be listed, which a host out of file descriptors may get over. */
function killOnce(members: Members, isLast: boolean): Pass | undefined {
  try {
    return members.find((entry) => send(entry.pid, "SIGKILL"));
  } catch (error) {
    if (isLast) throw error;
    return undefined;
  }
}

function send(pid: number, signal: "SIGTERM" | "SIGCONT" | "SIGKILL"): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // ESRCH: gone by itself. EPERM: not ours to kill; the next passes find it again, and it is reported.
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
}
