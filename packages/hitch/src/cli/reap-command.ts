/** `hitch reap`: ends what is left of runs whose host died together with its reaper, and removes their worktrees and homes. */
import { sweepWorktrees, type SweptWorktree } from "../effects/git/worktree-tickets.ts";
import { sweepHomes } from "../effects/private-homes-sweep.ts";
import { sweepAbandoned, type SweptRun } from "../effects/process/index.ts";
import { openStateOrRefuse } from "../run/storage.ts";
import { redactValue } from "../policy/redaction.ts";
import type { Console } from "./console.ts";
import { toHarmless } from "./text/harmless.ts";
import { formatProcess } from "./text/process-line.ts";

/** Tells on stdout what was ended. Resolves with 1 if a worktree could not be removed. */
export async function reapCommand(console: Console): Promise<number> {
  const { active, worktrees, homes } = openStateOrRefuse(process.env);
  const swept = { runs: await sweepAbandoned(active), worktrees: await sweepWorktrees(worktrees, active) };
  await sweepHomes(homes, active);
  const shown = redactValue(swept, console.redact);
  await console.stdout.write(
    console.json ? `${JSON.stringify(shown)}\n` : describe(shown, console.stdout.paper.columns),
  );
  return swept.worktrees.some(({ problem }) => problem !== undefined) ? 1 : 0;
}

interface Swept {
  readonly runs: readonly SweptRun[];
  readonly worktrees: readonly SweptWorktree[];
}

function describe({ runs, worktrees }: Swept, columns: number): string {
  if (runs.length + worktrees.length === 0) return "Nothing was left of any run.\n";
  const lines = runs.flatMap(({ runId, cwd, startedAt, processes }) => [
    toHarmless(`run ${runId} in ${cwd}, started ${startedAt}: ${processes.length} ended`),
    ...processes.map((process) => formatProcess(process, columns)),
  ]);
  lines.push(
    ...worktrees.map(({ runId, path, problem }) => {
      const outcome = problem === undefined ? "removed" : `could not be removed: ${problem}`;
      return toHarmless(`run ${runId}: its worktree ${path} ${outcome}`);
    }),
  );
  return lines.map((line) => `${line}\n`).join("");
}
