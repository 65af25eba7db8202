/** What is at a path that the caller named, and directories of our own. */
import { accessSync, constants, existsSync, mkdirSync, realpathSync, statSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";

/** Why a directory cannot be used; `undefined` if it can. */
export function checkDirectory(path: string): "missing" | "not-a-directory" | "not-accessible" | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return "missing";
  if (!found.isDirectory()) return "not-a-directory";
  return isAccessible(path, constants.X_OK) ? undefined : "not-accessible";
}

/** Why a file cannot be read; `undefined` if it can. */
export function checkFile(path: string): "missing" | "not-a-file" | "unreadable" | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return "missing";
  if (!found.isFile()) return "not-a-file";
  return isAccessible(path, constants.R_OK) ? undefined : "unreadable";
}

/** Bytes of a file; `undefined` if there is none, `unknown` if nobody may look. */
export function sizeOfFile(path: string): number | undefined | "unknown" {
  try {
    return statSync(path, { throwIfNoEntry: false })?.size;
  } catch {
    return "unknown"; // The directories above it are closed to this user.
  }
}

/** Whether this user may make and change files in a directory. */
export function isWritable(directory: string): boolean {
  return isAccessible(directory, constants.W_OK | constants.X_OK);
}

/** The nearest directory, from this one upwards, that has an entry of this name. */
export function findUpwards(directory: string, name: string): string | undefined {
  if (existsSync(join(directory, name))) return directory;
  const above = dirname(directory);
  return above === directory ? undefined : findUpwards(above, name);
}

/** Whether two paths name the same directory, links followed. */
export function isSameDirectory(left: string, right: string): boolean {
  return resolve(left) === resolve(right) || realPath(left) === realPath(right);
}

/** The path of a name in a directory, in bytes: not every name is text, and one that is not gets lost in a string. */
export function below(directory: Buffer, name: Buffer): Buffer {
  return Buffer.concat([directory, Buffer.from(sep), name]);
}

/**
 * Makes a directory for this user alone, with those above it that are missing; one that is there stays as it is. Throws what
 * the file system says. (`recursive` of `mkdirSync` never returns where that is ENOENT below a directory that is there, as
 * in /proc; Node 24.)
 */
export function makeDirectory(path: string): void {
  if (isDirectory(path)) return;
  const above = dirname(path);
  if (above !== path) makeDirectory(above);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process may have been faster.
    if (!isDirectory(path)) throw error;
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path); // It is not there any more: only its name can be compared.
  }
}

function isAccessible(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false; // Whatever the reason, it cannot be used.
  }
}
