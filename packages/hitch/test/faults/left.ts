/** What a row left: looked at from outside, with nothing of the product's own. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describeProcess, listProcesses, type ProcessRecord } from "../support/proc.ts";
import { lastingAfter, survivors } from "../support/no-leftovers.ts";
import type { Outcome } from "./row.ts";
import type { Scene } from "./scene.ts";

const graceMs = 5_000;

/** Living processes: by the variable they were started with, or, if they lost it, by the folder in their command. */
export async function processesLeft(scene: Scene): Promise<string[]> {
  return (await lastingAfter(graceMs, () => findProcesses(scene))).map(describeProcess);
}

/** Ends them, so that one row's failure is no other's. */
export function endProcesses(scene: Scene): void {
  for (const { pid } of findProcesses(scene)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

/**
 * Temp files, records and scratch of runs, worktrees, locks. Journals and marks of what was prepared stay, and what the run says
 * that it keeps, so that no work is lost.
 */
export function filesLeft(scene: Scene, warnings: readonly string[] = []): Promise<string[]> {
  const kept = warnings.filter((warning) => warning.startsWith("the worktree is kept")).join("\n");
  const folders = ["active", "sessions", "worktrees", "homes"].map((name) => scene.seen(join(scene.state, name)));
  return lastingAfter(graceMs, () =>
    [scene.temp, ...folders].flatMap((path) =>
      // Node keeps what it compiled beside other temp files, where a program asks for that.
      existsSync(path)
        ? readdirSync(path)
            .filter((name) => name !== "node-compile-cache" && !kept.includes(name))
            .map((name) => `file ${path}/${name}`)
        : [],
    ),
  );
}

/**
 * Events that the journal does not have, or has only in part. Where it could not be written any more, what it has must
 * be whole; where the host was killed, it must have what was seen, and half a line can only be the last.
 */
export function journalFaults(scene: Scene, outcome: Outcome | undefined, seen = -1): string[] {
  const runs = scene.seen(join(scene.state, "runs"));
  if (!existsSync(runs)) return [];
  const counts = readdirSync(runs).map((id) => readJournal(join(runs, id, "events.jsonl"), outcome === undefined));
  const faults = counts.flatMap(({ fault }) => fault ?? []);
  const most = Math.max(-1, ...counts.map(({ events }) => events));
  const isBroken = outcome?.warnings.some((warning) => warning.includes("journal cannot be")) === true;
  if (outcome === undefined && most <= seen)
    faults.push(`event ${seen} was seen, but the journal ends with ${most - 1}`);
  if (outcome && !isBroken && counts.length > 0 && most < outcome.heard)
    faults.push(`the journal has ${most} of ${outcome.heard} events`);
  return faults;
}

function findProcesses({ marker, folder }: Scene): ProcessRecord[] {
  const marked = new Set(survivors({ marker, ancestor: undefined }).map(({ pid }) => pid));
  return listProcesses().filter(({ pid, command }) => marked.has(pid) || command.includes(folder));
}

function readJournal(path: string, mayEndInside: boolean): { events: number; fault?: string } {
  if (!existsSync(path)) return { events: 0 };
  const lines = readFileSync(path, "utf8").split("\n");
  const half = lines.pop() ?? "";
  for (const [index, line] of lines.entries()) {
    const seq = (parse(line) as { seq?: unknown } | undefined)?.seq;
    if (seq !== index)
      return { events: index, fault: `line ${index} of the journal is not event ${index}: ${line.slice(0, 80)}` };
  }
  if (half !== "" && !mayEndInside) return { events: lines.length, fault: "the journal ends inside a line" };
  return { events: lines.length };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
