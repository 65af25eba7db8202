/** A run in a Git worktree: made at its start, compared and removed at its end. */
import { realpathSync } from "node:fs";
import { join } from "node:path";
import { GitError, type RunGit } from "../effects/git/command.ts";
import { takeSnapshot, type Snapshot } from "../effects/git/snapshot.ts";
import {
  endWorktree,
  keepWorktree,
  removeWorktree,
  worktreePath,
  writeTicket,
} from "../effects/git/worktree-tickets.ts";
import { addWorktree, administrationOf, carryUncommitted, findOrigin, type Origin } from "../effects/git/worktree.ts";
import { checkDirectory } from "../effects/paths.ts";
import { StartError, type RunProcesses } from "../effects/process/index.ts";
import { explainClock } from "../policy/clocks.ts";
import { HarnessError } from "../vocabulary/error.ts";
import type { Workspace } from "../vocabulary/result.ts";
import { cancelledBy } from "./cancelled.ts";
import { compareLater, placesOfHitch } from "./changes.ts";
import type { RunContext } from "./execute.ts";
import { createGitRunner } from "./git-runner.ts";
import type { Found } from "./read-comparison.ts";
import type { ResolvedOptions } from "./resolve.ts";
import { timeLeftMs } from "./time-left.ts";
import { warn } from "./warn.ts";
import { createApply } from "./workspace-apply.ts";
import { placesOf } from "./workspace-places.ts";
import type { OpenWorkspace } from "./workspace.ts";

export interface WorktreeRequest {
  readonly uncommitted: boolean;
  readonly keep: boolean;
  readonly context: RunContext;
  /** For git: the agent's, as it would be in place. */
  readonly env: Readonly<Record<string, string>>;
  readonly processes: RunProcesses;
  readonly startedAtMs: number;
}

/** Rejects with a HarnessError; nothing is left then. */
export async function openWorktree(request: WorktreeRequest): Promise<OpenWorkspace> {
  const { keep, context, env, processes, startedAtMs } = request;
  const { runId, resolved, state, redact } = context;
  const { leftovers } = resolved;
  const withGit = createGitRunner({ ...context, agentEnv: env, processes, leftovers });
  const directory = realpathSync(state.worktrees);
  const path = worktreePath(directory, runId);
  const limitMs = (): number => Math.max(0, timeLeftMs(resolved.timeouts, startedAtMs));
  const inTime = async <T>(use: (runGit: RunGit) => Promise<T>): Promise<T> => {
    try {
      return await withGit({ limitMs: limitMs(), afterCancelMs: 0 }, use);
    } catch (error) {
      throw explain(error, context, limitMs());
    }
  };

  const origin = await inTime((runGit) => findOrigin(runGit, resolved.cwd));
  const { commit, repository } = origin;
  if (commit === undefined) {
    throw refusal("no-commit", `there is no commit in ${repository.root} yet, so there can be no worktree of it`);
  }
  const places = placesOf(repository.root, path);
  let made = 0;
  const make = async (): Promise<Snapshot> => {
    made++;
    const scratch = join(processes.scratchDirectory, `worktree-${made}`);
    writeTicket(directory, runId, administrationOf(origin, runId));
    return await inTime((runGit) => makeWorktree(runGit, request, { origin, commit, path, scratch }));
  };
  const close = (): Promise<void> => endWorktree(directory, runId);
  // Undefined while it is being put back, and if that failed.
  let snapshot: Snapshot | undefined;
  try {
    snapshot = await make();
    assertMoved(places.move(resolved), resolved);
  } catch (error) {
    await close();
    throw error;
  }

  const start = (): Snapshot => {
    if (snapshot === undefined) throw new GitError("the worktree could not be put back to its start");
    return snapshot;
  };
  let found: Found | undefined;
  let isKept = false;
  return {
    move: places.move,
    watch() {
      const compare = compareLater({ ...context, resolved: places.move(resolved) }, withGit, startedAtMs, start);
      return Promise.resolve(async (reported) => {
        const inside = await compare(reported);
        found = { ...inside, changes: places.moveBack(inside.changes) };
        isKept = snapshot !== undefined && (keep || !found.isWhole);
        if (!isKept) return found;
        await keepWorktree(directory, runId);
        const why = `the worktree is kept, since its changes are not known as a whole: ${path}`;
        return keep ? found : { ...found, warnings: [...found.warnings, why] };
      });
    },
    async reset() {
      snapshot = undefined;
      await removeWorktree(directory, runId);
      snapshot = await make();
    },
    get summary(): Workspace {
      return { type: "worktree", base: commit, ...(isKept && { path }) };
    },
    get apply() {
      const excluded = placesOfHitch(context);
      const keptAt = isKept ? path : undefined;
      return createApply({ state, redact, env, root: repository.root, excluded, found, keptAt });
    },
    close: () => (isKept ? Promise.resolve() : close()),
  };
}

async function makeWorktree(
  runGit: RunGit,
  { uncommitted, context }: WorktreeRequest,
  place: { readonly origin: Origin; readonly commit: string; readonly path: string; readonly scratch: string },
): Promise<Snapshot> {
  const { origin, commit, path, scratch } = place;
  const excluded = placesOfHitch(context);
  await addWorktree(runGit, origin, commit, path);
  if (uncommitted) {
    const warnings = await carryUncommitted(runGit, { ...place, scratch: join(scratch, "original"), excluded });
    warn(context.log, warnings);
  }
  // Nothing in it is heavy but what was carried.
  return await takeSnapshot(runGit, { cwd: path, scratch: join(scratch, "start"), excluded, withHeavy: !uncommitted });
}

/** Every directory that the caller named is there. */
function assertMoved(moved: ResolvedOptions, { cwd, addDirs }: ResolvedOptions): void {
  const pairs = [
    [moved.cwd, cwd] as const,
    ...moved.addDirs.map((directory, index) => [directory, addDirs[index]] as const),
  ];
  for (const [directory, original] of pairs) {
    if (checkDirectory(directory) === undefined) continue;
    throw refusal("not-committed", `${original} is not in the worktree: nothing of it is committed`);
  }
}

function explain(error: unknown, { resolved, cancelled }: RunContext, leftMs: number): unknown {
  if (cancelled.aborted) return cancelledBy(cancelled);
  if (leftMs <= 0) return new HarnessError(explainClock("total", resolved.timeouts));
  if (error instanceof StartError) return refusal("git-missing", `git could not be started: ${error.message}`, error);
  return error instanceof GitError ? refusal("git-failed", error.message, error) : error;
}

function refusal(reason: string, message: string, cause?: unknown): HarnessError {
  return new HarnessError({
    code: "invalid-options",
    option: "workspace",
    reason,
    message: `workspace: ${message}`,
    cause,
  });
}
