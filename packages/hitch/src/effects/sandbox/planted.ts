/** What an agent in a sandbox may make in a repository though it must not be there: it cannot be sealed while it is missing. */
import { lstatSync, mkdirSync, rmSync } from "node:fs";
import { basename } from "node:path";
import { findRepositoryPlaces } from "./repository-places.ts";

/** Makes the missing folder for hooks, so that it can be sealed. To be called before the places are listed. */
export function makeSealable(directories: readonly string[]): void {
  for (const path of directories.flatMap((directory) => findRepositoryPlaces(directory).sealed)) {
    if (basename(path) !== "hooks" || isThere(path)) continue;
    try {
      mkdirSync(path);
    } catch {
      // Where this user may not write the agent may not either.
    }
  }
}

/**
 * Notes what is missing. What is returned removes what was made of that since, and returns the paths of that. Submodules and
 * worktrees may be made.
 */
export function watchPlanted(directories: readonly string[]): () => readonly string[] {
  const sealed = new Set(directories.flatMap((directory) => findRepositoryPlaces(directory).sealed));
  const missing = [...sealed].filter((path) => planted.includes(basename(path)) && !isThere(path));
  return () => {
    const made = missing.filter(isThere);
    for (const path of made) rmSync(path, { force: true, recursive: true });
    return made;
  };
}

const planted: readonly string[] = ["config", "config.worktree", "commondir"];

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
