/** What is at a path that the caller named. */
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";

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

/** Whether two paths name the same directory, links followed. */
export function isSameDirectory(left: string, right: string): boolean {
  return resolve(left) === resolve(right) || realPath(left) === realPath(right);
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
