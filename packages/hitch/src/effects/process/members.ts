import type { ProcessEntry, ProcessIdentity } from "./process-table.ts";
import { readProcesses } from "./process-table.ts";
import { isInRange } from "./tag.ts";

/** What the processes of a run are known by. Plain data, so that it can be written down and sent to the reaper. */
export interface RunMark {
  readonly runId: string;
  /** Nothing that started before is of the run. In the platform's unit of start times. */
  readonly bornAt: number;
  /** The run's range of tags, in decimal digits. */
  readonly tags?: { readonly lowest: string; readonly highest: string };
}

/** Finds the processes of one run, again and again. */
export interface Members {
  /** From now on the group and the session of this agent count as the run's too. */
  follow(agent: ProcessIdentity): void;
  /** One pass over all processes. `onFound` is called as soon as one is met: waiting would let it fork. */
  find(onFound?: (entry: ProcessEntry) => void): Pass;
}

/** What one pass saw. */
export interface Pass {
  readonly found: readonly ProcessEntry[];
  /**
   * Nothing came and went under our eyes that may have been of the run. A process that does nothing but fork and exit
   * is never met alive; but it is seen to have just vanished, or freshly dead.
   */
  readonly quiet: boolean;
}

/** Finds by tag, by marker, by the agent's group and session, by ancestry, and what was once found stays found. */
export function membersOf(mark: RunMark): Members {
  const range = mark.tags && { lowest: BigInt(mark.tags.lowest), highest: BigInt(mark.tags.highest) };
  let agent: ProcessIdentity | undefined;
  let known = new Map<number, number>();
  let seen = new Map<number, number>();

  function isMember(entry: ProcessEntry): boolean {
    if (known.get(entry.pid) === entry.startTime || isInGroup(entry)) return true;
    return isTagged(entry) || entry.runIds().includes(mark.runId);
  }

  function isTagged(entry: ProcessEntry): boolean {
    const tag = range && entry.tag();
    return range !== undefined && tag !== undefined && isInRange(tag, range);
  }

  function isInGroup(entry: ProcessEntry): boolean {
    if (agent === undefined || entry.startTime < agent.startTime) return false;
    return entry.groupId === agent.pid || entry.sessionId === agent.pid;
  }

  return {
    follow(identity) {
      agent = identity;
    },

    find(onFound) {
      const found: ProcessEntry[] = [];
      const others: ProcessEntry[] = [];
      const seenNow = new Map<number, number>();
      let quiet = true;
      for (const entry of readProcesses((pid) => (quiet &&= seen.has(pid)))) {
        seenNow.set(entry.pid, entry.startTime);
        if (entry.pid === agent?.pid && entry.startTime !== agent.startTime) agent = undefined;
        if (entry.startTime < mark.bornAt || entry.pid === process.pid) continue;
        if (entry.zombie) quiet &&= seen.get(entry.pid) === entry.startTime || !isTagged(entry);
        else if (!isMember(entry)) others.push(entry);
        else {
          found.push(entry);
          onFound?.(entry);
        }
      }
      for (const entry of descendants(found, others)) {
        found.push(entry);
        onFound?.(entry);
      }
      // The system gives a pid again once no process, group or session has it: an empty group could come back as a
      // stranger's.
      if (!found.some(isInGroup)) agent = undefined;
      known = new Map(found.map((entry) => [entry.pid, entry.startTime]));
      seen = seenNow;
      return { found, quiet };
    },
  };
}

function descendants(ancestors: readonly ProcessEntry[], others: readonly ProcessEntry[]): readonly ProcessEntry[] {
  if (ancestors.length === 0 || others.length === 0) return [];
  const parents = new Set(ancestors.map((entry) => entry.pid));
  const children = others.filter((entry) => parents.has(entry.parentPid));
  const rest = others.filter((entry) => !parents.has(entry.parentPid));
  return [...children, ...descendants(children, rest)];
}
