/** A linked working tree of a repository, as `git worktree` makes it, with what the original has not committed if that is wanted. */
import { copyFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { assertExit, GitError, gitSettings, type RunGit } from "./command.ts";
import { findRepository, type Repository } from "./repository.ts";
import { inScratch, takeSnapshot, writeTree } from "./snapshot.ts";

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

export interface CarryRequest {
  readonly origin: Origin;
  readonly commit: string;
  /** A fresh worktree at that commit. */
  readonly path: string;
  /** A private directory. */
  readonly scratch: string;
  /** Absolute paths that are not carried, wherever they are. */
  readonly excluded: readonly string[];
}

/**
 * Makes the files of a fresh worktree those of the original: changed, deleted and untracked ones, less what is ignored. None
 * is staged. Resolves with warnings.
 *
 * @throws GitError
 */
export async function carryUncommitted(runGit: RunGit, request: CarryRequest): Promise<readonly string[]> {
  const { origin, commit, path, scratch, excluded } = request;
  const { root } = origin.repository;
  const snapshot = await takeSnapshot(runGit, { cwd: root, scratch, excluded, withHeavy: true });
  const tree = await writeTree(runGit, snapshot);
  const index = await runGit({ args: [...gitSettings, "rev-parse", "--git-path", "index"], cwd: path, env: {} });
  assertExit(index);
  copyFileSync(resolve(path, index.stdout.toString().replace(/\n$/, "")), join(scratch, indexOfWorktree));
  const there = { ...snapshot, repository: { ...snapshot.repository, root: path } };
  assertExit(await runGit(inScratch(there, ["read-tree", "-m", "-u", commit, tree], indexOfWorktree)));
  return snapshot.warnings;
}

/** The worktree's own stays as it is, so that git shows what was carried as not committed. */
const indexOfWorktree = "index-worktree";
