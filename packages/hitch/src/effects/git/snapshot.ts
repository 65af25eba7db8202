/**
 * A working tree before and after, compared by git in a copy of the index and a store of its own: neither the repository's
 * index nor its objects, refs or stash are written.
 */
import { statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import type { FileChange } from "../../vocabulary/result.ts";
import { makeDirectory } from "../paths.ts";
import { assertExit, explainFailure, GitError, type GitOutput, type RunGit } from "./command.ts";
import { addHeavy, chooseHeavy, compareHeavy, listPending, readPending } from "./heavy-files.ts";
import type { HeavyFiles, PendingFile } from "./heavy-files.ts";
import { copyPlainFile } from "./copy-plain-file.ts";
import { addFiles, clearMarks, isSparse, listForced } from "./passed-over.ts";
import { excludedInside, indexNow, inScratch, quickStore, type Place } from "./scratch.ts";

export { indexNow, inScratch } from "./scratch.ts";

export interface SnapshotRequest extends Place {
  /** Heavy files are read and stored too, however long that takes. */
  readonly withHeavy?: boolean;
  /** Git has just checked it out, and nobody has worked in it. */
  readonly isFresh?: boolean;
  /** No ignored file is in it: one that git tracks at the end was made since. */
  readonly lacksIgnored?: boolean;
}

/** The working tree as it was. */
export interface Snapshot extends Place {
  /** Known by size and time alone. */
  readonly heavy: HeavyFiles;
  /** What git could not take down. */
  readonly warnings: readonly string[];
  /** The state of the repository's own index, if ignored files that it has later count. */
  readonly indexAtMs?: number | undefined;
}

/**
 * Takes down the whole working tree: tracked files and untracked ones, less what is ignored.
 *
 * @throws GitError
 */
export async function takeSnapshot(runGit: RunGit, request: SnapshotRequest): Promise<Snapshot> {
  const { repository, scratch, excluded, withHeavy = false, isFresh = false, lacksIgnored = false } = request;
  makeDirectory(join(scratch, "objects"));
  copyIndex(repository.index, join(scratch, indexNow));
  const place = { repository, scratch, excluded };
  const taken = { ...place, ...(lacksIgnored && { indexAtMs: changedAtMs(repository.index) }) };
  if (isFresh && (await isAsIndexed(runGit, place))) return { ...taken, heavy: chooseHeavy([]), warnings: [] };
  await clearMarks(runGit, place);
  const pending = withHeavy && !isSparse(place) ? [] : await findPending(runGit, place);
  const heavy = chooseHeavy(withHeavy ? [] : pending);
  const { problems } = await addAll(runGit, place, heavy, isSparse(place) ? pending : []);
  return { ...taken, heavy, warnings: problems };
}

/**
 * Compares the working tree with the snapshot, once.
 *
 * @throws GitError
 */
export async function compareToSnapshot(runGit: RunGit, snapshot: Snapshot): Promise<Comparison> {
  const { repository, scratch, indexAtMs } = snapshot;
  copyPlainFile(join(scratch, indexNow), join(scratch, indexBefore));
  await clearMarks(runGit, snapshot);
  const pending = await findPending(runGit, snapshot);
  const heavy = addHeavy(snapshot.heavy, pending);
  const unread = compareHeavy(snapshot.heavy, heavy, pending, repository.root);
  const isIndexed = indexAtMs !== undefined && changedAtMs(repository.index) !== indexAtMs;
  const forced = isIndexed ? await listForced(runGit, snapshot) : [];
  const further = [...forced.map((path) => ({ path })), ...(isSparse(snapshot) ? pending : [])];
  const { isChanged, problems } = await addAll(runGit, snapshot, heavy, further);
  if (!isChanged) return { unread, problems };
  const tree = await writeTree(runGit, snapshot, indexBefore);
  return {
    unread,
    problems,
    diff: (settings = []) => runGit(inScratch(snapshot, [...settings, "diff-index", ...diffFlags, tree])),
  };
}

export interface Comparison {
  /**
   * Prints how the working tree is not as it was, for `readDiffOutput`; `settings` are further words before git's command.
   * Absent: it is as it was.
   */
  readonly diff?: (settings?: readonly string[]) => Promise<GitOutput>;
  /** Changed files too heavy to be read, which the diff does not have. Absolute paths. */
  readonly unread: readonly FileChange[];
  /** What git could not add, so that neither has it. */
  readonly problems: readonly string[];
}

/**
 * The id of the snapshot as a tree, in the snapshot's own store.
 *
 * @throws GitError
 */
export async function writeTree(runGit: RunGit, place: Place, index = indexNow): Promise<string> {
  const written = await runGit(inScratch(place, ["write-tree", "--missing-ok"], index));
  assertExit(written);
  return written.stdout.toString().trim();
}

const indexBefore = "index-before";

/** What `git diff` does by itself, whatever the user's configuration says, and all bytes of binary files. */
const diffFlags: readonly string[] = [
  ...["--cached", "-z", "--raw", "--numstat", "--patch", "--binary", "--find-renames", "--indent-heuristic"],
  ...["--src-prefix=a/", "--dst-prefix=b/", "--no-color", "--no-ext-diff", "--no-textconv"],
];

/** Its times are what git trusts: a file as young as the index is read again. The copy is a bit older than the original. */
function copyIndex(from: string, to: string): void {
  if (!copyPlainFile(from, to)) return; // Nothing was ever added here.
  const seconds = (Math.floor(statSync(from).mtimeMs) - 1) / 1000;
  utimesSync(to, seconds, seconds);
}

/**
 * Whether the files that the index names are as it says, in a fraction of the time of adding them: git reads those as young as
 * the index. It is written again, so that no later call reads them once more.
 */
async function isAsIndexed(runGit: RunGit, place: Place): Promise<boolean> {
  const output = await runGit(inScratch(place, ["update-index", "--refresh", "--force-write-index"]));
  if (output.ended !== undefined) throw new GitError(output.ended);
  return output.exitCode === 0 && output.stdoutBytes === 0;
}

async function findPending(runGit: RunGit, place: Place): Promise<readonly PendingFile[]> {
  const output = await runGit(inScratch(place, [...listPending, "--", ":/", ...leaveOut(excludedInside(place))]));
  return await readPending(output, place.repository.root);
}

interface Added {
  /** Something may be different. */
  readonly isChanged: boolean;
  /** What could not be added, in a sentence. */
  readonly problems: readonly string[];
}

/** Brings the index up to date: all that git adds by itself, and then `further` files, as far as they are not heavy. */
async function addAll(
  runGit: RunGit,
  place: Place,
  heavy: HeavyFiles,
  further: readonly Pick<PendingFile, "path">[],
): Promise<Added> {
  const named = heavy.allUntracked ? heavy.files.filter(({ isTracked }) => isTracked) : heavy.files;
  const names = [...excludedInside(place), ...named.map(({ path }) => path)];
  const which = heavy.allUntracked ? "--update" : "--all";
  // It prints a line for each path that was not up to date.
  const flags = ["--verbose", "--ignore-errors", "--pathspec-from-file=-", "--pathspec-file-nul"];
  const added = await runGit({
    ...inScratch(place, [...quickStore, "add", which, ...flags]),
    stdin: [":/", ...leaveOut(names)].map((path) => `${path}\0`).join(""),
  });
  assertExit(added, [0, 1]);
  const tooHeavy = new Set(heavy.files.map(({ path }) => path));
  const paths = further.map(({ path }) => path).filter((path) => !tooHeavy.has(path));
  const outputs = [added, ...(paths.length === 0 ? [] : [await addFiles(runGit, place, paths)])];
  const failed = outputs.find((output) => output.exitCode !== 0 && !(isSparse(place) && onlyNamesPaths(output)));
  const problem = "changes in a part of the repository are not seen, which git cannot add";
  return {
    isChanged: added.stdoutBytes > 0 || paths.length > 0,
    problems: failed === undefined ? [] : [`${problem}: ${explainFailure(failed)}`],
  };
}

/** As for files outside of a sparse checkout, which `further` has. */
function onlyNamesPaths({ exitCode, stderr }: GitOutput): boolean {
  return exitCode === 1 && !/^(?:fatal|error): /m.test(stderr);
}

/** When a file was written last; 0 if it is not there. */
function changedAtMs(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function leaveOut(names: readonly string[]): readonly string[] {
  return names.map((name) => `:(top,exclude,literal)${name}`);
}
