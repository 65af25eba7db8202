// Linux: the table of processes, read from /proc. Everything is synchronous: a pass over 200 processes takes a few
// milliseconds, and between reading a process and killing it nothing else may happen.
import { closeSync, openSync, readdirSync, readSync } from "node:fs";
import { markedRuns } from "./marker.ts";
import type { ProcessEntry } from "./process-table.ts";
import { parseRealtimeLimit } from "./tag.ts";

// The kernel's unit for start times in /proc (USER_HZ): 1/100 s on every architecture that Node runs on.
const TICK_MS = 10;

/**
 * All processes, in descending order of their pids: a process that forks and exits all the time is met sooner that way.
 * `onVanished` is told of each that was gone when its turn came.
 */
export function* readProc(onVanished?: (pid: number) => void): Generator<ProcessEntry> {
  const pids = readdirSync("/proc").map(Number).filter(Number.isInteger);
  for (const pid of pids.sort((a, b) => b - a)) {
    const entry = readProcess(pid);
    if (entry === undefined) onVanished?.(pid);
    else yield entry;
  }
}

/** One process, or `undefined` when it is gone. */
export function readProcess(pid: number | "self"): ProcessEntry | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  return stat === undefined ? undefined : parseStat(stat);
}

/**
 * The text of a file in /proc, or `undefined` when the process is gone or may not be read. Throws when no file can be
 * opened.
 */
export function readText(path: string): string | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, "r");
    return readAll(descriptor);
  } catch (error) {
    // The first two: it has just gone. The others: another user's, and so not ours.
    if (["ENOENT", "ESRCH", "EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Now, in the unit of start times. */
export function nowInTicks(): number {
  return Math.floor(Number(readText("/proc/uptime")?.split(" ", 1)[0]) * (1000 / TICK_MS));
}

/** When a process started, in milliseconds since 1970. The time of boot in /proc/stat is exact to a second only. */
export function ticksToMs(ticks: number): number {
  return Date.now() - (nowInTicks() - ticks) * TICK_MS;
}

/** The fields of a /proc/PID/stat. Its second one, the name in parentheses, may hold anything. */
export function parseStat(stat: string): ProcessEntry {
  const pid = Number.parseInt(stat, 10);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return {
    pid,
    parentPid: Number(fields[1]),
    groupId: Number(fields[2]),
    sessionId: Number(fields[3]),
    // A main thread that has ended before its other threads shows as a zombie too, yet the process lives.
    zombie: fields[0] === "X" || (fields[0] === "Z" && Number(fields[17]) <= 1),
    startTime: Number(fields[19]),
    tag: () => parseRealtimeLimit(readText(`/proc/${pid}/limits`) ?? ""),
    runIds: () => markedRuns(readText(`/proc/${pid}/environ`) ?? ""),
    command: () => (readText(`/proc/${pid}/cmdline`) ?? "").split("\0").join(" ").trim(),
  };
}

const buffer = Buffer.allocUnsafe(64 * 1024);

function readAll(descriptor: number): string {
  let text = "";
  for (;;) {
    const length = readSync(descriptor, buffer, 0, buffer.length, null);
    if (length === 0) return text;
    text += buffer.toString("latin1", 0, length); // what we look for is ASCII
  }
}
