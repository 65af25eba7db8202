/** Looks every 20 ms whether a process listens on an address. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { describeProcess, type ProcessRecord } from "../../support/proc.ts";

export interface ListenerWatch {
  /** How often it has looked so far. */
  readonly looks: number;
  /** Stops, and gives a line for each address that was listened on. */
  stop(): readonly string[];
}

interface Listener {
  readonly protocol: string;
  readonly address: string;
  readonly inode: string;
}

const everyMs = 20;

/** Sockets that exist already are nobody's concern. `candidates` is asked only when there is a new one. */
export function watchListeners(candidates: () => readonly ProcessRecord[]): ListenerWatch {
  const early = new Set(listListeners().map(({ inode }) => inode));
  const found = new Map<string, string>();
  let looks = 0;
  const look = (): void => {
    looks++;
    const fresh = listListeners().filter(({ inode }) => !early.has(inode) && !found.has(inode));
    if (fresh.length === 0) return;
    for (const record of candidates()) {
      const sockets = socketsOf(record.pid);
      for (const { protocol, address, inode } of fresh) {
        if (sockets.has(inode)) found.set(inode, `${protocol} ${address}: ${describeProcess(record)}`);
      }
    }
  };
  const timer = setInterval(look, everyMs);
  return {
    get looks() {
      return looks;
    },
    stop() {
      clearInterval(timer);
      return [...found.values()];
    },
  };
}

/** TCP sockets that listen, UDP sockets that take datagrams from anybody, Unix sockets that listen. */
function listListeners(): readonly Listener[] {
  const internet = [
    { protocol: "tcp", state: "0A" },
    { protocol: "tcp6", state: "0A" },
    { protocol: "udp", state: "07" },
    { protocol: "udp6", state: "07" },
  ].flatMap(({ protocol, state }) =>
    rowsOf(protocol)
      .filter((row) => row[3] === state)
      .map((row) => ({ protocol, address: row[1] ?? "", inode: row[9] ?? "" })),
  );
  const acceptsConnections = "00010000";
  const unix = rowsOf("unix")
    .filter((row) => row[3] === acceptsConnections)
    .map((row) => ({ protocol: "unix", address: row[7] ?? "", inode: row[6] ?? "" }));
  return [...internet, ...unix];
}

function rowsOf(table: string): readonly (readonly string[])[] {
  const lines = readFileSync(`/proc/net/${table}`, "utf8").trimEnd().split("\n").slice(1);
  return lines.map((line) => line.trim().split(/\s+/));
}

function socketsOf(pid: number): ReadonlySet<string> {
  const sockets = new Set<string>();
  try {
    for (const descriptor of readdirSync(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${descriptor}`))?.[1];
      if (inode !== undefined) sockets.add(inode);
    }
  } catch {
    // The process or its descriptor is gone.
  }
  return sockets;
}
