/** Git as a process of the run, in the time that is left for it. */
import { buildGitEnvironment, type RunGit } from "../effects/git/command.ts";
import type { RunProcesses } from "../effects/process/index.ts";
import type { Redact } from "../policy/redaction.ts";
import { runBeside } from "./side-command.ts";

export interface GitTime {
  /** Infinity: as long as it takes. */
  readonly limitMs: number;
  /** What a cancel leaves of it, whenever it comes. */
  readonly afterCancelMs: number;
}

/** Calls git as often as `use` wants to; when their time is up, its calls end, and say why. */
export type WithGit = <T>(time: GitTime, use: (runGit: RunGit) => Promise<T>) => Promise<T>;

/** Room for the longest patch, and before it for the names of about 100,000 files. */
export const maxGitBytes = 20_000_000;

/** Room for the names of some thousand files that do not fit. */
const maxStderrCharacters = 200_000;

/** What a git runner needs to know. */
export interface GitRunnerOptions {
  readonly processes: RunProcesses;
  /** The agent's: git is found where the agent would find it. */
  readonly agentEnv: Readonly<Record<string, string>>;
  readonly redact: Redact;
  readonly cancelled: AbortSignal;
  readonly leftovers: "end" | "keep";
  /** The words of the sandbox for it. */
  readonly sandbox?: readonly string[] | undefined;
}

export function createGitRunner({ agentEnv, cancelled, sandbox, ...rest }: GitRunnerOptions): WithGit {
  const gitEnv = buildGitEnvironment(agentEnv);
  return async (time, use) => {
    const { stop, release } = startClock(time, cancelled);
    const options = { ...rest, stop, maxStdoutBytes: maxGitBytes, maxStderrCharacters };
    try {
      return await use(async ({ args, cwd, env, stdin = "" }) => {
        const launch = { file: "git", args, cwd, env: { ...gitEnv, ...env }, stdin, ...(sandbox && { sandbox }) };
        const { exit, ...said } = await runBeside(launch, options);
        return { ...said, exitCode: exit.code, ...(stop.aborted && exit.code !== 0 && { ended: String(stop.reason) }) };
      });
    } finally {
      release();
    }
  };
}

function startClock(
  { limitMs, afterCancelMs }: GitTime,
  cancelled: AbortSignal,
): { readonly stop: AbortSignal; readonly release: () => void } {
  const clock = new AbortController();
  const end = (ms: number): void => {
    clock.abort(ms === 0 ? "the run was cancelled" : `git took longer than ${Number((ms / 1000).toFixed(1))} s`);
  };
  const timers = limitMs === Infinity ? [] : [setTimeout(end, limitMs, limitMs)];
  const hurry = (): void => void timers.push(setTimeout(end, afterCancelMs, afterCancelMs));
  cancelled.addEventListener("abort", hurry, { once: true });
  if (cancelled.aborted) hurry();
  const release = (): void => {
    cancelled.removeEventListener("abort", hurry);
    for (const timer of timers) clearTimeout(timer);
  };
  return { stop: clock.signal, release };
}
