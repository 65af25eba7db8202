/** `hitch reap`: ends what is left of runs whose host died together with its reaper, and removes their worktrees and homes. */
import { sweepWorktrees, type SweptWorktree } from "../effects/git/worktree-tickets.ts";
import { sweepHomes, type SweptHome } from "../effects/private-homes-sweep.ts";
import { sweepAbandoned, type SweptRun } from "../effects/process/index.ts";
import { openStateOrRefuse } from "../run/storage.ts";
import { redactValue } from "../policy/redaction.ts";
import type { Console } from "./console.ts";
import { toHarmless } from "./text/harmless.ts";
import { formatProcess } from "./text/process-line.ts";

/** Tells on stdout what was ended. Resolves with 1 if a folder, a worktree or a home could not be removed. */
export async function reapCommand(console: Console): Promise<number> {
  const { active, worktrees, homes } = openStateOrRefuse(process.env);
  const runs = await sweepAbandoned(active);
  const swept = {
    runs,
    worktrees: await sweepWorktrees(worktrees, active),
    homes: await sweepHomes(homes, active),
  };
  const shown = redactValue(swept, console.redact);
  await console.stdout.write(
    console.json ? `${JSON.stringify(shown)}\n` : describe(shown, console.stdout.paper.columns),
  );
  return [...swept.runs, ...swept.worktrees, ...swept.homes].some(({ problem }) => problem !== undefined) ? 1 : 0;
}

interface Swept {
  readonly runs: readonly SweptRun[];
  readonly worktrees: readonly SweptWorktree[];
  readonly homes: readonly SweptHome[];
}

function describe({ runs, worktrees, homes }: Swept, columns: number): string {
  if (runs.length + worktrees.length + homes.length === 0) return "Nothing was left of any run.\n";
  const lines = runs.flatMap(({ runId, path, cwd, startedAt, processes, problem }) => [
    ...(cwd === undefined
      ? []
      : [toHarmless(`run ${runId} in ${cwd}, started ${startedAt}: ${processes.length} ended`)]),
    ...(problem === undefined ? [] : [toHarmless(`run ${runId}: its folder ${path} ${describeRemoval(problem)}`)]),
    ...processes.map((process) => formatProcess(process, columns)),
  ]);
  lines.push(
    ...worktrees.map(({ runId, path, problem }) =>
      toHarmless(`run ${runId}: its worktree ${path} ${describeRemoval(problem)}`),
    ),
    ...homes.map(({ path, problem }) => toHarmless(`the private home ${path} ${describeRemoval(problem)}`)),
  );
  return lines.map((line) => `${line}\n`).join("");
}

function describeRemoval(problem: string | undefined): string {
  return problem === undefined ? "removed" : `could not be removed: ${problem}`;
}
