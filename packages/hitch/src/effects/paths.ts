/** What is at a path that the caller named. */
import { accessSync, constants, statSync } from "node:fs";

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

function isAccessible(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false; // Whatever the reason, it cannot be used.
  }
}
