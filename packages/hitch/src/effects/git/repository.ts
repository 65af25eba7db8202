/** Where the repository around a directory keeps what matters here. */
import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { findUpwards, isSameDirectory } from "../paths.ts";
import { assertExit, GitError, gitSettings, type RunGit } from "./command.ts";

/** Absolute paths. */
export interface Repository {
  /** The top of the working tree, in the caller's words where `cwd` holds links. */
  readonly root: string;
  /** Git's own folder for this working tree. */
  readonly directory: string;
  /** The index of this working tree. It may not exist yet. */
  readonly index: string;
  readonly objects: string;
  /** Git's own folder, which all working trees of the repository share. */
  readonly shared: string;
}

/** @throws GitError outside of a working tree, and wherever git refuses to look. */
export async function findRepository(runGit: RunGit, cwd: string): Promise<Repository> {
  const physical = realpathSync(cwd);
  // Most of what a run adds without Git would be the start of a process that says so.
  if (findUpwards(physical, ".git") === undefined) throw new GitError("the directory is in no working tree of Git");
  const paths = ["--absolute-git-dir", "--git-path", "index", "--git-path", "objects", "--git-common-dir"];
  const questions = ["--is-inside-work-tree", "--show-cdup", ...paths];
  const output = await runGit({ args: [...gitSettings, "rev-parse", ...questions], cwd, env: {} });
  assertExit(output);
  const [isInside, up = "", ...places] = output.stdout.toString().split("\n");
  const [directory = "", index = "", objects = "", shared = "", ...rest] = places;
  if (isInside !== "true") throw new GitError("the directory is in a Git repository, but not in its working tree");
  if (rest.length !== 1) throw new GitError("the path of the Git repository holds a line break");
  const [root, realRoot] = [resolve(cwd, up), resolve(physical, up)];
  return {
    root: isSameDirectory(root, realRoot) ? root : realRoot,
    directory: resolve(physical, directory),
    index: resolve(physical, index),
    objects: resolve(physical, objects),
    shared: resolve(physical, shared),
  };
}
