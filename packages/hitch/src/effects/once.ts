/** Does something once for all processes of this machine: a mark says that it was done, a lock that somebody is at it. */
import { createHash, randomUUID } from "node:crypto";
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { lockFile } from "./lock.ts";
import { makeDirectory } from "./paths.ts";

export interface OnceOptions {
  /** Where marks and locks are kept. */
  readonly directory: string;
  readonly key: readonly string[];
  /** Files that belong to it: if one is missing or was replaced since, it is done again. */
  readonly files: readonly string[];
  /** How long to wait for another process that is at it: its lock may be one that nobody will ever release. */
  readonly waitLimitMs: number;
  readonly stop: AbortSignal;
}

const lookAgainMs = 50;

/**
 * Calls `action` unless it was done already, by whatever process; waits while another one is at it. `action` resolves with
 * what went wrong, and then nothing is marked; this is passed on.
 */
export async function onlyOnce(
  options: OnceOptions,
  action: () => Promise<string | undefined>,
): Promise<string | undefined> {
  makeDirectory(options.directory);
  const name = createHash("sha256").update(JSON.stringify(options.key)).digest("hex").slice(0, 24);
  const mark = join(options.directory, `${name}.json`);
  const waitsSinceMs = performance.now();
  for (;;) {
    if (isDone(mark, options.files) || options.stop.aborted) return undefined;
    if (performance.now() - waitsSinceMs > options.waitLimitMs) return `${name}.lock has been held for too long`;
    const lock = lockFile(join(options.directory, `${name}.lock`));
    if (lock === undefined) {
      await sleep(lookAgainMs);
      continue;
    }
    try {
      // Somebody may have finished between the look and the lock.
      if (isDone(mark, options.files)) return undefined;
      const problem = await action();
      if (problem === undefined) writeMark(mark, options.files);
      return problem;
    } finally {
      lock.release();
    }
  }
}

function isDone(mark: string, files: readonly string[]): boolean {
  try {
    return readFileSync(mark, "utf8") === identify(files);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

function writeMark(mark: string, files: readonly string[]): void {
  const whole = `${mark}.${randomUUID()}`;
  try {
    writeFileSync(whole, identify(files), { mode: 0o600 });
    renameSync(whole, mark);
  } catch (error) {
    rmSync(whole, { force: true });
    throw error;
  }
}

/** Which files these are: another inode is another file. The time of change says nothing, databases change. */
function identify(files: readonly string[]): string {
  return JSON.stringify(files.map((file) => [file, statSync(file, { throwIfNoEntry: false })?.ino ?? "missing"]));
}
