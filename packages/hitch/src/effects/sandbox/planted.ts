/** What an agent in a sandbox may do in a repository but must not: what is missing, or a link, cannot be sealed. */
import { lstatSync, mkdirSync, readlinkSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { isWithin } from "../../policy/sandbox.ts";
import { removeTree } from "../remove-tree.ts";
import { isLinkTo, makeLink, moveAside } from "./put-right.ts";
import { findReal } from "./real-path.ts";
import { findRepositoryPlaces, findSealed } from "./repository-places.ts";

/** Makes the missing folder for hooks, so that it can be sealed. To be called before the places are listed. */
export function makeSealable(directories: readonly string[]): void {
  for (const path of findSealed(directories)) {
    if (basename(path) !== "hooks" || isThere(path)) continue;
    try {
      mkdirSync(path);
    } catch {
      // Where this user may not write the agent may not either.
    }
  }
}

/** What was put right, as paths, and what could not be, with the reason. */
export interface PutRight {
  readonly removed: readonly string[];
  readonly putBack: readonly string[];
  readonly failed: readonly string[];
}

/**
 * Notes what is missing, and where links lead. What is returned removes what was made of that since, and puts the links
 * back; it never rejects. Submodules and worktrees may be made.
 */
export function watchPlanted(directories: readonly string[]): () => Promise<PutRight> {
  const sealed = findSealed(directories);
  const pinned = directories.flatMap((directory) => findRepositoryPlaces(directory).pinned);
  const written = [...directories, ...pinned].map((path) => findReal(path)?.path ?? path);
  const isWritten = (path: string): boolean => written.some((directory) => isWithin(path, directory));
  const links = [...new Set(sealed.flatMap(linksOnTheWay))].filter(isWritten);
  const targets = new Map(links.map((link) => [link, readlinkSync(link)]));
  // Of a link to nothing the agent may make what it leads to.
  const ends = [...targets].map(([link, target]) => resolve(dirname(link), target)).filter((path) => !isThere(path));
  const missing = [
    ...sealed.filter((path) => planted.includes(basename(path)) && !isThere(path)).map(withRealFolder),
    ...ends.map(firstMissing).filter(isWritten),
  ];
  return () => putRight([...new Set(missing)], targets, written);
}

/** What cannot be put right keeps nothing else from it. All is moved away before the first is removed: that may be long. */
async function putRight(
  missing: readonly string[],
  links: ReadonlyMap<string, string>,
  written: readonly string[],
): Promise<PutRight> {
  const aside: string[] = [];
  const [removed, putBack, failed]: [string[], string[], string[]] = [[], [], []];
  const attempt = async (path: string, act: () => Promise<void>): Promise<void> => {
    try {
      await act();
    } catch (error) {
      failed.push(`${path}: ${String(error).slice(0, maxReason)}`);
    }
  };
  const takeAway = async (path: string): Promise<boolean> => {
    const moved = await moveAside({ path, written });
    if (moved !== undefined) aside.push(moved);
    return moved !== undefined;
  };
  for (const path of missing) {
    await attempt(path, async () => {
      if (await takeAway(path)) removed.push(path);
    });
  }
  for (const [path, target] of links) {
    await attempt(path, async () => {
      if (await isLinkTo({ path, written }, target)) return;
      await takeAway(path);
      await makeLink({ path, written }, target);
      putBack.push(path);
    });
  }
  for (const path of aside) await attempt(path, () => removeTree(path));
  return { removed, putBack, failed };
}

const planted: readonly string[] = ["config", "config.worktree", "commondir"];

/** A path of a tree that is deep is long. */
const maxReason = 200;

/** By their real paths. One that leads to nothing is one too. */
function linksOnTheWay(path: string): readonly string[] {
  const real = findReal(path);
  if (real !== undefined) return real.links;
  return isLink(path) ? [withRealFolder(path)] : [];
}

function withRealFolder(path: string): string {
  return join(findReal(dirname(path))?.path ?? dirname(path), basename(path));
}

/** The topmost folder of those that must be made for it. */
function firstMissing(path: string): string {
  return isThere(dirname(path)) ? path : firstMissing(dirname(path));
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false; // There is nothing, or nothing for this user.
  }
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true; // Nobody knows: it must not be taken for the agent's.
  }
}
