/** Where the repository around a directory keeps what matters here. */
import { existsSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { isSameDirectory } from "../paths.ts";
import { assertExit, GitError, gitSettings, type RunGit } from "./command.ts";

/** Absolute paths. */
export interface Repository {
  /** The top of the working tree, in the caller's words where `cwd` holds links. */
  readonly root: string;
  /** The index of this working tree. It may not exist yet. */
  readonly index: string;
  readonly objects: string;
}

/** @throws GitError outside of a working tree, and wherever git refuses to look. */
export async function findRepository(runGit: RunGit, cwd: string): Promise<Repository> {
  const physical = realpathSync(cwd);
  // Most of what a run adds without Git would be the start of a process that says so.
  if (!isBelowGit(physical)) throw new GitError("the directory is in no working tree of Git");
  const questions = ["--is-inside-work-tree", "--show-cdup", "--git-path", "index", "--git-path", "objects"];
  const output = await runGit({ args: [...gitSettings, "rev-parse", ...questions], cwd, env: {} });
  assertExit(output);
  const [isInside, up = "", index = "", objects = "", ...rest] = output.stdout.toString().split("\n");
  if (isInside !== "true") throw new GitError("the directory is in a Git repository, but not in its working tree");
  if (rest.length !== 1) throw new GitError("the path of the Git repository holds a line break");
  const [root, realRoot] = [resolve(cwd, up), resolve(physical, up)];
  return {
    root: isSameDirectory(root, realRoot) ? root : realRoot,
    index: resolve(physical, index),
    objects: resolve(physical, objects),
  };
}

/** Whether there is anything at all that could make this directory part of a working tree. */
function isBelowGit(directory: string): boolean {
  if (existsSync(join(directory, ".git"))) return true;
  const parent = dirname(directory);
  return parent !== directory && isBelowGit(parent);
}
