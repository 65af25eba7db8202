/** What git does not look at: ignored files, its own, and those of other places. */
import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { assertExit, type RunGit } from "./command.ts";
import { inScratch } from "./scratch.ts";
import type { Snapshot } from "./snapshot.ts";

/**
 * Which of these absolute paths, of files that may be gone, no comparison with the snapshot would tell of.
 *
 * @throws GitError
 */
export async function findUnseen(
  runGit: RunGit,
  snapshot: Snapshot,
  paths: readonly string[],
): Promise<ReadonlySet<string>> {
  const root = realpathSync(snapshot.repository.root);
  const unseen = new Set<string>();
  const inside = new Map<string, string>();
  for (const path of paths) {
    const directory = followLinks(dirname(path));
    const name = relative(root, join(directory, basename(path)));
    if (!belongsTo(root, directory) || name.split(sep).includes(".git")) unseen.add(path);
    else inside.set(`./${name}`, path);
  }
  if (inside.size === 0) return unseen;

  const stdin = [...inside.keys()].map((name) => `${name}\0`).join("");
  const output = await runGit({ ...inScratch(snapshot, ["check-ignore", "-z", "--stdin"]), stdin });
  const noneIsIgnored = 1;
  assertExit(output, [0, noneIsIgnored]);
  for (const name of output.stdout.toString().split("\0")) {
    const path = inside.get(name);
    if (path !== undefined) unseen.add(path);
  }
  return unseen;
}

/** Whether it is in the working tree and in none inside it. That of an agent that has removed `.git` still is one. */
function belongsTo(root: string, directory: string): boolean {
  if (directory === root) return true;
  const above = dirname(directory);
  return above !== directory && !existsSync(join(directory, ".git")) && belongsTo(root, above);
}

/** The physical directory, as far as it is still there. */
function followLinks(directory: string): string {
  try {
    return realpathSync(directory);
  } catch {
    const above = dirname(directory);
    return above === directory ? directory : join(followLinks(above), basename(directory));
  }
}
