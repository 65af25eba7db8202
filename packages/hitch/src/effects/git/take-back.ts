/** Takes back what git did before it failed half-way, and nothing that anybody else did. */
import { rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { bytesOf, foldersAbove, isInTheWay, keyOf, look, readRecords, type Step } from "./apply-steps.ts";
import { assertExit, type RunGit } from "./command.ts";
import { inScratch, type Snapshot } from "./snapshot.ts";

/** How the places were that git is about to write to. */
export interface Before {
  /** `undefined`: nothing was there. */
  readonly marks: ReadonlyMap<Step, string | undefined>;
  /** Directories to be made; the outer ones first. */
  readonly folders: readonly Buffer[];
}

export function noteBefore(steps: readonly Step[], root: string): Before {
  const marks = new Map(steps.map((step) => [step, markOf(step, root)]));
  // In a sparse checkout also a file may be missing that is only changed.
  const made = steps.filter((step) => marks.get(step) === undefined).flatMap(({ name }) => foldersAbove(name));
  const folders = [...new Map(made.map((folder) => [keyOf(folder), folder])).values()];
  return { marks, folders: folders.filter((folder) => look(folder, root)?.isDirectory() !== true) };
}

/** Another one after each write, by whomever. */
function markOf({ name }: Step, root: string): string | undefined {
  const found = look(name, root);
  return found && [found.ino, found.mode, found.size, found.mtimeNs, found.ctimeNs].join(" ");
}

/**
 * Gives those that are not as before and not as git would leave them: somebody else has been at them, and they stay so.
 *
 * @throws GitError
 */
export async function takeBack(
  runGit: RunGit,
  snapshot: Snapshot,
  steps: readonly Step[],
  before: Before,
): Promise<readonly Step[]> {
  const { root } = snapshot.repository;
  const isAsBefore = (step: Step): boolean => markOf(step, root) === before.marks.get(step);
  const touched = steps.filter((step) => !isAsBefore(step));
  for (const step of await findWritten(runGit, snapshot, touched)) remove(step, root);
  // The deepest first.
  for (const folder of before.folders.toReversed()) removeIfEmpty(bytesOf(folder, root));
  const lost = touched.filter((step) => look(step.name, root) === undefined && before.marks.get(step) !== undefined);
  const restored = lost.filter(({ name }) => !foldersAbove(name).some((folder) => isInTheWay(folder, root)));
  const fine = new Set(restored);
  const others = touched.filter((step) => !fine.has(step) && !isAsBefore(step));
  if (restored.length > 0) {
    await fillIndex(runGit, snapshot, restored, "before");
    // Without `--force`: what somebody puts there in this moment stays too.
    assertExit(await runGit(inScratch(snapshot, ["checkout-index", "--all"], indexOfSteps)));
  }
  return others;
}

/** Those that hold what git was to write there, or nothing at all, which is all it writes on a full disk. */
async function findWritten(runGit: RunGit, snapshot: Snapshot, touched: readonly Step[]): Promise<readonly Step[]> {
  const { root } = snapshot.repository;
  const there = touched.filter(({ type, name }) => type !== "delete" && look(name, root) !== undefined);
  if (there.length === 0) return [];
  await fillIndex(runGit, snapshot, there, "merged");
  // Only then does git compare by content.
  const somethingDiffers = 1;
  const refresh = inScratch(snapshot, ["update-index", "-q", "--refresh"], indexOfSteps);
  assertExit(await runGit(refresh), [0, somethingDiffers]);
  const output = await runGit(inScratch(snapshot, ["diff-files", "-z", "--name-only"], indexOfSteps));
  assertExit(output);
  const differing = new Set(readRecords(output.stdout).map(keyOf));
  return there.filter(({ name }) => {
    const found = look(name, root);
    return !differing.has(keyOf(name)) || (found?.isFile() === true && found.size === 0n);
  });
}

/** An index of these files alone: none of the user's marks is on them, so that git looks at each. */
async function fillIndex(
  runGit: RunGit,
  snapshot: Snapshot,
  steps: readonly Step[],
  which: "before" | "merged",
): Promise<void> {
  rmSync(join(snapshot.scratch, indexOfSteps), { force: true });
  const stdin = steps.map((step) => `${step[which]}\t${quote(step.name)}\n`).join("");
  assertExit(await runGit({ ...inScratch(snapshot, ["update-index", "--index-info"], indexOfSteps), stdin }));
}

const indexOfSteps = "index-of-steps";

/** As git reads names: all bytes come through. */
function quote(name: Buffer): string {
  return `"${[...name].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("")}"`;
}

function remove({ name }: Step, root: string): void {
  const path = bytesOf(name, root);
  // That of a submodule.
  if (look(name, root)?.isDirectory() === true) removeIfEmpty(path);
  else rmSync(path, { force: true });
}

function removeIfEmpty(folder: Buffer): void {
  try {
    rmdirSync(folder);
  } catch {
    // It was never made, or somebody else has put something into it since.
  }
}
