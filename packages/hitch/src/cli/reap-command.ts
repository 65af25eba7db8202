/** `hitch reap`: ends what is left of runs whose host died together with its reaper. */
import { sweepAbandoned, type SweptRun } from "../effects/process/index.ts";
import { openState, StateError, type State } from "../effects/state.ts";
import { HarnessError } from "../vocabulary/error.ts";
import type { Console } from "./console.ts";
import { toPrintable } from "./printable.ts";

/** Tells on stdout what was ended. Resolves with 0. */
export async function reapCommand(console: Console): Promise<number> {
  const { active } = openStateOrRefuse();
  const runs = await sweepAbandoned(active);
  await console.stdout.write(console.redact(console.json ? `${JSON.stringify({ runs })}\n` : describe(runs)));
  return 0;
}

function describe(runs: readonly SweptRun[]): string {
  if (runs.length === 0) return "Nothing was left of any run.\n";
  const lines = runs.flatMap(({ runId, cwd, startedAt, processes }) => [
    `run ${runId} in ${cwd}, started ${startedAt}: ${processes.length} ended`,
    ...processes.map(({ pid, command }) => `  ${pid} ${command}`),
  ]);
  return lines.map((line) => `${toPrintable(line)}\n`).join("");
}

function openStateOrRefuse(): State {
  try {
    return openState(process.env);
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    const init = { code: "invalid-options", option: "HITCH_STATE_DIR", reason: "unwritable" } as const;
    throw new HarnessError({ ...init, message: error.message, cause: error });
  }
}
