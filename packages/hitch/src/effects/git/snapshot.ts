/**
 * A working tree before and after, compared by git in a copy of the index and a store of its own: neither the repository's
 * index nor its objects, refs or stash are written.
 */
import { statSync, utimesSync } from "node:fs";
import { join, relative } from "node:path";
import type { FileChange } from "../../vocabulary/result.ts";
import { makeDirectory } from "../paths.ts";
import {
  assertExit,
  explainFailure,
  GitError,
  gitSettings,
  type GitCall,
  type GitOutput,
  type RunGit,
} from "./command.ts";
import { addHeavy, chooseHeavy, compareHeavy, listPending, readPending } from "./heavy-files.ts";
import type { HeavyFiles, PendingFile } from "./heavy-files.ts";
import { copyPlainFile } from "./copy-plain-file.ts";
import type { Repository } from "./repository.ts";

export interface SnapshotRequest extends Place {
  /** Heavy files are read and stored too, however long that takes. */
  readonly withHeavy?: boolean;
  /** Git has just checked it out, and nobody has worked in it. */
  readonly isFresh?: boolean;
}

/** The working tree as it was. */
export interface Snapshot extends Place {
  /** Known by size and time alone. */
  readonly heavy: HeavyFiles;
  /** What git could not take down. */
  readonly warnings: readonly string[];
}

/** What is taken down, and where to. */
interface Place {
  readonly repository: Repository;
  /** A private directory for the index and the objects. */
  readonly scratch: string;
  /** Absolute paths that do not count, wherever they are. */
  readonly excluded: readonly string[];
}

/**
 * Takes down the whole working tree: tracked files and untracked ones, less what is ignored.
 *
 * @throws GitError
 */
export async function takeSnapshot(runGit: RunGit, request: SnapshotRequest): Promise<Snapshot> {
  const { repository, scratch, excluded, withHeavy = false, isFresh = false } = request;
  makeDirectory(join(scratch, "objects"));
  copyIndex(repository.index, join(scratch, indexNow));
  const place = { repository, scratch, excluded };
  if (isFresh && (await isAsIndexed(runGit, place))) return { ...place, heavy: chooseHeavy([]), warnings: [] };
  const heavy = chooseHeavy(withHeavy ? [] : await findPending(runGit, place));
  const added = await addAll(runGit, place, heavy);
  const problem = `changes in a part of the repository are not seen, which git cannot add: ${explainFailure(added)}`;
  const warnings = added.exitCode === 0 ? [] : [problem];
  return { ...place, heavy, warnings };
}

/**
 * Compares the working tree with the snapshot, once.
 *
 * @throws GitError
 */
export async function compareToSnapshot(runGit: RunGit, snapshot: Snapshot): Promise<Comparison> {
  const { repository, scratch } = snapshot;
  copyPlainFile(join(scratch, indexNow), join(scratch, indexBefore));
  const pending = await findPending(runGit, snapshot);
  const heavy = addHeavy(snapshot.heavy, pending);
  const unread = compareHeavy(snapshot.heavy, heavy, pending, repository.root);
  const { stdoutBytes } = await addAll(runGit, snapshot, heavy);
  if (stdoutBytes === 0) return { unread };
  const tree = await writeTree(runGit, snapshot, indexBefore);
  return {
    unread,
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

/** A call of git that sees the snapshot instead of the repository's own index. */
export function inScratch({ repository, scratch }: Place, args: readonly string[], index = indexNow): GitCall {
  const env = {
    GIT_INDEX_FILE: join(scratch, index),
    GIT_OBJECT_DIRECTORY: join(scratch, "objects"),
    // Quoted, since a colon would divide it.
    GIT_ALTERNATE_OBJECT_DIRECTORIES: JSON.stringify(repository.objects),
  };
  return { args: [...gitSettings, ...args], cwd: repository.root, env };
}

/** The name of the snapshot's index in its scratch directory. */
export const indexNow = "index";
const indexBefore = "index-before";

/** What `git diff` does by itself, whatever the user's configuration says, and all bytes of binary files. */
const diffFlags: readonly string[] = [
  ...["--cached", "-z", "--raw", "--numstat", "--patch", "--binary", "--find-renames", "--indent-heuristic"],
  ...["--src-prefix=a/", "--dst-prefix=b/", "--no-color", "--no-ext-diff", "--no-textconv"],
];

/** One pack for all, neither compressed nor waited for: thousands of files with an object each would take many seconds. */
const quickStore: readonly string[] = [
  ...["-c", "core.bigFileThreshold=1"],
  ...["-c", "core.compression=0"],
  ...["-c", "core.fsync=none"],
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

/** Brings the index up to date. Prints a line for each path that was not; exits with 1 if some cannot be added. */
async function addAll(runGit: RunGit, place: Place, heavy: HeavyFiles): Promise<GitOutput> {
  const named = heavy.allUntracked ? heavy.files.filter(({ isTracked }) => isTracked) : heavy.files;
  const names = [...excludedInside(place), ...named.map(({ path }) => path)];
  const which = heavy.allUntracked ? "--update" : "--all";
  const flags = ["--verbose", "--ignore-errors", "--pathspec-from-file=-", "--pathspec-file-nul"];
  const output = await runGit({
    ...inScratch(place, [...quickStore, "add", which, ...flags]),
    stdin: [":/", ...leaveOut(names)].map((path) => `${path}\0`).join(""),
  });
  assertExit(output, [0, 1]);
  return output;
}

/** Relative to the root. */
function excludedInside({ repository, excluded }: Place): readonly string[] {
  return excluded.map((path) => relative(repository.root, path)).filter((path) => !/^(\.\.(\/|$)|$)/.test(path));
}

function leaveOut(names: readonly string[]): readonly string[] {
  return names.map((name) => `:(top,exclude,literal)${name}`);
}
