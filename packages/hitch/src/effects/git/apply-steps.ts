/** What becomes of each file when a tree takes the place of another, and what is at these places. */
import { lstatSync, type BigIntStats } from "node:fs";
import { join } from "node:path";
import { assertExit, type RunGit } from "./command.ts";
import { inScratch, type Snapshot } from "./snapshot.ts";

/** What becomes of one file. Its name is bytes below the root. */
export interface Step {
  readonly type: "create" | "change" | "delete";
  readonly name: Buffer;
  /** Mode and object, as an index has them; zeros where there is none. */
  readonly before: string;
  readonly merged: string;
}

/** @throws GitError */
export async function listSteps(
  runGit: RunGit,
  snapshot: Snapshot,
  before: string,
  merged: string,
): Promise<readonly Step[]> {
  const output = await runGit(inScratch(snapshot, ["diff-tree", "-r", "-z", "--no-renames", "--raw", before, merged]));
  assertExit(output);
  const records = readRecords(output.stdout);
  return records.flatMap((name, index): Step[] => {
    if (index % 2 === 0) return [];
    // `:100644 100755 <object> <object> M`
    const [modeBefore, mode, objectBefore, object, status] = String(records[index - 1])
      .slice(1)
      .split(" ");
    const type = status === "A" ? "create" : status === "D" ? "delete" : "change";
    return [{ type, name, before: `${modeBefore} ${objectBefore}`, merged: `${mode} ${object}` }];
  });
}

/** Those that git would write over, though nobody has a copy: changed since the snapshot, ignored, or too heavy. */
export async function findInTheWay(
  runGit: RunGit,
  snapshot: Snapshot,
  steps: readonly Step[],
): Promise<readonly Step[]> {
  const output = await runGit(inScratch(snapshot, ["diff-files", "-z", "--name-only"]));
  assertExit(output);
  const { root } = snapshot.repository;
  const differing = new Set(readRecords(output.stdout).map(keyOf));
  const going = new Set(steps.filter(({ type }) => type === "delete").map(({ name }) => keyOf(name)));
  return steps.filter(({ type, name }) => {
    if (type !== "create") return differing.has(keyOf(name));
    const isBlocked = foldersAbove(name).some((folder) => isInTheWay(folder, root) && !going.has(keyOf(folder)));
    return isBlocked || look(name, root) !== undefined;
  });
}

/** From the root downwards. */
export function foldersAbove(name: Buffer): readonly Buffer[] {
  return [...name.entries()].filter(([, byte]) => byte === slash).map(([index]) => name.subarray(0, index));
}

const slash = "/".charCodeAt(0);

/** Something is there, and it is no directory. */
export function isInTheWay(folder: Buffer, root: string): boolean {
  return look(folder, root)?.isDirectory() === false;
}

/** What is at that place; no link at its end is followed. */
export function look(name: Buffer, root: string): BigIntStats | undefined {
  try {
    return lstatSync(bytesOf(name, root), { throwIfNoEntry: false, bigint: true });
  } catch (error) {
    // Something above it is no directory; that is looked at by itself.
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return undefined;
    throw error;
  }
}

/** What git prints with `-z`. */
export function readRecords(output: Buffer): readonly Buffer[] {
  const records: Buffer[] = [];
  for (let start = 0; start < output.length;) {
    const found = output.indexOf(0, start);
    const end = found < 0 ? output.length : found;
    records.push(output.subarray(start, end));
    start = end + 1;
  }
  return records;
}

/** Equal for the same bytes only. */
export function keyOf(name: Buffer): string {
  return name.toString("latin1");
}

export function bytesOf(name: Buffer, root: string): Buffer {
  return Buffer.concat([Buffer.from(`${root}/`), name]);
}

export function nameOf({ name }: Step, root: string): string {
  return join(root, name.toString());
}
