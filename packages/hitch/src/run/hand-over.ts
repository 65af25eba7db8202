/** What an agent is told that takes over from another one, which had already worked in the same directory. */
import { relative, resolve } from "node:path";
import type { AttemptOutcome } from "./attempt.ts";

/** Longer lists help nobody: the rest is there to be seen. */
const mostFiles = 100;

/** The prompt, with what the attempts before have done. */
export function describeHandOver(prompt: string, cwd: string, outcomes: readonly AttemptOutcome[]): string {
  const changed = new Map(outcomes.flatMap(({ folded }) => folded.changes).map(({ path, change }) => [path, change]));
  const files = [...changed].map(([path, change]) => `- ${relative(cwd, resolve(cwd, path))} (${change})`);
  const more = files.length > mostFiles ? [`- and ${files.length - mostFiles} more`] : [];
  return [
    prompt,
    "",
    "---",
    "You take this task over from another agent, which failed for reasons of its own before it was done. It has worked in this directory already.",
    files.length > 0 ? "Files that its tools changed:" : "Its tools named no file that they changed.",
    ...files.slice(0, mostFiles),
    ...more,
    "It may have run commands too. Look at what is there (for instance with `git status` and `git diff`) before you change anything, keep what is right, and finish the task.",
  ].join("\n");
}
