/** Cleans up after runs whose host died, their worktrees, homes and locks, and old journals and homes: at the first run of a process. */
import { sweepWorktrees } from "../effects/git/worktree-tickets.ts";
import { sweepLocks } from "../effects/lock.ts";
import { pruneHomes, sweepHomes } from "../effects/private-homes-sweep.ts";
import { namesIn, pruneRuns } from "../effects/prune.ts";
import { sweepAbandoned } from "../effects/process/index.ts";
import type { State } from "../effects/state.ts";

/** Shared by all runs of the process, so that only the first one does it. */
const kept = new Set<string>();

/** Does it in the background; `warn` hears of what failed. */
export function keepHouse(state: State, warn: (message: string) => void): void {
  if (kept.has(state.directory)) return;
  kept.add(state.directory);
  const swept = sweepAbandoned(state.active);
  const cleaned = [
    swept.then(() => sweepHomes(state.homes, state.active)).then(() => pruneHomes(state.homes, Date.now())),
    swept
      .then(() => sweepWorktrees(state.worktrees, state.active))
      .then((worktrees) => worktrees.filter(({ problem }) => problem !== undefined))
      .then((left) =>
        left.forEach(({ path, problem }) => warn(`the worktree ${path} could not be removed: ${problem}`)),
      ),
    namesIn(state.active).then((live) => pruneRuns(state.runs, new Set(live), Date.now())),
    sweepLocks(state.sessions),
    sweepLocks(state.prepared),
    sweepLocks(state.worktrees),
  ];
  for (const one of cleaned)
    one.catch((error: unknown) => warn(`cleaning ${state.directory} failed: ${String(error)}`));
}
