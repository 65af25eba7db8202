/** Where a path leads, and by which links. */
import { lstatSync, readlinkSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

export interface Real {
  /** Without links. */
  readonly path: string;
  /** Every link on the way, by its own real path. */
  readonly links: readonly string[];
}

/** Undefined: there is nothing, or it is behind a door that is closed to this user, so there is nothing to show or to hide. */
export function findReal(path: string): Real | undefined {
  try {
    return { path: realpathSync(path), links: findLinks(path) };
  } catch {
    return undefined;
  }
}

/** `realpathSync` has been there before: the way ends. */
function findLinks(path: string): readonly string[] {
  const links: string[] = [];
  let physical = "/";
  const names = namesIn(resolve(path));
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    const next = name === ".." ? dirname(physical) : join(physical, name);
    if (!lstatSync(next).isSymbolicLink()) {
      physical = next;
      continue;
    }
    links.push(next);
    const target = readlinkSync(next);
    if (target.startsWith("/")) physical = "/";
    names.unshift(...namesIn(target));
  }
  return links;
}

function namesIn(path: string): string[] {
  return path.split("/").filter((name) => name !== "" && name !== ".");
}
