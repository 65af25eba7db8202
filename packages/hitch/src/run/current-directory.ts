/** The current directory, which somebody may have removed. */
import { HarnessError } from "../vocabulary/error.ts";

/** @throws HarnessError `cwd-not-found` if it was removed. */
export function currentDirectory(): string {
  try {
    return process.cwd();
  } catch (cause) {
    const message = "the current directory was removed";
    throw new HarnessError({ code: "cwd-not-found", option: "cwd", reason: "missing", message, cause });
  }
}

/** For those who can do without it: empty if it was removed. */
export function currentDirectoryIfAny(): string {
  try {
    return process.cwd();
  } catch {
    return "";
  }
}
