/** A run in a Git worktree: made at its start, compared and removed at its end. */
import { existsSync, realpathSync } from "node:fs";
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
import {
  addWorktree,
  administrationOf,
  carryUncommitted,
  findOrigin,
  takeUncommitted,
  type Uncommitted,
} from "../effects/git/worktree.ts";
import { checkDirectory } from "../effects/paths.ts";
import { StartError, type RunProcesses } from "../effects/process/index.ts";
import { explainClock } from "../policy/clocks.ts";
import { isWithin } from "../policy/sandbox.ts";
import { HarnessError } from "../vocabulary/error.ts";
import type { Workspace } from "../vocabulary/result.ts";
import { cancelledBy } from "./cancelled.ts";
import { compareLater, gitScratch, placesOfHitch, watchRepositories, type ReadChanges } from "./changes.ts";
import type { RunContext } from "./execute.ts";
import { createGitRunner } from "./git-runner.ts";
import { nameFiles, type Found } from "./read-comparison.ts";
import type { ResolvedOptions } from "./resolve.ts";
import { gitSandbox } from "./sandbox.ts";
import { timeLeftMs } from "./time-left.ts";
import { warn } from "./warn.ts";
import { createApply } from "./workspace-apply.ts";
import { placesOf } from "./workspace-places.ts";
import type { OpenWorkspace } from "./workspace.ts";

export interface WorktreeRequest {
  readonly uncommitted: boolean;
  readonly keep: boolean | "unless-stored";
  readonly context: RunContext;
  /** For git: the agent's, as it would be in place. */
  readonly env: Readonly<Record<string, string>>;
  readonly processes: RunProcesses;
  readonly startedAtMs: number;
}

/** Rejects with a HarnessError; nothing is left then. */
export async function openWorktree(request: WorktreeRequest): Promise<OpenWorkspace> {
  const { keep, uncommitted, context, env, processes, startedAtMs } = request;
  const { runId, resolved, state, redact, log } = context;
  const { leftovers } = resolved;
  const runner = { ...context, agentEnv: env, processes, leftovers };
  const withGit = createGitRunner(runner);
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
  const excluded = placesOfHitch(context);
  let made = 0;
  // Taken down once: the original may be different when the worktree is put back to its start.
  let carried: Uncommitted | undefined;
  const make = async (): Promise<Snapshot> => {
    made++;
    const scratch = join(gitScratch(processes), `worktree-${made}`);
    writeTicket(directory, runId, administrationOf(origin, runId));
    return await inTime(async (runGit) => {
      if (uncommitted && carried === undefined) {
        carried = await takeUncommitted(runGit, origin, { scratch: join(scratch, "original"), excluded });
        warn(log, carried.snapshot.warnings);
      }
      const worktree = await addWorktree(runGit, origin, commit, path);
      if (carried) await carryUncommitted(runGit, carried, commit, worktree);
      const place = { repository: worktree, scratch: join(scratch, "start"), excluded, lacksIgnored: true };
      // Nothing in it is heavy but what was carried.
      return await takeSnapshot(runGit, { ...place, withHeavy: !carried, isFresh: !carried });
    });
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
      const moved = places.move(resolved);
      const sandbox = gitSandbox(moved, env, gitScratch(processes), state.directory);
      const withSandbox = createGitRunner({ ...runner, sandbox });
      const compare = compareLater({ ...context, resolved: moved }, withSandbox, startedAtMs, start);
      const cleanUp = watchRepositories(moved);
      const readChanges: ReadChanges = async (reported) => {
        const inside = countUnseen(await compare(reported), path);
        found = { ...inside, changes: places.moveBack(inside.changes) };
        const why = keep === true ? undefined : whyKept(found, keep === "unless-stored", context);
        isKept = snapshot !== undefined && (keep === true || why !== undefined);
        if (!isKept) return found;
        await keepWorktree(directory, runId);
        if (why === undefined) return found;
        return { ...found, warnings: [...found.warnings, `the worktree is kept, since ${why}: ${path}`] };
      };
      return Promise.resolve(cleanUp(readChanges));
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
      const keptAt = isKept ? path : undefined;
      return createApply({ state, redact, env, root: repository.root, excluded, found, keptAt });
    },
    close: () => (isKept ? Promise.resolve() : close()),
  };
}

/** What is there and ignored would go with the worktree. Elsewhere it stays, whatever becomes of that. */
function countUnseen(found: Found, path: string): Found {
  const there = (found.unseen ?? []).filter((file) => isWithin(file, path) && existsSync(file));
  if (there.length === 0) return found;
  const problem = `not in the patch, since Git ignores them: ${nameFiles(there)}`;
  return { ...found, isWhole: false, warnings: [...found.warnings, problem] };
}

/** Undefined: whoever needs the changes has them. */
function whyKept(
  { isWhole, changes: { patch = "" } }: Found,
  mustBeStored: boolean,
  { log, redact }: RunContext,
): string | undefined {
  if (!isWhole) return "its changes are not known as a whole";
  if (!mustBeStored || patch === "") return undefined;
  if (!log.isStored) return "no journal has its changes";
  return redact(patch) === patch ? undefined : "the journal has its changes without what looks like secrets";
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
