/** `hitch reap`: ends what is left of runs whose host died together with its reaper. */
import { sweepAbandoned, type SweptRun } from "../effects/process/index.ts";
import { openStateOrRefuse } from "../run/storage.ts";
import { redactValue } from "../policy/redaction.ts";
import type { Console } from "./console.ts";
import { toHarmless } from "./text/harmless.ts";
import { formatProcess } from "./text/process-line.ts";

/** Tells on stdout what was ended. Resolves with 0. */
export async function reapCommand(console: Console): Promise<number> {
  const { active } = openStateOrRefuse(process.env);
  const runs = await sweepAbandoned(active);
  const shown = redactValue(runs, console.redact);
  await console.stdout.write(
    console.json ? `${JSON.stringify({ runs: shown })}\n` : describe(shown, console.stdout.paper.columns),
  );
  return 0;
}

function describe(runs: readonly SweptRun[], columns: number): string {
  if (runs.length === 0) return "Nothing was left of any run.\n";
  const lines = runs.flatMap(({ runId, cwd, startedAt, processes }) => [
    toHarmless(`run ${runId} in ${cwd}, started ${startedAt}: ${processes.length} ended`),
    ...processes.map((process) => formatProcess(process, columns)),
  ]);
  return lines.map((line) => `${line}\n`).join("");
}
