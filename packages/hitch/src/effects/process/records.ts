// The records of live runs: <activeDirectory>/<runId>/record.json, written before anything is started, so that
// whoever comes after a crash knows what to look for. A run's other files lie in the same folder and go with it.
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { makeDirectory } from "../paths.ts";
import { removeTree } from "../remove-tree.ts";
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

const recordName = "record.json";

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
  const draft = join(folder, `${recordName}.draft`);
  writeFileSync(draft, JSON.stringify(record), { mode: 0o600 });
  renameSync(draft, join(folder, recordName));
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
export async function removeRun(activeDirectory: string, runId: string): Promise<void> {
  await Promise.all([removeFolder(activeDirectory, runId), removeDeadWithin(activeDirectory, runId)]);
}

/** Removes one folder, whatever is in it. Rejects if something cannot be removed; the record is then still there. */
export async function removeFolder(activeDirectory: string, runId: string): Promise<void> {
  const folder = runFolder(activeDirectory, runId);
  // The record last: by it a later sweep finds what is left.
  for (const name of contentOf(folder)) if (name !== recordName) await removeTree(join(folder, name));
  await removeTree(folder);
}

async function removeDeadWithin(activeDirectory: string, runId: string): Promise<void> {
  const inside = readRecords(activeDirectory).records.filter(
    (record) => record.parents.includes(runId) && stateOfHost(record) === "dead",
  );
  await Promise.all(inside.map(({ mark }) => removeFolder(activeDirectory, mark.runId)));
}

/** The record in a run's folder, if there is a readable one. */
export function readRecord(folder: string): RunRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(join(folder, recordName), "utf8")) as Partial<RunRecord>;
    return record.version === 1 && record.mark?.runId === basename(folder) ? (record as RunRecord) : undefined;
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

/** The names in a folder; none if it cannot be read. */
function contentOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // It is gone, or closed: who removes it opens it first.
  }
}

function isOld(folder: string): boolean {
  const modified = statSync(folder, { throwIfNoEntry: false })?.mtimeMs;
  return modified !== undefined && Date.now() - modified > UNRECORDED_FOR_MS;
}
