/**
 * Files that are not tracked, or not as the index has them, are read and stored to be compared. Some are too heavy for that:
 * these are compared by their size and time.
 */
import { lstatSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { FileChange } from "../../vocabulary/result.ts";
import { assertExit, GitError, type GitOutput } from "./command.ts";

/** What is left out of a snapshot. */
export interface HeavyFiles {
  /** Among them is every file that is not tracked: there are too many of them to be named one by one. */
  readonly allUntracked: boolean;
  readonly files: readonly PendingFile[];
}

/** A file that git would have to read. */
export interface PendingFile {
  /** Below the root, as git has it. */
  readonly path: string;
  readonly isTracked: boolean;
  readonly size: number;
  readonly mtimeMs: number;
}

/** Words of git that list them, for `readPending`. */
export const listPending = ["ls-files", "-z", "-t", "--others", "--modified", "--exclude-standard"] as const;

/** More are not even looked at. */
const maxPending = 100_000;

/** @throws GitError if the list was not printed, or is too long. */
export async function readPending(output: GitOutput, root: string): Promise<readonly PendingFile[]> {
  assertExit(output);
  const records = output.stdout.toString().split("\0").slice(0, -1);
  if (records.length > maxPending || output.stdoutBytes > output.stdout.length) {
    throw new GitError(`more than ${maxPending} files are new or modified`);
  }
  const files = new Map<string, PendingFile>();
  for (const [index, record] of records.entries()) {
    // So that the caller's program goes on meanwhile.
    if (index % 1_000 === 999) await nextTurn();
    const path = record.slice("? ".length);
    const state = readState(join(root, path));
    if (state) files.set(path, { path, isTracked: !record.startsWith("?"), ...state });
  }
  return [...files.values()];
}

/** Bytes of a file, from which on it is heavy. */
const maxFileBytes = 8_000_000;

/** Files that are not tracked, and their bytes, that are read at most. */
const maxUntracked = 10_000;
const maxUntrackedBytes = 64_000_000;

/** Git compares every path with every name that it is to leave out. */
const maxNames = 200;

/** The largest, until the rest is light enough. */
export function chooseHeavy(pending: readonly PendingFile[]): HeavyFiles {
  const untracked = pending.filter(({ isTracked }) => !isTracked).sort((left, right) => right.size - left.size);
  const heavy = pending.filter(({ isTracked, size }) => isTracked && size > maxFileBytes);
  let bytes = untracked.reduce((sum, { size }) => sum + size, 0);
  let heavyCount = 0;
  for (const { size } of untracked) {
    const isLight = untracked.length - heavyCount <= maxUntracked && bytes <= maxUntrackedBytes;
    if (isLight && size <= maxFileBytes) break;
    bytes -= size;
    heavyCount++;
  }
  const allUntracked = heavyCount > maxNames;
  return { allUntracked, files: [...heavy, ...(allUntracked ? untracked : untracked.slice(0, heavyCount))] };
}

/** What was heavy stays it, in its place and with the state that it had; what became it comes after. */
export function addHeavy(before: HeavyFiles, pending: readonly PendingFile[]): HeavyFiles {
  const known = new Set(before.files.map(({ path }) => path));
  const rest = pending.filter(({ path }) => !known.has(path));
  const added = before.allUntracked
    ? rest.filter(({ isTracked, size }) => !isTracked || size > maxFileBytes)
    : undefined;
  const heavy = added ? { allUntracked: true, files: added } : chooseHeavy(rest);
  return { allUntracked: heavy.allUntracked, files: [...before.files, ...heavy.files] };
}

/** How the heavy files differ from what they were; `now` and `pending` are of the same moment. Absolute paths. */
export function compareHeavy(
  before: HeavyFiles,
  now: HeavyFiles,
  pending: readonly PendingFile[],
  root: string,
): readonly FileChange[] {
  const states = new Map(pending.map((file) => [file.path, file]));
  const known = before.files.flatMap(({ path, size, mtimeMs }): FileChange[] => {
    const state = states.get(path) ?? readState(join(root, path));
    if (state === undefined) return [{ path: join(root, path), change: "delete" }];
    return state.size === size && state.mtimeMs === mtimeMs ? [] : [{ path: join(root, path), change: "edit" }];
  });
  const later = now.files.slice(before.files.length);
  const change = (file: PendingFile): FileChange["change"] => (file.isTracked ? "edit" : "create");
  return [...known, ...later.map((file) => ({ path: join(root, file.path), change: change(file) }))];
}

/** `undefined` for all that is no file: it weighs nothing. */
function readState(path: string): Pick<PendingFile, "size" | "mtimeMs"> | undefined {
  try {
    const found = lstatSync(path, { throwIfNoEntry: false });
    return found?.isFile() ? { size: found.size, mtimeMs: found.mtimeMs } : undefined;
  } catch {
    return undefined; // Nobody may look, so git can't read it either, and says so.
  }
}
