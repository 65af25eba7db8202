/** What an agent in a sandbox may do with the Git repository around a directory. */
import { readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { findUpwards } from "../paths.ts";

/** Absolute paths. */
export interface RepositoryPlaces {
  /** Where Git has to look. */
  readonly read: readonly string[];
  readonly pinned: readonly string[];
  /** Whoever looks at the repository later, outside of the sandbox, runs what is written there. */
  readonly sealed: readonly string[];
}

/** Some of the places may not exist. */
export function findRepositoryPlaces(directory: string): RepositoryPlaces {
  const root = findUpwards(directory, ".git");
  if (root === undefined) return { read: [], pinned: [], sealed: [] };
  const entry = join(root, ".git");
  if (statSync(entry, { throwIfNoEntry: false })?.isDirectory()) {
    return {
      read: [root],
      pinned: [entry],
      sealed: ["config", "config.worktree", "hooks"].map((name) => join(entry, name)),
    };
  }
  return { read: [root, ...linkedPlaces(entry, root)], pinned: [], sealed: [entry] };
}

/** Of a worktree beside the repository, or of a submodule. */
function linkedPlaces(file: string, root: string): readonly string[] {
  const named = readIfThere(file)?.match(/^gitdir: (.+?)\s*$/)?.[1];
  if (named === undefined) return [];
  const own = resolve(root, named);
  const common = readIfThere(join(own, "commondir"))?.trim();
  return [own, ...(common === undefined ? [] : [resolve(own, common)])];
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined; // Git will say what is wrong with it.
  }
}
