/** What the run changed on disk: the working tree is taken down before its first attempt and compared after its last. */
import { isUtf8 } from "node:buffer";
import { join } from "node:path";
import { buildGitEnvironment, type GitOutput, type RunGit } from "../effects/git/command.ts";
import { readDiffOutput } from "../effects/git/diff-output.ts";
import { compareToSnapshot, takeSnapshot, type Comparison } from "../effects/git/snapshot.ts";
import type { RunProcesses } from "../effects/process/index.ts";
import type { Changes, FileChange } from "../vocabulary/result.ts";
import type { RunContext } from "./execute.ts";
import { runBeside } from "./side-command.ts";

/** Compares, once. Never rejects; `reported` is what the agent's tools said, for where Git knows nothing. */
export type ReadChanges = (reported: readonly FileChange[]) => Promise<Found>;

export interface Found {
  readonly changes: Changes;
  readonly warnings: readonly string[];
}

/** Longest time that Git may take on each side of the run, in milliseconds. */
const gitLimitMs = 20_000;

/** A longer patch is left out of the result. */
const maxPatchBytes = 10_000_000;

/** Room for the patch, and before it for the names of about 100,000 files. */
const maxStdoutBytes = 2 * maxPatchBytes;

/** Takes down how the working tree is now. Never rejects: what goes wrong is the reason why changes are unknown. */
export async function watchChanges(
  context: RunContext,
  env: Readonly<Record<string, string>>,
  processes: RunProcesses,
): Promise<ReadChanges> {
  const { resolved, state, redact, cancelled } = context;
  const { cwd, journal, timeouts } = resolved;
  const git = createGit(context, env, processes);
  const unknown = (error: unknown, reported: readonly FileChange[]): Found => {
    const reason = redact(error instanceof Error ? error.message : String(error));
    return { changes: { source: "unknown", reason, files: reported }, warnings: [] };
  };

  const excluded = [state.directory, ...(typeof journal === "string" ? [journal] : [])];
  const request = { cwd, scratch: join(processes.scratchDirectory, "git"), excluded };
  try {
    const snapshot = await takeSnapshot(git(Math.min(gitLimitMs, timeouts.totalMs ?? Infinity), cancelled), request);
    return async (reported) => {
      try {
        const comparison = await compareToSnapshot(git(gitLimitMs), snapshot);
        const { changes, warnings } = comparison ? await readComparison(comparison, snapshot.repository.root) : nothing;
        return { changes, warnings: [...snapshot.warnings, ...warnings] };
      } catch (error) {
        return unknown(error, reported);
      }
    };
  } catch (error) {
    return (reported) => Promise.resolve(unknown(error, reported));
  }
}

/** Git as a process of the run; all that one call of the result starts ends within its limit. */
function createGit(
  { resolved: { leftovers }, redact }: RunContext,
  agentEnv: Readonly<Record<string, string>>,
  processes: RunProcesses,
): (limitMs: number, cancelled?: AbortSignal) => RunGit {
  const gitEnv = buildGitEnvironment(agentEnv);
  return (limitMs, cancelled) => {
    const late = AbortSignal.timeout(limitMs);
    const stop = cancelled ? AbortSignal.any([late, cancelled]) : late;
    const why = (): string => (late.aborted ? `git took longer than ${limitMs / 1000} s` : "the run was cancelled");
    return async ({ args, cwd, env }) => {
      const launch = { file: "git", args, cwd, env: { ...gitEnv, ...env }, stdin: "" };
      const { exit, ...said } = await runBeside(launch, { processes, redact, stop, maxStdoutBytes, leftovers });
      return { ...said, exitCode: exit.code, ...(stop.aborted && exit.code !== 0 && { ended: why() }) };
    };
  };
}

const nothing: Found = {
  changes: { source: "git", files: [], additions: 0, deletions: 0, patch: "" },
  warnings: [],
};

async function readComparison(comparison: Comparison, root: string): Promise<Found> {
  const output = await comparison.diff();
  const read = readDiffOutput(output.stdout, root);
  if (read === undefined) throw new Error(whyIncomplete(output));
  const { files } = read;
  const sum = (count: "additions" | "deletions"): number =>
    files.reduce((total, file) => total + (file[count] ?? 0), 0);
  const counted = { source: "git", files, additions: sum("additions"), deletions: sum("deletions") } as const;
  const { patch, problem } = await readPatch(comparison, output, read.patchStart, root);
  if (patch !== undefined) return { changes: { ...counted, patch }, warnings: [] };
  return { changes: counted, warnings: [`the patch is left out of the result: ${problem}`] };
}

function whyIncomplete({ ended, stdoutBytes, exitCode }: GitOutput): string {
  if (stdoutBytes > maxStdoutBytes) return "more files were changed than can be listed";
  return ended ?? `git ended with exit code ${exitCode} before it had told what was changed`;
}

/** A patch, or why it is left out. */
interface Patch {
  readonly patch?: string;
  readonly problem?: string;
}

/** A patch is text for its users. Where it is none in UTF-8, all files in it are told as binary ones are. */
async function readPatch(comparison: Comparison, output: GitOutput, start: number, root: string): Promise<Patch> {
  const first = cutPatch(output, start);
  if (first !== notUtf8) return first;
  const again = await comparison.diff(["-c", "diff.default.binary=true"]);
  return cutPatch(again, readDiffOutput(again.stdout, root)?.patchStart ?? 0);
}

const notUtf8: Patch = { problem: "it holds text that is not UTF-8" };

function cutPatch({ stdout, stdoutBytes, exitCode, ended }: GitOutput, start: number): Patch {
  if (exitCode !== 0) return { problem: ended ?? `git ended with exit code ${exitCode}` };
  const size = stdoutBytes - start;
  if (size > maxPatchBytes) {
    return { problem: `it has ${(size / 1e6).toFixed(1)} MB, more than ${maxPatchBytes / 1e6} MB` };
  }
  const bytes = stdout.subarray(start);
  return isUtf8(bytes) ? { patch: bytes.toString() } : notUtf8;
}
