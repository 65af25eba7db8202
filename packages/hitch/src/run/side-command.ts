/** Runs a short command of the agent's beside the run itself, contained and ended like the agent. */
import type { RunProcesses } from "../effects/process/index.ts";
import type { Redact } from "../policy/redaction.ts";
import type { Exit, RunRequest } from "../provider.ts";
import { createEnding } from "./ending.ts";
import { keepEnds } from "./keep-ends.ts";
import { toLaunch } from "./launch.ts";

export interface SideCommands {
  readonly request: RunRequest;
  /** Absolute path of the agent's program. */
  readonly executable: string;
  readonly processes: RunProcesses;
  readonly redact: Redact;
  /** Aborts when the run is cancelled or out of time. */
  readonly stop: AbortSignal;
}

export interface SideResult {
  readonly exit: Exit;
  /** At most about 16,000 characters. */
  readonly stdout: string;
  /** How it failed, in its own words, redacted; undefined if it exited with 0. */
  readonly problem?: string;
}

/** Longest time that such a command may take, in milliseconds; then it is ended. */
export const sideCommandLimitMs = 60_000;

export async function runSideCommand(
  { request, executable, processes, redact, stop }: SideCommands,
  { args, env }: { readonly args: readonly string[]; readonly env?: Readonly<Record<string, string | undefined>> },
): Promise<SideResult> {
  const process = await processes.start(toLaunch(executable, request, { args, stdin: "", ...(env && { env }) }));
  const ending = createEnding(process);
  const limit = setTimeout(ending.end, sideCommandLimitMs);
  stop.addEventListener("abort", ending.end, { once: true });
  if (stop.aborted) ending.end();
  try {
    const said = { stdout: keepEnds(), stderr: keepEnds(500) };
    for await (const { stream, bytes } of process.output) said[stream].add(bytes.toString());
    const exit = await process.exit;
    await ending.settle("end", redact);
    const stdout = said.stdout.head + said.stdout.tail;
    if (exit.code === 0) return { exit, stdout };
    const words = redact(said.stderr.head + said.stderr.tail).trim();
    return { exit, stdout, problem: `it ended with ${exit.signal ?? `exit code ${exit.code}`}: ${words}` };
  } finally {
    clearTimeout(limit);
    stop.removeEventListener("abort", ending.end);
  }
}
