/** What the run changed on disk: the working tree is taken down before its first attempt and compared after its last. */
import { join, resolve } from "node:path";
import type { RunGit } from "../effects/git/command.ts";
import { findRepository } from "../effects/git/repository.ts";
import { compareToSnapshot, takeSnapshot, type Snapshot } from "../effects/git/snapshot.ts";
import { findUnseen } from "../effects/git/unseen.ts";
import { makeDirectory } from "../effects/paths.ts";
import type { RunProcesses } from "../effects/process/index.ts";
import { watchPlanted } from "../effects/sandbox/planted.ts";
import type { FileChange } from "../vocabulary/result.ts";
import type { RunContext } from "./execute.ts";
import { mergeChange } from "./fold.ts";
import { createGitRunner, type WithGit } from "./git-runner.ts";
import { readComparison, type Found } from "./read-comparison.ts";
import type { ResolvedOptions } from "./resolve.ts";
import { gitSandbox } from "./sandbox.ts";
import { timeLeftMs } from "./time-left.ts";

/** Compares, once. Never rejects; `reported` is what the agent's tools said, for where Git sees nothing. */
export type ReadChanges = (reported: readonly FileChange[]) => Promise<Found>;

/** Longest time that Git may take before the run's first attempt, in milliseconds: the agent waits for it. */
const snapshotLimitMs = 3_000;

/** Longest time that it may take after the last one. */
const comparisonLimitMs = 20_000;

/** What is left for the comparison when the run's time is up, or when it is cancelled. */
const hurriedLimitMs = 1_500;

/**
 * Takes down how the working tree is now. Never rejects: what goes wrong is the reason why changes are unknown.
 * `runStartedAtMs` is of the clock `performance.now`.
 */
export async function watchChanges(
  context: RunContext,
  env: Readonly<Record<string, string>>,
  processes: RunProcesses,
  runStartedAtMs: number,
): Promise<ReadChanges> {
  const { cwd, leftovers, timeouts } = context.resolved;
  const scratch = gitScratch(processes);
  const sandbox = gitSandbox(context.resolved, env, scratch, context.state.directory);
  const withGit = createGitRunner({ ...context, agentEnv: env, processes, leftovers, sandbox });
  const excluded = placesOfHitch(context);
  const take = async (runGit: RunGit): Promise<Snapshot> =>
    await takeSnapshot(runGit, { repository: await findRepository(runGit, cwd), scratch, excluded });
  const cleanUp = watchRepositories(context.resolved);
  const limitMs = Math.min(snapshotLimitMs, Math.max(0, timeLeftMs(timeouts, runStartedAtMs)));
  try {
    const snapshot = await withGit({ limitMs, afterCancelMs: 0 }, take);
    return cleanUp(compareLater(context, withGit, runStartedAtMs, () => snapshot));
  } catch (error) {
    return cleanUp((reported) => Promise.resolve(unknownChanges(context, error, reported)));
  }
}

/** Where the snapshots of a run are: beside its scratch directory, in which the agent writes. */
export function gitScratch({ directory }: RunProcesses): string {
  const path = join(directory, "git");
  makeDirectory(path);
  return path;
}

/** Notes how the repositories of a sandbox are; what the agent must not make in them is gone before Git looks there. */
export function watchRepositories({ sandbox, cwd, addDirs }: ResolvedOptions): (read: ReadChanges) => ReadChanges {
  if (sandbox === undefined) return (read) => read;
  const putRight = watchPlanted([cwd, ...addDirs, ...sandbox.writable]);
  return (read) => async (reported) => {
    const { removed, putBack, failed } = await putRight();
    const why = "since Git would do what the agent has written there";
    const warnings = [
      ...removed.map((path) => `removed, ${why}: ${path}`),
      ...putBack.map((path) => `put back, ${why}: ${path}`),
      ...failed.map((problem) => `could not be removed, look at it before you use Git there: ${problem}`),
    ];
    const found = await read(reported);
    return { ...found, warnings: [...warnings, ...found.warnings] };
  };
}

/** Compares with what `snapshot` gives then. */
export function compareLater(
  context: RunContext,
  withGit: WithGit,
  runStartedAtMs: number,
  snapshot: () => Snapshot,
): ReadChanges {
  const { cwd, timeouts } = context.resolved;
  return async (reported) => {
    const leftMs = timeLeftMs(timeouts, runStartedAtMs);
    const limitMs = Math.min(comparisonLimitMs, Math.max(hurriedLimitMs, leftMs));
    try {
      return await withGit({ limitMs, afterCancelMs: hurriedLimitMs }, async (runGit) => {
        const before = snapshot();
        const found = await readComparison(await compareToSnapshot(runGit, before), before.repository.root);
        const whole = await addUnseen(found, runGit, before, toAbsolute(cwd, reported));
        return { ...whole, warnings: [...new Set([...before.warnings, ...whole.warnings])] };
      });
    } catch (error) {
      return unknownChanges(context, error, reported);
    }
  };
}

/** What Hitch itself writes is no change of the run's. Absolute paths. */
export function placesOfHitch({ state, resolved: { journal } }: RunContext): readonly string[] {
  return [state.directory, ...(typeof journal === "string" ? [journal] : [])];
}

function unknownChanges({ redact }: RunContext, error: unknown, reported: readonly FileChange[]): Found {
  const reason = redact(error instanceof Error ? error.message : String(error));
  return { changes: { source: "unknown", reason, files: mergeChanges(reported) }, isWhole: false, warnings: [] };
}

function toAbsolute(cwd: string, reported: readonly FileChange[]): readonly FileChange[] {
  return mergeChanges(reported.map(({ path, change }) => ({ path: resolve(cwd, path), change })));
}

/** What several attempts reported, each file once. */
function mergeChanges(reported: readonly FileChange[]): readonly FileChange[] {
  const merged = new Map<string, FileChange>();
  for (const change of reported) merged.set(change.path, mergeChange(merged.get(change.path), change));
  return [...merged.values()];
}

/** Where Git does not look, the word of the tools counts. */
async function addUnseen(
  found: Found,
  runGit: RunGit,
  snapshot: Snapshot,
  reported: readonly FileChange[],
): Promise<Found> {
  const { changes, warnings } = found;
  const known = new Set(changes.files.flatMap(({ path, from = path }) => [path, from]));
  const others = reported.filter(({ path }) => !known.has(path));
  try {
    const unseen = await findUnseen(
      runGit,
      snapshot,
      others.map(({ path }) => path),
    );
    const files = [...changes.files, ...others.filter(({ path }) => unseen.has(path))];
    return { ...found, changes: { ...changes, files }, unseen: [...unseen] };
  } catch (error) {
    const problem = `changes of ignored files are not known: ${error instanceof Error ? error.message : String(error)}`;
    return { ...found, isWhole: false, warnings: [...warnings, problem] };
  }
}
