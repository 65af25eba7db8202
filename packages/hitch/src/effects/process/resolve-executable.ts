// Synchronous on purpose: where the system has no threads left, Node's asynchronous file system aborts the whole host.
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, resolve } from "node:path";
import { isForeignBinary, readStart } from "./binary-format.ts";
import { StartError } from "./start-error.ts";

// What execvp(3) searches when there is no PATH.
const DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

/**
 * The absolute path of what would be run for `file`. Throws a `StartError` when it doesn't exist, may not be run,
 * names an interpreter that doesn't exist or is made for another system: said here, since after the spawn nobody can
 * tell these apart.
 */
export function resolveExecutable(file: string, cwd: string, path: string | undefined): string {
  const executable = findExecutable(file, cwd, path);
  const start = readStart(executable) ?? "";
  const interpreter = interpreterOf(start);
  if (interpreter !== undefined && !isInterpreterThere(interpreter, cwd, path)) {
    const message = `${executable} can't be run: its interpreter ${interpreter} doesn't exist`;
    throw new StartError("executable-not-runnable", executable, message);
  }
  if (isForeignBinary(start)) {
    throw new StartError("executable-not-runnable", executable, `${executable} is a program for another system`);
  }
  return executable;
}

/** The absolute path of what a script's first line has it run by; undefined if it is no such script. Throws like the above. */
export function resolveInterpreter(script: string, cwd: string, path: string | undefined): string | undefined {
  const interpreter = interpreterOf(readStart(script) ?? "");
  return interpreter === undefined ? undefined : findExecutable(interpreter, cwd, path);
}

/** Throws a `StartError` unless `cwd` is a directory that can be entered. */
export function assertDirectory(cwd: string): void {
  const fail = (why: string, cause?: unknown): StartError =>
    new StartError("cwd-not-found", cwd, `the working directory ${cwd} ${why}`, cause);
  try {
    if (!statSync(cwd).isDirectory()) throw fail("is not a directory");
    accessSync(cwd, constants.X_OK);
  } catch (error) {
    if (error instanceof StartError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    throw fail(code === "ENOENT" ? "doesn't exist" : `can't be entered (${code})`, error);
  }
}

function findExecutable(file: string, cwd: string, path = DEFAULT_PATH): string {
  const isPath = file.includes("/") || isAbsolute(file);
  const candidates = isPath ? [resolve(cwd, file)] : path.split(delimiter).map((folder) => resolve(cwd, folder, file));
  let refused: { candidate: string; error: unknown } | undefined;
  for (const candidate of candidates) {
    const error = whyNotRunnable(candidate);
    if (error === undefined) return candidate;
    if (!isMissing(error)) refused ??= { candidate, error };
  }
  if (refused !== undefined) {
    const message = `${refused.candidate} exists but isn't an executable file`;
    throw new StartError("executable-not-runnable", refused.candidate, message, refused.error);
  }
  const message = isPath ? `${candidates[0]} doesn't exist` : `there is no ${file} on the PATH (${path})`;
  throw new StartError("executable-not-found", isPath ? (candidates[0] ?? file) : file, message);
}

function whyNotRunnable(path: string): unknown {
  try {
    if (!statSync(path).isFile()) return new Error(`${path} is not a file`);
    accessSync(path, constants.X_OK);
    return undefined;
  } catch (error) {
    return error;
  }
}

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOENT" || code === "ENOTDIR";
}

/** What a script's first line asks for: an absolute path, or behind `/usr/bin/env` a name. */
function interpreterOf(start: string): string | undefined {
  const [interpreter, argument] = /^#![ \t]*([^\s]+)(?:[ \t]+([^\s]+))?/.exec(start)?.slice(1) ?? [];
  const isName =
    interpreter?.endsWith("/env") && argument !== undefined && /^[\w.+]/.test(argument) && !argument.includes("=");
  return isName ? argument : interpreter;
}

function isInterpreterThere(interpreter: string, cwd: string, path: string | undefined): boolean {
  try {
    findExecutable(interpreter, cwd, path);
    return true;
  } catch (error) {
    if (error instanceof StartError) return false;
    throw error;
  }
}
