import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** One living process, as /proc tells it. Written for the tests alone: the product's own scan is what they judge. */
export interface ProcessRecord {
  readonly pid: number;
  readonly parent: number;
  /** Start in clock ticks since boot: with the pid it names a process for good. */
  readonly startTicks: string;
  readonly command: string;
}

/** Everything alive; zombies are not. Empty where there is no /proc. */
export function listProcesses(): ProcessRecord[] {
  if (process.platform !== "linux") return [];
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(readProcess).filter((record) => record !== undefined);
}

/** The `NAME=value` entries that a process was started with; none if it is gone or another user's. */
export function environmentOf(pid: number): string[] {
  return (readGone(`/proc/${pid}/environ`) ?? "").split("\0").filter((entry) => entry !== "");
}

/** The hard limit "Max realtime timeout" in µs, where a run's tag is; undefined for unlimited, or if the process is gone. */
export function realtimeLimitOf(pid: number): bigint | undefined {
  const line = readGone(`/proc/${pid}/limits`)?.match(/^Max realtime timeout\s+\S+\s+(\d+)/m);
  return line?.[1] === undefined ? undefined : BigInt(line[1]);
}

/** The TCP ports on which a process listens, v4 and v6. */
export function listeningPortsOf(pid: number): number[] {
  const inodes = new Set(socketInodesOf(pid));
  const tables = ["tcp", "tcp6"].map((name) => readGone(`/proc/${pid}/net/${name}`) ?? "");
  const rows = tables.flatMap((table) => table.split("\n").slice(1)).map((line) => line.trim().split(/\s+/));
  const listening = rows.filter(([, , , state, , , , , , inode]) => state === "0A" && inode && inodes.has(inode));
  return listening.map(([, address]) => Number.parseInt(address?.split(":")[1] ?? "", 16));
}

/** One line for a person. */
export function describeProcess({ pid, command }: ProcessRecord): string {
  return `process ${pid}: ${command.slice(0, 200)}`;
}

function readProcess(pid: string): ProcessRecord | undefined {
  const stat = readGone(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The name in parentheses may itself hold spaces and parentheses; the fields after the last one don't.
  const name = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
  const [state, parent, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (state === "Z" || state === "X") return undefined;
  const command = (readGone(`/proc/${pid}/cmdline`) ?? "").replaceAll("\0", " ").trim();
  return { pid: Number(pid), parent: Number(parent), startTicks: rest[17] ?? "", command: command || `[${name}]` };
}

function socketInodesOf(pid: number): string[] {
  const targets = ifThere(() => readdirSync(`/proc/${pid}/fd`))?.map((fd) =>
    ifThere(() => readlinkSync(`/proc/${pid}/fd/${fd}`)),
  );
  return (targets ?? [])
    .map((target) => target?.match(/^socket:\[(\d+)\]$/)?.[1])
    .filter((inode) => inode !== undefined);
}

function readGone(path: string): string | undefined {
  return ifThere(() => readFileSync(path, "utf8"));
}

/** Processes end while one reads about them, and those of other users can't be read: both are nothing to see. */
function ifThere<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (["ENOENT", "ESRCH", "EACCES", "EPERM"].includes(code)) return undefined;
    throw error;
  }
}
