/** What is alive of a stage, seen with other eyes than Hitch's own: by a variable, a directory and arguments in /proc. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { hold } from "./behaviour.ts";

/** By what the processes of a stage can be recognised. Any one is enough. */
export interface Trace {
  /** `NAME=value`, in the environment that everything of the stage was started with. */
  readonly variable: string;
  /** The project's directory. */
  readonly directory: string;
  /** Stands in the arguments of what the agent's tools start. */
  readonly token?: string;
}

export interface FoundProcess {
  readonly pid: number;
  readonly command: string;
}

/** How long what belongs to a run that is over may take to be gone. */
const graceMs = 5_000;

/** Everything alive with the trace. Only Linux can tell. */
function findAlive({ variable, directory, token }: Trace): readonly FoundProcess[] {
  hold(process.platform === "linux", "What is alive can be seen on Linux only");
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    if (isOver(pid)) return [];
    const command = read(`${pid}/cmdline`).replaceAll("\0", " ").trim();
    const bears =
      (token !== undefined && command.includes(token)) ||
      read(`${pid}/environ`).split("\0").includes(variable) ||
      `${workingDirectoryOf(pid)}/`.startsWith(`${directory}/`);
    return bears ? [{ pid: Number(pid), command }] : [];
  });
}

/** Checks that within 5 s nothing with the trace is alive any more, and ends what is, so that it does no further harm. */
export async function holdNothingAlive(trace: Trace): Promise<void> {
  const endMs = Date.now() + graceMs;
  let found = findAlive(trace);
  // A new process every few milliseconds is not seen by every look.
  for (let clean = found.length === 0 ? 1 : 0; clean < 12 && Date.now() < endMs;) {
    await sleep(20);
    found = findAlive(trace);
    clean = found.length === 0 ? clean + 1 : 0;
  }
  for (const { pid } of found) endProcess(pid);
  hold(found.length === 0, `Nothing should be alive ${graceMs / 1000} s after the end`, found);
}

/** Waits until something with the trace fulfils the condition. */
export async function untilAlive(trace: Trace, token: string, limitMs = 170_000): Promise<void> {
  const endMs = Date.now() + limitMs;
  while (!findAlive(trace).some(({ command }) => command.includes(token))) {
    hold(Date.now() < endMs, `The agent's tool should have been started within ${limitMs / 1000} s`);
    await sleep(250);
  }
}

let tokens = 0;

/** A number of seconds to sleep for that nothing else on this machine has in its arguments. */
export function newToken(): string {
  return `600.${process.pid}${String(++tokens).padStart(4, "0")}${Date.now() % 1_000_000}`;
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function isOver(pid: string): boolean {
  const stat = read(`${pid}/stat`);
  const state = stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3);
  return state === "" || state === "Z" || state === "X";
}

function workingDirectoryOf(pid: string): string {
  return ifThere(() => readlinkSync(`/proc/${pid}/cwd`));
}

function read(path: string): string {
  return ifThere(() => readFileSync(`/proc/${path}`, "utf8"));
}

/** Processes end while one reads about them, and those of other users can't be read. */
function ifThere(look: () => string): string {
  try {
    return look();
  } catch (error) {
    if (["ENOENT", "ESRCH", "EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) return "";
    throw error;
  }
}
