/** Repositories below a directory, as far as is worth looking. */
import { lstatSync, readdirSync, type Dirent } from "node:fs";
import { join } from "node:path";

/** Folders from the top down to those in which a repository is looked for. */
const maxDepth = 3;

/** Each is read at every start of an agent. */
const maxFolders = 1_000;

/** Each is some ten mounts at every start of a program. */
const maxRepositories = 32;

/** What is made by tools, which remove it again: that must go on to work. */
const skipped: readonly string[] = [".git", "node_modules", "vendor", "build", "target", "dist", "deps"];

/** The directories below this one that have a `.git`, the upper ones first. Links are not followed. */
export function findNested(directory: string): readonly string[] {
  const nested: string[] = [];
  let folders: readonly string[] = [directory];
  let seen = 0;
  for (let depth = 1; depth <= maxDepth; depth++) {
    const inner: string[] = [];
    for (const folder of folders) {
      for (const { name } of foldersIn(folder)) {
        if (skipped.includes(name)) continue;
        if (++seen > maxFolders || nested.length === maxRepositories) return nested;
        const path = join(folder, name);
        if (isThere(join(path, ".git"))) nested.push(path);
        inner.push(path);
      }
    }
    folders = inner;
  }
  return nested;
}

/** In the same order at each look. */
function foldersIn(folder: string): readonly Dirent[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return entries.sort((left, right) => (left.name < right.name ? -1 : 1));
  } catch {
    return []; // It is gone, or closed to this user.
  }
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false; // Closed to this user: Git does not work there either.
  }
}
