/** `hitch reap`: ends what is left of runs whose host died together with its reaper. */
import { sweepAbandoned, type SweptRun } from "../effects/process/index.ts";
import { openStateOrRefuse } from "../run/storage.ts";
import { redactValue } from "../policy/redaction.ts";
import type { Console } from "./console.ts";
import { toPrintable } from "./printable.ts";

/** Tells on stdout what was ended. Resolves with 0. */
export async function reapCommand(console: Console): Promise<number> {
  const { active } = openStateOrRefuse(process.env);
  const runs = await sweepAbandoned(active);
  const shown = redactValue(runs, console.redact);
  await console.stdout.write(console.json ? `${JSON.stringify({ runs: shown })}\n` : describe(shown));
  return 0;
}

function describe(runs: readonly SweptRun[]): string {
  if (runs.length === 0) return "Nothing was left of any run.\n";
  const lines = runs.flatMap(({ runId, cwd, startedAt, processes }) => [
    `run ${runId} in ${cwd}, started ${startedAt}: ${processes.length} ended`,
    ...processes.map(({ pid, command }) => `  ${pid} ${command.slice(0, 120)}`),
  ]);
  return lines.map((line) => `${toPrintable(line)}\n`).join("");
}
