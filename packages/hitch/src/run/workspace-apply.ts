/** `apply` of a result: the changes of a worktree into the working tree that it was made from. */
import { createHash } from "node:crypto";
import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ConflictError, HalfAppliedError } from "../effects/git/apply-errors.ts";
import { applyPatch } from "../effects/git/apply.ts";
import { GitError, type RunGit } from "../effects/git/command.ts";
import { holderOf, lockFile, type Lock } from "../effects/lock.ts";
import { newRunId, openRun, StartError } from "../effects/process/index.ts";
import type { State } from "../effects/state.ts";
import type { Redact } from "../policy/redaction.ts";
import { HarnessError, type HarnessErrorInit } from "../vocabulary/error.ts";
import type { Applied } from "../vocabulary/result.ts";
import { createGitRunner } from "./git-runner.ts";
import type { Found } from "./read-comparison.ts";

/** Not the run's context: that would keep all of the run in memory. */
export interface ApplyRequest {
  readonly state: State;
  readonly redact: Redact;
  readonly env: Readonly<Record<string, string>>;
  /** The top of the working tree. */
  readonly root: string;
  /** Absolute paths that do not count. */
  readonly excluded: readonly string[];
  /** Absent: no attempt was made. */
  readonly found: Found | undefined;
  /** Where the worktree still is. */
  readonly keptAt: string | undefined;
}

/** In milliseconds; for taking back what was done half-way there is as much once more. */
const defaultLimitMs = 5 * 60_000;

/** Longest wait for another one that is at it in the same working tree. */
const turnLimitMs = 5 * 60_000;

/** Gives the method. It can be called as often as wanted. `limitMs`: longest time that git may take. */
export function createApply(request: ApplyRequest, limitMs = defaultLimitMs): () => Promise<Applied> {
  return async () => {
    const patch = patchOf(request);
    if (patch === "") return { files: [] };
    try {
      const lock = await waitForTurn(request);
      try {
        return { files: await apply(request, patch, limitMs) };
      } finally {
        lock.release();
      }
    } catch (cause) {
      throw explain(cause, request.root);
    }
  };
}

function patchOf({ found, keptAt }: ApplyRequest): string {
  if (found === undefined) return "";
  if (found.isWhole && found.changes.patch !== undefined) return found.changes.patch;
  const why = found.changes.reason ?? "a warning of the result says what is missing";
  const where = keptAt === undefined ? "" : `; all of them are in ${keptAt}`;
  throw failure({ reason: "incomplete", message: `the changes are not known as a whole: ${why}${where}` });
}

/** In a run of its own, so that nothing of it outlives this process either. */
async function apply(
  { state, redact, env, root, excluded }: ApplyRequest,
  patch: string,
  limitMs: number,
): Promise<readonly string[]> {
  const processes = await openRun({ runId: newRunId(), activeDirectory: state.active, cwd: root });
  const cancelled = new AbortController().signal;
  const withGit = createGitRunner({ processes, agentEnv: env, redact, cancelled, leftovers: "end" });
  const request = { patch, cwd: root, scratch: join(processes.scratchDirectory, "git"), excluded };
  const time = { limitMs, afterCancelMs: 0 };
  // Each call has the whole time for itself: that of the others is up when there is most to take back.
  const takeBackGit: RunGit = (call) => withGit(time, (runGit) => runGit(call));
  try {
    return await withGit(time, (runGit) => applyPatch(runGit, takeBackGit, request));
  } finally {
    await processes.close();
  }
}

const lookAgainMs = 50;

/** Two at the same time would each take the other's files for the user's. */
async function waitForTurn({ state, root }: ApplyRequest): Promise<Lock> {
  const name = createHash("sha256").update(realpathSync(root)).digest("hex").slice(0, 24);
  const path = join(state.worktrees, `${name}.lock`);
  const since = performance.now();
  for (;;) {
    const lock = lockFile(path);
    if (lock) return lock;
    if (performance.now() - since > turnLimitMs) {
      const who = `process ${holderOf(path)?.pid ?? "unknown"}`;
      throw failure({ reason: "busy", message: `${who} has been applying changes in ${root} for too long: ${path}` });
    }
    await sleep(lookAgainMs);
  }
}

function explain(cause: unknown, root: string): HarnessError {
  if (HarnessError.isInstance(cause)) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof ConflictError) {
    const misfit = `the changes do not fit what is in ${root} now: ${message}`;
    return failure({ reason: "conflict", message: misfit, cause, files: cause.files });
  }
  if (cause instanceof HalfAppliedError) {
    return failure({ reason: "half-applied", message, cause, files: cause.files, hint: halfAppliedHint });
  }
  // Whatever has stumbled over that.
  if (!existsSync(root)) {
    return failure({ reason: "git-failed", message: `the repository is gone, or nobody may look: ${root}`, cause });
  }
  const isOfGit = cause instanceof GitError || cause instanceof StartError;
  return failure({ reason: isOfGit ? "git-failed" : "unwritable", message, cause });
}

const halfAppliedHint =
  "Look at each of `files`: it may be as it was, as in the patch, as somebody has made it since, or gone. " +
  "What was committed `git restore` brings back.";

function failure(init: Omit<HarnessErrorInit, "code">): HarnessError {
  return new HarnessError({ code: "apply-failed", ...init });
}
