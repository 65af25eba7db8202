/** Copies of an index: programs that Git starts for the repository have been at both of its places. */
import { constants, copyFileSync, lstatSync, rmSync } from "node:fs";
import { GitError } from "./command.ts";

/**
 * Copies a file to a name that is then new, whatever was there; no link is followed. `false` if there is none.
 *
 * @throws GitError if it is no file: a pipe would be waited for.
 */
export function copyPlainFile(from: string, to: string): boolean {
  const found = lstatSync(from, { throwIfNoEntry: false });
  if (found === undefined) return false;
  if (!found.isFile()) throw new GitError(`${from} is not a file`);
  rmSync(to, { force: true, recursive: true });
  copyFileSync(from, to, constants.COPYFILE_EXCL);
  return true;
}
