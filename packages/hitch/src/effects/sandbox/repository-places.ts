/** What an agent in a sandbox may do with the Git repository around a directory. */
import { lstatSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { isWithin } from "../../policy/sandbox.ts";
import { findUpwards } from "../paths.ts";
import { findNested } from "./nested-repositories.ts";

/** Absolute paths. */
export interface RepositoryPlaces {
  /** Where Git has to look. */
  readonly read: readonly string[];
  readonly pinned: readonly string[];
  /** Whoever looks at the repository later, outside of the sandbox, runs what is written there. */
  readonly sealed: readonly string[];
}

/** What is in a folder of Git's that says which programs it starts, or where it looks for that. */
const sealedNames = ["config", "config.worktree", "hooks", "commondir", "modules", "worktrees"] as const;

/** Some of the places may not exist. A `.git` that is a link is nothing that Git makes. */
export function findRepositoryPlaces(directory: string): RepositoryPlaces {
  const root = findUpwards(directory, ".git");
  return root === undefined ? { read: [], pinned: [], sealed: [] } : placesOf(root);
}

/** What is sealed in directories that agents write: of the repositories around them, and of those below. */
export function findSealed(directories: readonly string[]): readonly string[] {
  const around = directories.flatMap((directory) => findRepositoryPlaces(directory).sealed);
  const below = directories.flatMap(findNested).flatMap((root) => placesOf(root).sealed);
  return [...new Set([...around, ...below])];
}

function placesOf(root: string): RepositoryPlaces {
  const entry = join(root, ".git");
  const found = lstatSync(entry);
  if (found.isDirectory()) {
    return { read: [root], pinned: [entry], sealed: sealedNames.map((name) => join(entry, name)) };
  }
  return { read: [root, ...linkedPlaces(entry, root)], pinned: [], sealed: found.isFile() ? [entry] : [] };
}

/**
 * Of a worktree beside the repository, or of a submodule. What the file names counts only if it points back: anybody who
 * may write here can write that file, but not into a repository elsewhere.
 */
function linkedPlaces(file: string, root: string): readonly string[] {
  const named = readIfThere(file)?.match(/^gitdir: (.+?)\s*$/)?.[1];
  const own = named === undefined ? undefined : realPath(resolve(root, named));
  const realRoot = realPath(root);
  if (own === undefined || realRoot === undefined || isWithin(own, realRoot)) return [];
  const back = readIfThere(join(own, "gitdir"))?.trim();
  if (back !== undefined) {
    if (realPath(resolve(own, back)) !== join(realRoot, ".git")) return [];
    const common = realPath(resolve(own, readIfThere(join(own, "commondir"))?.trim() ?? "."));
    // Where Git has it: else one repository could name another place as the one that it belongs to.
    return common !== undefined && join(common, "worktrees") === dirname(own) ? [own, common] : [];
  }
  const settings = ["config", "config.worktree"].map((name) => readIfThere(join(own, name)) ?? "").join("\n");
  const tree = /^\s*worktree\s*=\s*"?(.+?)"?\s*$/im.exec(settings)?.[1];
  return tree !== undefined && realPath(resolve(own, tree)) === realRoot ? [own] : [];
}

/** Files of Git's for this are short, and neither links nor pipes. */
function readIfThere(path: string): string | undefined {
  try {
    const found = lstatSync(path);
    return found.isFile() && found.size <= maxBytes ? readFileSync(path, "utf8") : undefined;
  } catch {
    return undefined; // Git will say what is wrong with it.
  }
}

const maxBytes = 1_000_000;

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined; // It is not there, or not for this user.
  }
}
