import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";

/**
 * Finds a file of a package that the script's own package depends on, as Node would: in the `node_modules` of the script's
 * directory and of those above it. Undefined if it is in none, or if the script is no part of an installed package.
 *
 * @param file Its path below `node_modules`.
 */
export function findPackaged(script: string, file: string): string | undefined {
  let folder = dirname(realpathSync(script));
  while (folder.split(sep).includes("node_modules")) {
    const candidate = join(folder, basename(folder) === "node_modules" ? "" : "node_modules", file);
    if (existsSync(candidate)) return candidate;
    folder = dirname(folder);
  }
  return undefined;
}
