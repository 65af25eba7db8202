/** A linked working tree of a repository, as `git worktree` makes it, with what the original has not committed if that is wanted. */
import { join, resolve } from "node:path";
import { assertExit, GitError, gitSettings, type RunGit } from "./command.ts";
import { copyPlainFile } from "./copy-plain-file.ts";
import { findRepository, type Repository } from "./repository.ts";
import { inScratch, takeSnapshot, writeTree, type Snapshot, type SnapshotRequest } from "./snapshot.ts";

/** What a worktree is made from. */
export interface Origin {
  readonly repository: Repository;
  /** What is checked out; `undefined` before the first commit. */
  readonly commit?: string;
  /** Git's own folder, which all working trees of the repository share. */
  readonly commonDirectory: string;
}

/** @throws GitError outside of a working tree, and wherever git refuses to look. */
export async function findOrigin(runGit: RunGit, cwd: string): Promise<Origin> {
  const repository = await findRepository(runGit, cwd);
  const ask = async (...words: readonly string[]): Promise<string | undefined> => {
    const output = await runGit({ args: [...gitSettings, "rev-parse", ...words], cwd: repository.root, env: {} });
    assertExit(output, [0, 1]);
    return output.exitCode === 0 ? output.stdout.toString().replace(/\n$/, "") : undefined;
  };
  const common = await ask("--git-common-dir");
  if (common === undefined) throw new GitError("git does not tell where the repository is");
  const commit = await ask("--verify", "--quiet", "HEAD^{commit}");
  return { repository, ...(commit !== undefined && { commit }), commonDirectory: resolve(repository.root, common) };
}

/** Where git keeps what belongs to a worktree: a folder with the name of its directory. */
export function administrationOf({ commonDirectory }: Origin, name: string): string {
  return join(commonDirectory, "worktrees", name);
}

/**
 * Makes it at a commit, on no branch. No hook runs.
 *
 * @throws GitError
 */
export async function addWorktree(runGit: RunGit, { repository }: Origin, commit: string, path: string): Promise<void> {
  const add = ["-c", "worktree.useRelativePaths=false", "worktree", "add", "--quiet", "--detach", path, commit];
  assertExit(await runGit({ args: [...gitSettings, ...add], cwd: repository.root, env: {} }));
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
  const snapshot = await takeSnapshot(runGit, { cwd: repository.root, ...place, withHeavy: true });
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
  path: string,
): Promise<void> {
  const index = await runGit({ args: [...gitSettings, "rev-parse", "--git-path", "index"], cwd: path, env: {} });
  assertExit(index);
  copyPlainFile(resolve(path, index.stdout.toString().replace(/\n$/, "")), join(snapshot.scratch, indexOfWorktree));
  const there = { ...snapshot, repository: { ...snapshot.repository, root: path } };
  assertExit(await runGit(inScratch(there, ["read-tree", "-m", "-u", commit, tree], indexOfWorktree)));
}

/** The worktree's own stays as it is, so that git shows what was carried as not committed. */
const indexOfWorktree = "index-worktree";
