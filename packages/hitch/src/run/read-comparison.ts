/** From what git prints about two working trees to the changes in a result. */
import { isUtf8 } from "node:buffer";
import type { GitOutput } from "../effects/git/command.ts";
import { readDiffOutput, type DiffOutput } from "../effects/git/diff-output.ts";
import type { Comparison } from "../effects/git/snapshot.ts";
import type { Changes } from "../vocabulary/result.ts";
import { maxGitBytes } from "./git-runner.ts";

export interface Found {
  readonly changes: Changes;
  /** The patch has all of them. */
  readonly isWhole: boolean;
  /** Absolute paths of files that git does not look at: only the agent's tools told of them. */
  readonly unseen?: readonly string[];
  readonly warnings: readonly string[];
}

/** A longer patch is left out of the result. */
const maxPatchBytes = 10_000_000;

/** `root`: the top of the working tree. Rejects if git does not tell what was changed. */
export async function readComparison({ diff, unread, problems }: Comparison, root: string): Promise<Found> {
  const { files, patch, problem, repositories } = diff ? await readDiff(diff, root) : nothing;
  const sum = (count: "additions" | "deletions"): number =>
    files.reduce((total, file) => total + (file[count] ?? 0), 0);
  const all = [...files, ...unread];
  const counted = { source: "git", files: all, additions: sum("additions"), deletions: sum("deletions") } as const;
  const inside = nameFiles(repositories);
  const missing = nameFiles(unread.map(({ path }) => path));
  return {
    changes: { ...counted, ...(patch !== undefined && { patch }) },
    isWhole: patch !== undefined && unread.length === 0 && problems.length === 0 && repositories.length === 0,
    warnings: [
      ...problems,
      ...(problem === undefined ? [] : [`the patch is left out of the result: ${problem}`]),
      ...(missing === "" ? [] : [`changed, but too large or too many to be compared line by line: ${missing}`]),
      ...(inside === "" ? [] : [`the patch has nothing of what is in repositories inside this one: ${inside}`]),
    ],
  };
}

/** A patch, or why it is left out. */
interface Patch {
  readonly patch?: string;
  readonly problem?: string;
}

type ReadDiff = Patch & Pick<DiffOutput, "files" | "repositories">;

const nothing: ReadDiff = { files: [], patch: "", repositories: [] };

const shownFiles = 3;

export function nameFiles(paths: readonly string[]): string {
  const more = paths.length > shownFiles ? [`${paths.length - shownFiles} more`] : [];
  return [...paths.slice(0, shownFiles), ...more].join(", ");
}

async function readDiff(diff: NonNullable<Comparison["diff"]>, root: string): Promise<ReadDiff> {
  const output = await diff();
  if (output.exitCode === 0 && output.stdoutBytes === 0) return nothing;
  const read = readDiffOutput(output.stdout, root);
  if (read === undefined) throw new Error(whyIncomplete(output));
  return { ...read, ...(await readPatch(diff, output, read.patchStart, root)) };
}

function whyIncomplete({ ended, stdoutBytes, exitCode }: GitOutput): string {
  if (stdoutBytes > maxGitBytes) return "more files were changed than can be listed";
  return ended ?? `git ended with exit code ${exitCode} before it had told what was changed`;
}

/** A patch is text for its users. Where it is none in UTF-8, all files in it are told as binary ones are. */
async function readPatch(
  diff: NonNullable<Comparison["diff"]>,
  output: GitOutput,
  start: number,
  root: string,
): Promise<Patch> {
  const first = cutPatch(output, start);
  if (first !== notUtf8) return first;
  const again = await diff(["-c", "diff.default.binary=true"]);
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
