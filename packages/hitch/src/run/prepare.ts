/** Runs a provider's preparing steps: once per key and version of the agent, one process at a time. */
import { onlyOnce, type OnceOptions } from "../effects/once.ts";
import type { RunProcesses } from "../effects/process/index.ts";
import type { Provider, RunRequest, Step } from "../provider.ts";
import { toLaunch } from "./launch.ts";

export interface PrepareOptions {
  readonly provider: Provider;
  readonly request: RunRequest;
  /** Absolute path of the agent's program. */
  readonly executable: string;
  readonly preparedDirectory: string;
  readonly processes: RunProcesses;
  readonly cancelled: AbortSignal;
}

/** A step that hangs is given up after a minute: the run itself then shows what is wrong. */
const stepLimitMs = 60_000;

/** Resolves with warnings: a step that fails is no reason not to try. */
export async function prepare(options: PrepareOptions): Promise<string[]> {
  const { provider, request, executable } = options;
  const warnings: string[] = [];
  for (const step of provider.prepare?.(request) ?? []) {
    const once: OnceOptions = {
      directory: options.preparedDirectory,
      key: [provider.id, step.key, executable],
      files: [executable, step.creates],
      signal: options.cancelled,
    };
    const problem = await onlyOnce(once, () => runStep(options, step));
    if (problem !== undefined) warnings.push(`preparing ${provider.id} (${step.key}) failed: ${problem}`);
  }
  return warnings;
}

/** Resolves with what went wrong, if anything did. */
async function runStep(
  { request, executable, processes, cancelled }: PrepareOptions,
  step: Step,
): Promise<string | undefined> {
  const process = await processes.start(
    toLaunch(executable, request, { args: step.args, stdin: "", ...(step.env && { env: step.env }) }),
  );
  const end = (): void => void process.end();
  const limit = setTimeout(end, stepLimitMs);
  cancelled.addEventListener("abort", end, { once: true });
  try {
    let words = "";
    for await (const { stream, bytes } of process.output) {
      if (stream === "stderr") words = (words + bytes.toString()).slice(-500);
    }
    const { code, signal } = await process.exit;
    await process.settleLeftovers("end");
    if (code === 0) return undefined;
    return `it ended with ${signal ?? `exit code ${code}`}: ${words.trim()}`;
  } finally {
    clearTimeout(limit);
    cancelled.removeEventListener("abort", end);
  }
}
