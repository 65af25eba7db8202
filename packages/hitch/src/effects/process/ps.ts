// macOS: the table of processes as `ps` prints it. There is no tag, and the environment of the system's own programs
// is hidden.
import { execFileSync } from "node:child_process";
import { MARKER, parseMarker } from "./marker.ts";
import type { ProcessEntry } from "./process-table.ts";

const COLUMNS = "pid=,ppid=,pgid=,state=,lstart=,command=";
const ROW = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\w{3}\s+\w{3}\s+\d+\s+[\d:]+\s+\d{4})\s+(.*)$/;

/** All processes, in descending order of their pids. */
export function readPs(): readonly ProcessEntry[] {
  const text = ps(["-A", "-E", "-ww", "-o", COLUMNS]);
  return parsePs(text).sort((a, b) => b.pid - a.pid);
}

/** One process, or `undefined` when it is gone. */
export function readPsProcess(pid: number): ProcessEntry | undefined {
  return parsePs(ps(["-E", "-ww", "-p", String(pid), "-o", COLUMNS]))[0];
}

/** The rows of `ps -E -o pid=,ppid=,pgid=,state=,lstart=,command=`: behind the command stands its environment. */
export function parsePs(text: string): ProcessEntry[] {
  return text.split("\n").flatMap((line) => {
    const row = ROW.exec(line);
    if (row === null) return [];
    const [, pid, parentPid, groupId, state = "", startedAt = "", rest = ""] = row;
    return [
      {
        pid: Number(pid),
        parentPid: Number(parentPid),
        groupId: Number(groupId),
        sessionId: 0,
        zombie: state.startsWith("Z"),
        startTime: Date.parse(startedAt),
        tag: () => undefined,
        runIds: () => parseMarker(rest.split(` ${MARKER}=`)[1]?.split(" ", 1)[0]),
        command: () => rest.replace(/ [A-Za-z_]\w*=.*$/, ""),
      },
    ];
  });
}

function ps(args: string[]): string {
  try {
    const env = { ...process.env, LC_ALL: "C" };
    return execFileSync("/bin/ps", args, { env, encoding: "utf8", maxBuffer: 64 * 1024 * 1024, stdio: "pipe" });
  } catch (error) {
    if ((error as { status?: unknown }).status === 1) return ""; // no such process
    throw error;
  }
}
