import { nowInTicks, readProc, readProcess, ticksToMs } from "./proc.ts";
import { readPs, readPsProcess } from "./ps.ts";
import type { ProcessInfo } from "./types.ts";

/** One living process, as the system shows it. The functions read more, only when they are asked. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parentPid: number;
  readonly groupId: number;
  /** 0 where the system doesn't tell. */
  readonly sessionId: number;
  /**
   * Together with the pid it names a process for good: a pid comes back, a start time doesn't. In the platform's own
   * unit.
   */
  readonly startTime: number;
  /** Dead already, only not yet collected by its parent. */
  readonly zombie: boolean;
  readonly tag: () => bigint | undefined;
  /** The runs named by the marker in its environment. */
  readonly runIds: () => readonly string[];
  readonly command: () => string;
}

/** Names a process for good. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTime: number;
}

const COMMAND_LENGTH = 4096;

/**
 * All processes that we may see, in descending order of their pids. Empty on Windows. `onVanished` is told of each
 * that was gone before it could be read (Linux only).
 */
export function readProcesses(onVanished?: (pid: number) => void): Iterable<ProcessEntry> {
  if (process.platform === "linux") return readProc(onVanished);
  return process.platform === "win32" ? [] : readPs();
}

/** The identity of a living process; `undefined` when there is none (any more). On Windows it is the pid alone. */
export function identify(pid: number): ProcessIdentity | undefined {
  if (process.platform === "win32") return isThere(pid) ? { pid, startTime: 0 } : undefined;
  const entry = process.platform === "linux" ? readProcess(pid) : readPsProcess(pid);
  return entry === undefined || entry.zombie ? undefined : { pid, startTime: entry.startTime };
}

/** A moment that no process started later is older than, in the unit of start times. */
export function currentStartTime(): number {
  // One second of slack: both clocks are read with rounding, and `ps` knows seconds only.
  return process.platform === "linux" ? nowInTicks() - 100 : Date.now() - 2000;
}

/** A start time in milliseconds since 1970. */
function startTimeToMs(startTime: number): number {
  return process.platform === "linux" ? ticksToMs(startTime) : startTime;
}

/** What the callers of the process layer get to see of a process. */
export function describe(entry: ProcessEntry): ProcessInfo {
  const command = entry.command().slice(0, COMMAND_LENGTH);
  return { pid: entry.pid, command, startedAtMs: startTimeToMs(entry.startTime) };
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
