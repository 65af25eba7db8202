/**
 * A lock between processes that does not outlive its holder. A holder that can be seen from here keeps it as long as it
 * lives. One in another container or on another machine cannot be seen: it keeps the lock as long as it renews it.
 */
import { randomUUID } from "node:crypto";
import {
  closeSync,
  fstatSync,
  futimesSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { parseObject } from "../vocabulary/json.ts";
import { lookAtHost, thisHost, type Host } from "./process/index.ts";
import { namesIn } from "./prune.ts";

export interface Lock {
  release(): void;
}

/** Who holds a lock. */
export interface Holder {
  readonly pid: number;
  readonly machine: string;
  /** Whether it can be told from here if it lives. */
  readonly isInSight: boolean;
}

/** A lock whose holder is out of sight is abandoned when it was not renewed for so long: 2 minutes. */
export const silenceLimitMs = 2 * 60_000;

/** Often enough that a busy process, and clocks that differ by a minute, cost nobody a lock. */
const renewEveryMs = 20_000;

/** Takes the lock, or gives `undefined` while somebody holds it. An abandoned one is taken away, for the next try. */
export function lockFile(path: string): Lock | undefined {
  const own = `${path}.${randomUUID()}`;
  const file = openSync(own, "wx", 0o600);
  let lock: Lock | undefined;
  try {
    // Linking a whole file makes the lock appear together with its holder's name.
    writeFileSync(file, JSON.stringify(thisHost()));
    linkSync(own, path);
    lock = hold(path, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    removeIfAbandoned(path);
  } finally {
    if (lock === undefined) closeSync(file);
    rmSync(own, { force: true });
  }
  return lock;
}

/** Who holds the lock; `undefined` if nobody does, or nobody can tell. */
export function holderOf(path: string): Holder | undefined {
  const host = look(path)?.host;
  return host && { pid: host.pid, machine: host.machine, isInSight: lookAtHost(host) !== "out-of-sight" };
}

/** Whether somebody holds the lock. */
export function isLocked(path: string): boolean {
  return look(path) !== undefined && !isAbandoned(path);
}

/** Removes the abandoned locks of a directory, and what a crash left between two steps of taking one. */
export async function sweepLocks(directory: string): Promise<void> {
  for (const name of await namesIn(directory)) {
    const path = join(directory, name);
    if (name.endsWith(".lock") || name.endsWith(removalEnding)) removeIfAbandoned(path);
    else if (name.includes(".lock.") && isSilent(look(path))) rmSync(path, { force: true });
  }
}

function hold(path: string, file: number): Lock {
  const renewal = setInterval(() => renew(file), renewEveryMs).unref();
  return {
    release() {
      clearInterval(renewal);
      try {
        // After a long silence, as of a process that was stopped, it may be another one's.
        if (statSync(path, { throwIfNoEntry: false })?.ino === fstatSync(file).ino) rmSync(path, { force: true });
      } finally {
        closeSync(file);
      }
    },
  };
}

function renew(file: number): void {
  const now = new Date();
  try {
    futimesSync(file, now, now);
  } catch {
    // A disk that fails, and nobody to tell in a timer: at worst the lock is abandoned for those out of sight.
  }
}

/** Ends the name of the lock of those who remove an abandoned one. */
const removalEnding = ".removal";

/**
 * One process at a time, by a lock: what a second one saw may have been removed, and be a living process's by now.
 * That lock may be abandoned in its turn, and is then removed first, for the next try.
 */
function removeIfAbandoned(path: string): void {
  if (!isAbandoned(path)) return;
  const removal = lockFile(`${path}${removalEnding}`);
  try {
    if (removal && isAbandoned(path)) rmSync(path, { force: true });
  } finally {
    removal?.release();
  }
}

function isAbandoned(path: string): boolean {
  const found = look(path);
  if (found === undefined) return false;
  // A lock appears whole, so one without a holder's name was torn by a loss of power.
  if (found.host === undefined) return true;
  const state = lookAtHost(found.host);
  return state === "out-of-sight" ? isSilent(found) : state !== "alive";
}

interface Found {
  readonly host: Host | undefined;
  readonly renewedMs: number;
}

function isSilent(found: Found | undefined): boolean {
  return found !== undefined && Date.now() - found.renewedMs > silenceLimitMs;
}

/** `undefined`: there is no such file. */
function look(path: string): Found | undefined {
  try {
    return { renewedMs: statSync(path).mtimeMs, host: readHost(readFileSync(path, "utf8")) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function readHost(text: string): Host | undefined {
  const host = parseObject(text) as Partial<Host> | undefined;
  return typeof host?.pid === "number" && typeof host.bootId === "string" ? (host as Host) : undefined;
}
