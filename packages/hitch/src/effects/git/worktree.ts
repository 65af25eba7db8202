/** A linked working tree of a repository, as `git worktree` makes it, with what the original has not committed if that is wanted. */
import { basename, join } from "node:path";
import { assertExit, gitSettings, type RunGit } from "./command.ts";
import { copyPlainFile } from "./copy-plain-file.ts";
import { findRepository, type Repository } from "./repository.ts";
import { inScratch, takeSnapshot, writeTree, type Snapshot, type SnapshotRequest } from "./snapshot.ts";

/** What a worktree is made from. */
export interface Origin {
  readonly repository: Repository;
  /** What is checked out; `undefined` before the first commit. */
  readonly commit?: string;
}

/** @throws GitError outside of a working tree, and wherever git refuses to look. */
export async function findOrigin(runGit: RunGit, cwd: string): Promise<Origin> {
  const repository = await findRepository(runGit, cwd);
  const question = ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"];
  const output = await runGit({ args: [...gitSettings, ...question], cwd: repository.root, env: {} });
  assertExit(output, [0, 1]);
  return { repository, ...(output.exitCode === 0 && { commit: output.stdout.toString().trim() }) };
}

/** Where git keeps what belongs to a worktree: a folder with the name of its directory, if no other has that name. */
export function administrationOf({ repository }: Origin, name: string): string {
  return join(repository.shared, "worktrees", name);
}

/**
 * Makes it at a commit, on no branch. No hook runs. No other worktree has had the name of its directory.
 *
 * @throws GitError
 */
export async function addWorktree(runGit: RunGit, origin: Origin, commit: string, path: string): Promise<Repository> {
  const { repository } = origin;
  // As many files at once as there are processors; git by itself writes one after the other.
  const settings = ["-c", "worktree.useRelativePaths=false", "-c", "checkout.workers=0"];
  const add = [...settings, "worktree", "add", "--quiet", "--detach", path, commit];
  assertExit(await runGit({ args: [...gitSettings, ...add], cwd: repository.root, env: {} }));
  const directory = administrationOf(origin, basename(path));
  return { ...repository, root: path, directory, index: join(directory, "index") };
}

/** What a working tree had uncommitted at one moment. */
export interface Uncommitted {
  readonly snapshot: Snapshot;
  /** Its id in the snapshot's own store. */
  readonly tree: string;
}

/**
 * Takes down the files of the original: changed, deleted and untracked ones, less what is ignored.
 *
 * @throws GitError
 */
export async function takeUncommitted(
  runGit: RunGit,
  { repository }: Origin,
  place: Pick<SnapshotRequest, "scratch" | "excluded">,
): Promise<Uncommitted> {
  const snapshot = await takeSnapshot(runGit, { repository, ...place, withHeavy: true });
  return { snapshot, tree: await writeTree(runGit, snapshot) };
}

/**
 * Makes the files of a fresh worktree, at `commit`, those that were taken down. None is staged.
 *
 * @throws GitError
 */
export async function carryUncommitted(
  runGit: RunGit,
  { snapshot, tree }: Uncommitted,
  commit: string,
  worktree: Repository,
): Promise<void> {
  copyPlainFile(worktree.index, join(snapshot.scratch, indexOfWorktree));
  const there = { ...snapshot, repository: worktree };
  assertExit(await runGit(inScratch(there, ["read-tree", "-m", "-u", commit, tree], indexOfWorktree)));
}

/** The worktree's own stays as it is, so that git shows what was carried as not committed. */
const indexOfWorktree = "index-worktree";
