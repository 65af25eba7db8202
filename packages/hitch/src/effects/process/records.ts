// The records of live runs: <activeDirectory>/<runId>/record.json, written before anything is started, so that
// whoever comes after a crash knows what to look for. A run's other files lie in the same folder and go with it.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeDirectory } from "../paths.ts";
import type { Host, HostState } from "./host.ts";
import { judgeHost, thisHost } from "./host.ts";
import type { RunMark } from "./members.ts";
import { identify } from "./process-table.ts";
import { isRunId } from "./run-id.ts";

/** What is written down about a live run. */
export interface RunRecord {
  readonly version: 1;
  readonly mark: RunMark;
  /** The runs that this one is inside of, outermost first. */
  readonly parents: readonly string[];
  readonly host: Host;
  readonly cwd: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
}

// Between the making of a folder and its record lie microseconds; a folder that stays without one is a crash's remains.
const UNRECORDED_FOR_MS = 60 * 60 * 1000;

/** The folder of a run. */
export function runFolder(activeDirectory: string, runId: string): string {
  return join(activeDirectory, runId);
}

/**
 * Makes the run's folder and writes the record into it. Throws when the folder exists: two runs with one id would end
 * each other.
 */
export function writeRecord(activeDirectory: string, record: RunRecord): void {
  const folder = runFolder(activeDirectory, record.mark.runId);
  makeDirectory(activeDirectory);
  mkdirSync(folder, { mode: 0o700 });
  const draft = join(folder, "record.json.draft");
  writeFileSync(draft, JSON.stringify(record), { mode: 0o600 });
  renameSync(draft, join(folder, "record.json"));
}

/** All records, and the ids of folders that have been without a readable one for an hour. */
export function readRecords(activeDirectory: string): { records: readonly RunRecord[]; unrecorded: readonly string[] } {
  const records: RunRecord[] = [];
  const unrecorded: string[] = [];
  for (const runId of listFolder(activeDirectory).filter(isRunId)) {
    const record = readRecord(runFolder(activeDirectory, runId));
    if (record !== undefined) records.push(record);
    else if (isOld(runFolder(activeDirectory, runId))) unrecorded.push(runId);
  }
  return { records, unrecorded };
}

/** What has become of the process that wrote a record. */
export function stateOfHost(record: RunRecord): HostState {
  return judgeHost(record.host, thisHost(), (pid) => identify(pid)?.startTime);
}

/** Removes a run's folder, and those of runs inside of it whose hosts are dead: they died with it. */
export function removeRun(activeDirectory: string, runId: string): void {
  removeFolder(activeDirectory, runId);
  for (const record of readRecords(activeDirectory).records) {
    if (!record.parents.includes(runId) || stateOfHost(record) !== "dead") continue;
    removeFolder(activeDirectory, record.mark.runId);
  }
}

/** Removes one folder, whatever is in it. */
export function removeFolder(activeDirectory: string, runId: string): void {
  rmSync(runFolder(activeDirectory, runId), { recursive: true, force: true, maxRetries: 3 });
}

/** The record in a run's folder, if there is a readable one. */
export function readRecord(folder: string): RunRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(join(folder, "record.json"), "utf8")) as { version?: unknown };
    return record.version === 1 ? (record as RunRecord) : undefined;
  } catch {
    return undefined; // not written yet, already removed, or torn by a crash of the machine
  }
}

function listFolder(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function isOld(folder: string): boolean {
  const modified = statSync(folder, { throwIfNoEntry: false })?.mtimeMs;
  return modified !== undefined && Date.now() - modified > UNRECORDED_FOR_MS;
}
