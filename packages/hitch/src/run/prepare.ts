/** Runs a provider's preparing steps: once per key and version of the agent, one process at a time. */
import { onlyOnce } from "../effects/once.ts";
import type { RunProcesses } from "../effects/process/index.ts";
import type { Redact } from "../policy/redaction.ts";
import type { Provider, RunRequest, Step } from "../provider.ts";
import { createEnding } from "./ending.ts";
import { keepEnds } from "./keep-ends.ts";
import { toLaunch } from "./launch.ts";

export interface PrepareOptions {
  readonly provider: Provider;
  readonly request: RunRequest;
  /** Absolute path of the agent's program. */
  readonly executable: string;
  readonly preparedDirectory: string;
  readonly processes: RunProcesses;
  readonly redact: Redact;
  /** Aborts when the run is cancelled or out of time. */
  readonly stop: AbortSignal;
}

/** A step that hangs is given up after a minute: the run itself then shows what is wrong. */
const stepLimitMs = 60_000;

/** Resolves with warnings: a step that fails is no reason not to try. */
export async function prepare(options: PrepareOptions): Promise<string[]> {
  const { provider, request, executable, preparedDirectory, stop } = options;
  const warnings: string[] = [];
  for (const step of provider.prepare?.(request) ?? []) {
    const once = {
      directory: preparedDirectory,
      key: [provider.id, step.key, executable, step.creates],
      files: [executable, step.creates],
      waitLimitMs: 2 * stepLimitMs,
      stop,
    };
    const problem = await onlyOnce(once, () => runStep(options, step));
    if (problem !== undefined) warnings.push(`preparing ${provider.id} (${step.key}) failed: ${problem}`);
  }
  return warnings;
}

/** Resolves with what went wrong, if anything did. */
async function runStep(
  { request, executable, processes, redact, stop }: PrepareOptions,
  step: Step,
): Promise<string | undefined> {
  const command = { args: step.args, stdin: "", ...(step.env && { env: step.env }) };
  const process = await processes.start(toLaunch(executable, request, command));
  const ending = createEnding(process);
  const limit = setTimeout(ending.end, stepLimitMs);
  stop.addEventListener("abort", ending.end, { once: true });
  if (stop.aborted) ending.end();
  try {
    const stderr = keepEnds(500);
    for await (const { stream, bytes } of process.output) {
      if (stream === "stderr") stderr.add(bytes.toString());
    }
    const { code, signal } = await process.exit;
    await ending.settle("end", redact);
    if (code === 0) return undefined;
    return `it ended with ${signal ?? `exit code ${code}`}: ${redact(stderr.head + stderr.tail).trim()}`;
  } finally {
    clearTimeout(limit);
    stop.removeEventListener("abort", ending.end);
  }
}
