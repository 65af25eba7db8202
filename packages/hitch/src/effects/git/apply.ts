/** Puts a patch into a working tree: all of it or nothing, merged with what is there; index and stash are not touched. */
import { lstatSync, rmdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { assertExit, explainFailure, GitError, type GitOutput, type RunGit } from "./command.ts";
import { copyPlainFile } from "./copy-plain-file.ts";
import { findRepository } from "./repository.ts";
import { indexNow, inScratch, takeSnapshot, writeTree, type Snapshot, type SnapshotRequest } from "./snapshot.ts";

/** The patch does not fit what is there. Nothing was changed. */
export class ConflictError extends GitError {
  /** Absolute paths. */
  readonly files: readonly string[];

  constructor(files: readonly string[]) {
    super(`${files.length === 1 ? "one file does" : `${files.length} files do`} not fit: ${files.join(", ")}`);
    this.files = files;
  }
}

/** It failed half-way, and what it had done could not be taken back. */
export class HalfAppliedError extends GitError {
  /** Absolute paths: each may be as before, as in the patch, or gone. */
  readonly files: readonly string[];

  constructor(files: readonly string[], why: string, problem: string) {
    super(`${why}; what was done until then could not be taken back: ${problem}`);
    this.files = files;
  }
}

export interface ApplyPatchRequest extends Pick<SnapshotRequest, "scratch" | "excluded"> {
  readonly patch: string;
  /** In the working tree that it is put into. */
  readonly cwd: string;
}

/**
 * Resolves with the files that it changed, as absolute paths: none if all of it was there already. A file that differs from
 * what the patch was made for is merged, where the repository has its content from then. What is done half-way is taken back
 * with `takeBackGit`, which must work when the time of `runGit` is up.
 *
 * @throws ConflictError, or GitError for all else that went wrong: the working tree is as it was. HalfAppliedError if it is not.
 */
export async function applyPatch(
  runGit: RunGit,
  takeBackGit: RunGit,
  { patch, cwd, ...place }: ApplyPatchRequest,
): Promise<readonly string[]> {
  const snapshot = await takeSnapshot(runGit, { repository: await findRepository(runGit, cwd), ...place });
  const before = await writeTree(runGit, snapshot);
  const merged = (await merge(runGit, snapshot, patch)) ?? before;
  const steps = merged === before ? [] : await listSteps(runGit, snapshot, before, merged);
  if (steps.length === 0) return [];
  const { root } = snapshot.repository;
  const inTheWay = await findInTheWay(runGit, snapshot, steps);
  if (inTheWay.length > 0) throw new ConflictError(inTheWay.map((step) => nameOf(step, root)));
  const missing = findMissingDirectories(steps, root);
  const names = steps.map((step) => nameOf(step, root));
  const output = await runGit(inScratch(snapshot, ["read-tree", "-m", "-u", before, merged]));
  if (output.ended !== undefined || output.exitCode !== 0) {
    await takeBack(takeBackGit, snapshot, steps, missing).catch((error: unknown) => {
      const problem = error instanceof Error ? error.message : String(error);
      throw new HalfAppliedError(names, output.ended ?? explainFailure(output), problem);
    });
    assertExit(output);
  }
  return names;
}

const indexMerged = "index-merged";

/** The tree with the patch in it; `undefined` if it was there already. Only objects are written. */
async function merge(runGit: RunGit, snapshot: Snapshot, patch: string): Promise<string | undefined> {
  const { scratch, repository } = snapshot;
  copyPlainFile(join(scratch, indexNow), join(scratch, indexMerged));
  const settings = ["-c", "apply.ignoreWhitespace=no", "-c", "rerere.enabled=false"];
  const apply = [...settings, "apply", "--cached", "--whitespace=nowarn"];
  const forward = await runGit({ ...inScratch(snapshot, [...apply, "--3way"], indexMerged), stdin: patch });
  assertExit(forward, [0, 1]);
  if (forward.exitCode === 0) return await writeTree(runGit, snapshot, indexMerged);
  const back = await runGit({ ...inScratch(snapshot, [...apply, "--check", "--reverse"]), stdin: patch });
  assertExit(back, [0, 1]);
  if (back.exitCode === 0) return undefined;
  const names = readConflicts(forward);
  if (names.length === 0) throw new GitError(`git: ${explainFailure(forward)}`);
  throw new ConflictError(names.map((name) => resolve(repository.root, name)));
}

/** `Applied patch to 'a.txt' with conflicts.`, `error: a.txt: does not exist in index`. */
function readConflicts({ stderr }: GitOutput): readonly string[] {
  const merged = [...stderr.matchAll(/^Applied patch to '(.+)' with conflicts\.$/gm)];
  const refused = [...stderr.matchAll(/^error: (?!patch failed: |cannot read )(.+): [^:]+$/gm)];
  return [...new Set([...merged, ...refused].map(([, name = ""]) => name))];
}

/** What becomes of one file. Its name is bytes below the root. */
interface Step {
  readonly type: "create" | "change" | "delete";
  readonly name: Buffer;
}

async function listSteps(runGit: RunGit, snapshot: Snapshot, before: string, merged: string): Promise<readonly Step[]> {
  const compare = ["diff-tree", "-r", "-z", "--no-renames", "--name-status", before, merged];
  const output = await runGit(inScratch(snapshot, compare));
  assertExit(output);
  const records = readRecords(output.stdout);
  return records.flatMap((name, index): Step[] => {
    const status = index % 2 === 1 && records[index - 1]?.toString();
    if (status === false) return [];
    return [{ type: status === "A" ? "create" : status === "D" ? "delete" : "change", name }];
  });
}

/** Those that git would write over, though nobody has a copy: changed since the snapshot, ignored, or too heavy for it. */
async function findInTheWay(runGit: RunGit, snapshot: Snapshot, steps: readonly Step[]): Promise<readonly Step[]> {
  const output = await runGit(inScratch(snapshot, ["diff-files", "-z", "--name-only"]));
  assertExit(output);
  const keyOf = (name: Buffer): string => name.toString("latin1");
  const { root } = snapshot.repository;
  const differing = new Set(readRecords(output.stdout).map(keyOf));
  const going = new Set(steps.filter(({ type }) => type === "delete").map(({ name }) => keyOf(name)));
  return steps.filter(({ type, name }) => {
    if (type !== "create") return differing.has(keyOf(name));
    const isBlocked = foldersAbove(name).some((folder) => isThere(folder, root, "file") && !going.has(keyOf(folder)));
    return isBlocked || isThere(name, root, "anything");
  });
}

/** From the root downwards. */
function foldersAbove(name: Buffer): readonly Buffer[] {
  return [...name.entries()].filter(([, byte]) => byte === slash).map(([index]) => name.subarray(0, index));
}

const slash = "/".charCodeAt(0);

function isThere(name: Buffer, root: string, what: "file" | "anything"): boolean {
  try {
    const found = lstatSync(bytesOf(name, root), { throwIfNoEntry: false });
    return found !== undefined && (what === "anything" || !found.isDirectory());
  } catch (error) {
    // Something above it is no directory; that is looked at by itself.
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return false;
    throw error;
  }
}

function findMissingDirectories(steps: readonly Step[], root: string): readonly Buffer[] {
  const folders = steps.filter(({ type }) => type === "create").flatMap(({ name }) => foldersAbove(name));
  return folders.filter((folder) => !isThere(folder, root, "anything"));
}

/** As it was before git failed half-way. */
async function takeBack(
  runGit: RunGit,
  snapshot: Snapshot,
  steps: readonly Step[],
  missing: readonly Buffer[],
): Promise<void> {
  const { root } = snapshot.repository;
  const made = steps.filter(({ type }) => type === "create");
  for (const { name } of made) rmSync(bytesOf(name, root), { force: true });
  // The deepest first.
  for (const folder of missing.toReversed()) removeIfEmpty(bytesOf(folder, root));
  const stdin = steps
    .filter(({ type }) => type !== "create")
    .map(({ name }) => `${name.toString()}\0`)
    .join("");
  assertExit(await runGit({ ...inScratch(snapshot, ["checkout-index", "--force", "-z", "--stdin"]), stdin }));
}

function removeIfEmpty(folder: Buffer): void {
  try {
    rmdirSync(folder);
  } catch {
    // It was never made, or somebody else has put something into it since.
  }
}

function readRecords(output: Buffer): readonly Buffer[] {
  const records: Buffer[] = [];
  for (let start = 0; start < output.length;) {
    const found = output.indexOf(0, start);
    const end = found < 0 ? output.length : found;
    records.push(output.subarray(start, end));
    start = end + 1;
  }
  return records;
}

function bytesOf(name: Buffer, root: string): Buffer {
  return Buffer.concat([Buffer.from(`${root}/`), name]);
}

function nameOf({ name }: Step, root: string): string {
  return join(root, name.toString());
}
