/** Cleans up after runs whose host died, their worktrees, homes and locks, and old journals and homes: once a day in a process. */
import { sweepWorktrees } from "../effects/git/worktree-tickets.ts";
import { sweepLocks } from "../effects/lock.ts";
import { pruneHomes, sweepHomes } from "../effects/private-homes-sweep.ts";
import { namesIn, pruneRuns } from "../effects/prune.ts";
import { sweepAbandoned } from "../effects/process/index.ts";
import type { State } from "../effects/state.ts";

const dayMs = 24 * 60 * 60 * 1000;

/** When it was done last, by state directory. Shared by all runs of the process. */
const keptMs = new Map<string, number>();

/** Does it in the background, unless it was done in the last day; `warn` hears of what failed. */
export function keepHouse(state: State, warn: (message: string) => void, nowMs: number = Date.now()): void {
  if (nowMs - (keptMs.get(state.directory) ?? -Infinity) < dayMs) return;
  keptMs.set(state.directory, nowMs);
  const tell = (what: string, swept: readonly { readonly path: string; readonly problem?: string }[]): void => {
    for (const { path, problem } of swept)
      if (problem !== undefined) warn(`the ${what} ${path} could not be removed: ${problem}`);
  };
  const swept = sweepAbandoned(state.active);
  const cleaned = [
    swept.then((runs) => tell("folder of a run", runs)),
    swept.then(() => sweepHomes(state.homes, state.active)).then((homes) => tell("private home", homes)),
    pruneHomes(state, nowMs).then((homes) => tell("private home", homes)),
    swept.then(() => sweepWorktrees(state.worktrees, state.active)).then((worktrees) => tell("worktree", worktrees)),
    namesIn(state.active).then((live) => pruneRuns(state.runs, new Set(live), nowMs)),
    sweepLocks(state.sessions),
    sweepLocks(state.prepared),
    sweepLocks(state.worktrees),
  ];
  for (const one of cleaned)
    one.catch((error: unknown) => warn(`cleaning ${state.directory} failed: ${String(error)}`));
}
