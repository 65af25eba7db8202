/**
 * A working tree before and after, compared by git in a copy of the index and a store of its own: neither the repository's
 * index nor its objects, refs or stash are written.
 */
import { copyFileSync, existsSync, mkdirSync, statSync, utimesSync } from "node:fs";
import { join, relative } from "node:path";
import { assertExit, explainFailure, gitSettings, type GitCall, type GitOutput, type RunGit } from "./command.ts";
import { findRepository, type Repository } from "./repository.ts";

export interface SnapshotRequest {
  readonly cwd: string;
  /** A private directory for the index and the objects. */
  readonly scratch: string;
  /** Absolute paths that do not count, wherever they are. */
  readonly excluded: readonly string[];
}

/** The working tree as it was. */
export interface Snapshot {
  readonly repository: Repository;
  readonly scratch: string;
  readonly excluded: readonly string[];
  /** What git could not take down. */
  readonly warnings: readonly string[];
}

/**
 * Takes down the whole working tree around `cwd`: tracked files and untracked ones, less what is ignored.
 *
 * @throws GitError
 */
export async function takeSnapshot(runGit: RunGit, { cwd, scratch, excluded }: SnapshotRequest): Promise<Snapshot> {
  const repository = await findRepository(runGit, cwd);
  mkdirSync(join(scratch, "objects"), { recursive: true, mode: 0o700 });
  copyIndex(repository.index, join(scratch, indexNow));
  const snapshot = { repository, scratch, excluded };
  const added = await addAll(runGit, snapshot);
  const problem = `changes in a part of the repository are not seen, which git cannot add: ${explainFailure(added)}`;
  const warnings = added.exitCode === 0 ? [] : [problem];
  return { ...snapshot, warnings };
}

/**
 * Compares the working tree with the snapshot, once. `undefined`: nothing is different.
 *
 * @throws GitError
 */
export async function compareToSnapshot(runGit: RunGit, snapshot: Snapshot): Promise<Comparison | undefined> {
  const { scratch } = snapshot;
  if (existsSync(join(scratch, indexNow))) copyFileSync(join(scratch, indexNow), join(scratch, indexBefore));
  const { stdoutBytes } = await addAll(runGit, snapshot);
  if (stdoutBytes === 0) return undefined;
  const written = await runGit(inScratch(snapshot, indexBefore, ["write-tree", "--missing-ok"]));
  assertExit(written);
  const tree = written.stdout.toString().trim();
  return {
    diff: (settings = []) => runGit(inScratch(snapshot, indexNow, [...settings, "diff-index", ...diffFlags, tree])),
  };
}

/** A working tree that is not as it was. */
export interface Comparison {
  /** Prints how, for `readDiffOutput`; `settings` are further words before git's command. */
  diff(settings?: readonly string[]): Promise<GitOutput>;
}

const indexNow = "index";
const indexBefore = "index-before";

/** What `git diff` does by itself, whatever the user's configuration says, and all bytes of binary files. */
const diffFlags: readonly string[] = [
  ...["--cached", "-z", "--raw", "--numstat", "--patch", "--binary", "--find-renames", "--indent-heuristic"],
  ...["--src-prefix=a/", "--dst-prefix=b/", "--no-color", "--no-ext-diff", "--no-textconv"],
];

/** Its times are what git trusts: a file as young as the index is read again. The copy is a bit older than the original. */
function copyIndex(from: string, to: string): void {
  if (!existsSync(from)) return; // Nothing was ever added here.
  copyFileSync(from, to);
  const seconds = (Math.floor(statSync(from).mtimeMs) - 1) / 1000;
  utimesSync(to, seconds, seconds);
}

/** Brings the index up to date. Prints a line for each path that was not; exits with 1 if some cannot be added. */
async function addAll(
  runGit: RunGit,
  snapshot: Pick<Snapshot, "repository" | "scratch" | "excluded">,
): Promise<GitOutput> {
  const { root } = snapshot.repository;
  const inside = snapshot.excluded.map((path) => relative(root, path)).filter((path) => !/^(\.\.(\/|$)|$)/.test(path));
  const paths = inside.length > 0 ? ["--", ":/", ...inside.map((path) => `:(top,exclude,literal)${path}`)] : [];
  const output = await runGit(
    inScratch(snapshot, indexNow, ["add", "--all", "--verbose", "--ignore-errors", ...paths]),
  );
  assertExit(output, [0, 1]);
  return output;
}

function inScratch(
  { repository, scratch }: Pick<Snapshot, "repository" | "scratch">,
  index: string,
  args: readonly string[],
): GitCall {
  const env = {
    GIT_INDEX_FILE: join(scratch, index),
    GIT_OBJECT_DIRECTORY: join(scratch, "objects"),
    // Quoted, since a colon would divide it.
    GIT_ALTERNATE_OBJECT_DIRECTORIES: JSON.stringify(repository.objects),
  };
  return { args: [...gitSettings, ...args], cwd: repository.root, env };
}
