/** Puts a patch into a working tree: all or nothing, merged with what is there; index and stash are not touched. */
import { ConflictError, HalfAppliedError } from "./apply-errors.ts";
import { findInTheWay, listSteps, nameOf, type Step } from "./apply-steps.ts";
import { assertExit, explainFailure, GitError, type GitOutput, type RunGit } from "./command.ts";
import { mergePatch } from "./merge-patch.ts";
import { findRepository } from "./repository.ts";
import { inScratch, takeSnapshot, writeTree, type SnapshotRequest } from "./snapshot.ts";
import { noteBefore, takeBack } from "./take-back.ts";

export interface ApplyPatchRequest extends Pick<SnapshotRequest, "scratch" | "excluded"> {
  readonly patch: string;
  /** In the working tree that it is put into. */
  readonly cwd: string;
}

/**
 * Resolves with the files that it changed, as absolute paths: none if all of it was there already. A file that differs
 * from what the patch was made for is merged, where the repository has its content from then. What is done half-way is
 * taken back with `takeBackGit`, which must work when the time of `runGit` is up.
 *
 * @throws ConflictError, or GitError for all else that went wrong: the working tree is as it was, but for what somebody
 * else has written since. HalfAppliedError if it is not.
 */
export async function applyPatch(
  runGit: RunGit,
  takeBackGit: RunGit,
  { patch, cwd, ...place }: ApplyPatchRequest,
): Promise<readonly string[]> {
  const snapshot = await takeSnapshot(runGit, { repository: await findRepository(runGit, cwd), ...place });
  const before = await writeTree(runGit, snapshot);
  const merged = (await mergePatch(runGit, snapshot, patch)) ?? before;
  const steps = merged === before ? [] : await listSteps(runGit, snapshot, before, merged);
  if (steps.length === 0) return [];
  const { root } = snapshot.repository;
  const namesOf = (some: readonly Step[]): readonly string[] => some.map((step) => nameOf(step, root));
  const inTheWay = await findInTheWay(runGit, snapshot, steps);
  if (inTheWay.length > 0) throw new ConflictError(namesOf(inTheWay));
  const noted = noteBefore(steps, root);
  // A sparse checkout leaves out files that a change is for all the same.
  const readTree = (...flags: string[]): Promise<GitOutput> =>
    runGit(inScratch(snapshot, ["read-tree", "-m", "-u", "--no-sparse-checkout", ...flags, before, merged]));
  const assertAccepted = (output: GitOutput): void => {
    const refused = findRefused(output, steps);
    if (refused.length > 0) throw new ConflictError(namesOf(refused));
  };
  // What git sees better, as a file that the user has told it to take for unchanged.
  const tried = await readTree("--dry-run");
  assertAccepted(tried);
  assertExit(tried);
  const output = await readTree();
  if (output.ended === undefined && output.exitCode === 0) return namesOf(steps);
  // Somebody was faster; git looks at all files before it writes one.
  assertAccepted(output);
  const why = output.ended ?? explainFailure(output);
  const others = await takeBack(takeBackGit, snapshot, steps, noted).catch((error: unknown) => {
    throw new HalfAppliedError(namesOf(steps), why, error instanceof Error ? error.message : String(error));
  });
  if (others.length > 0) throw new HalfAppliedError(namesOf(others), why, "somebody else has written there meanwhile");
  throw new GitError(output.ended ?? `git: ${why}`);
}

/** Those that git will not write over, which it names one at a time; all of them if it names none of these. */
function findRefused({ ended, exitCode, stderr }: GitOutput, steps: readonly Step[]): readonly Step[] {
  const refusal = /^error: (?:Entry|Updating|Untracked working tree file) '(.+)' (?:not uptodate|would )/s;
  const name = refusal.exec(stderr)?.[1];
  if (ended !== undefined || exitCode === 0 || name === undefined) return [];
  const named = steps.filter((step) => `${step.name.toString()}/`.startsWith(`${name}/`));
  return named.length > 0 ? named : steps;
}
