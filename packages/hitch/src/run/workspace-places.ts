/** Which place in a worktree is which in the original. */
import { realpathSync } from "node:fs";
import { join, relative } from "node:path";
import type { Changes } from "../vocabulary/result.ts";
import type { ResolvedOptions } from "./resolve.ts";

export interface Places {
  /** The options with the places in the worktree instead of those in the original. */
  readonly move: (resolved: ResolvedOptions) => ResolvedOptions;
  /** Names files by where they are in the original. */
  readonly moveBack: (changes: Changes) => Changes;
}

/** `root`: the top of the original. `path`: the worktree, which need not be there. */
export function placesOf(root: string, path: string): Places {
  const realRoot = realpathSync(root);
  const move = (directory: string): string => {
    const below = relative(realRoot, realpathSync(directory));
    return isInside(below) ? join(path, below) : directory;
  };
  const back = (file: string): string => {
    const below = relative(path, file);
    return file.startsWith("/") && isInside(below) ? join(root, below) : file;
  };
  return {
    move: (resolved) => ({
      ...resolved,
      cwd: move(resolved.cwd),
      addDirs: resolved.addDirs.map(move),
      env: { ...withoutOriginal, ...resolved.env },
    }),
    moveBack: (changes) => ({
      ...changes,
      files: changes.files.map((file) => ({
        ...file,
        path: back(file.path),
        ...(file.from !== undefined && { from: back(file.from) }),
      })),
    }),
  };
}

/** Variables that would make the agent's git work in the original, as they are set while a hook of it runs. */
export const withoutOriginal: Readonly<Record<string, undefined>> = {
  GIT_DIR: undefined,
  GIT_WORK_TREE: undefined,
  GIT_COMMON_DIR: undefined,
  GIT_INDEX_FILE: undefined,
  GIT_OBJECT_DIRECTORY: undefined,
  GIT_PREFIX: undefined,
};

function isInside(below: string): boolean {
  return !/^(\.\.(\/|$)|\/)/.test(below);
}
