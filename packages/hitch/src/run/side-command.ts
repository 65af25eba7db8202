/** Runs a short command beside the run's attempts, contained and ended like the agent. */
import type { RunProcesses } from "../effects/process/index.ts";
import type { Redact } from "../policy/redaction.ts";
import { createTextRedactor } from "../policy/text-redaction.ts";
import type { Exit, RunRequest } from "../provider.ts";
import { createEnding } from "./ending.ts";
import { keepEnds } from "./keep-ends.ts";
import { toLaunch, type Launch } from "./launch.ts";
import type { Program } from "./locate.ts";

export interface SideCommands {
  readonly request: RunRequest;
  readonly program: Program;
  readonly processes: RunProcesses;
  readonly redact: Redact;
  /** Aborts when the run is cancelled or out of time. */
  readonly stop: AbortSignal;
  /** What becomes of processes that an attempt before it has left. Default `end`. */
  readonly leftovers?: "end" | "keep";
}

export interface SideResult {
  readonly exit: Exit;
  /** At most 16 KiB. */
  readonly stdout: string;
  /** How it failed, in its own words, redacted; undefined if it exited with 0. */
  readonly problem?: string;
}

/** Longest time that such a command may take, in milliseconds; then it is ended. */
export const sideCommandLimitMs = 60_000;

/** Runs a command of the agent's own. */
export async function runSideCommand(
  { request, program, processes, redact, stop, leftovers = "end" }: SideCommands,
  { args, env }: { readonly args: readonly string[]; readonly env?: Readonly<Record<string, string | undefined>> },
): Promise<SideResult> {
  const launch = toLaunch(program, request, { args, stdin: "", ...(env && { env }) });
  const inTime = AbortSignal.any([stop, AbortSignal.timeout(sideCommandLimitMs)]);
  const limits = { stop: inTime, maxStdoutBytes: 16_384, leftovers } as const;
  const { exit, stdout: bytes, stderr } = await runBeside(launch, { processes, redact, ...limits });
  const stdout = bytes.toString();
  if (exit.code === 0) return { exit, stdout };
  return { exit, stdout, problem: `it ended with ${exit.signal ?? `exit code ${exit.code}`}: ${stderr}` };
}

export interface BesideOptions {
  readonly processes: RunProcesses;
  readonly redact: Redact;
  /** The command is ended when it aborts. */
  readonly stop: AbortSignal;
  /** All of stdout is read, this much of it is kept. */
  readonly maxStdoutBytes: number;
  /** How much is kept of each end of stderr. Default 500. */
  readonly maxStderrCharacters?: number;
  /** `keep`: processes that an attempt left are spared, whatever becomes of this command. */
  readonly leftovers: "end" | "keep";
}

export interface BesideResult {
  readonly exit: Exit;
  readonly stdout: Buffer;
  readonly stdoutBytes: number;
  /** Its first and last words, redacted. */
  readonly stderr: string;
}

/** Runs any program to its end. Rejects with a StartError if it cannot be started. */
export async function runBeside(launch: Launch, options: BesideOptions): Promise<BesideResult> {
  const { processes, redact, stop, maxStdoutBytes, maxStderrCharacters = 500, leftovers } = options;
  const process = await processes.start(launch);
  const ending = createEnding(process);
  const end = leftovers === "end" ? ending.end : (): void => void process.dismiss();
  stop.addEventListener("abort", end, { once: true });
  if (stop.aborted) end();
  try {
    const stdout: Buffer[] = [];
    const stderr = keepEnds(maxStderrCharacters);
    const decoder = new TextDecoder();
    const said = createTextRedactor(redact);
    let stdoutBytes = 0;
    for await (const { stream, bytes } of process.output) {
      if (stream === "stderr") stderr.add(said.push(decoder.decode(bytes, { stream: true })));
      else {
        if (stdoutBytes < maxStdoutBytes) stdout.push(bytes.subarray(0, maxStdoutBytes - stdoutBytes));
        stdoutBytes += bytes.length;
      }
    }
    stderr.add(said.push(decoder.decode()) + said.end());
    const exit = await process.exit;
    await ending.settle(leftovers, redact);
    return { exit, stdout: Buffer.concat(stdout), stdoutBytes, stderr: (stderr.head + stderr.tail).trim() };
  } finally {
    stop.removeEventListener("abort", end);
  }
}
