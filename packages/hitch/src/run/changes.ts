/** What the run changed on disk: the working tree is taken down before its first attempt and compared after its last. */
import { join, resolve } from "node:path";
import type { RunGit } from "../effects/git/command.ts";
import { compareToSnapshot, takeSnapshot, type Snapshot } from "../effects/git/snapshot.ts";
import { findUnseen } from "../effects/git/unseen.ts";
import type { RunProcesses } from "../effects/process/index.ts";
import type { FileChange } from "../vocabulary/result.ts";
import type { RunContext } from "./execute.ts";
import { mergeChange } from "./fold.ts";
import { createGitRunner } from "./git-runner.ts";
import { readComparison, type Found } from "./read-comparison.ts";

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
  const { resolved, state, redact } = context;
  const { cwd, journal, timeouts } = resolved;
  const withGit = createGitRunner(context, env, processes);
  const leftMs = (): number => Math.max(0, (timeouts.totalMs ?? Infinity) - (performance.now() - runStartedAtMs));
  const unknown = (error: unknown, reported: readonly FileChange[]): Found => {
    const reason = redact(error instanceof Error ? error.message : String(error));
    return { changes: { source: "unknown", reason, files: mergeChanges(reported) }, warnings: [] };
  };

  const excluded = [state.directory, ...(typeof journal === "string" ? [journal] : [])];
  const request = { cwd, scratch: join(processes.scratchDirectory, "git"), excluded };
  const time = { limitMs: Math.min(snapshotLimitMs, leftMs()), afterCancelMs: 0 };
  try {
    const snapshot = await withGit(time, (runGit) => takeSnapshot(runGit, request));
    return async (reported) => {
      const limitMs = Math.min(comparisonLimitMs, Math.max(hurriedLimitMs, leftMs()));
      try {
        return await withGit({ limitMs, afterCancelMs: hurriedLimitMs }, async (runGit) => {
          const found = await readComparison(await compareToSnapshot(runGit, snapshot), snapshot.repository.root);
          const whole = await addUnseen(found, runGit, snapshot, toAbsolute(cwd, reported));
          return { ...whole, warnings: [...snapshot.warnings, ...whole.warnings] };
        });
      } catch (error) {
        return unknown(error, reported);
      }
    };
  } catch (error) {
    return (reported) => Promise.resolve(unknown(error, reported));
  }
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
    return { changes: { ...changes, files }, warnings };
  } catch (error) {
    const problem = `changes of ignored files are not known: ${error instanceof Error ? error.message : String(error)}`;
    return { changes, warnings: [...warnings, problem] };
  }
}
