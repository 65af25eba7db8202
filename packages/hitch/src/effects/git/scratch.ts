/** Where git keeps a snapshot: an index and a store of objects of its own, beside those of the repository. */
import { join, relative } from "node:path";
import { gitSettings, type GitCall } from "./command.ts";
import type { Repository } from "./repository.ts";

/** What is taken down, and where to. */
export interface Place {
  readonly repository: Repository;
  /** A private directory for the index and the objects. */
  readonly scratch: string;
  /** Absolute paths that do not count, wherever they are. */
  readonly excluded: readonly string[];
}

/** The name of the snapshot's index in its scratch directory. */
export const indexNow = "index";

/**
 * A call of git that sees the snapshot instead of the repository's own index. It is told where the repository is: what it would
 * find by itself from the root may be another one when the agent has removed `.git`, or put something else in its place.
 */
export function inScratch({ repository, scratch }: Place, args: readonly string[], index = indexNow): GitCall {
  const env = {
    GIT_DIR: repository.directory,
    GIT_WORK_TREE: repository.root,
    GIT_INDEX_FILE: join(scratch, index),
    GIT_OBJECT_DIRECTORY: join(scratch, "objects"),
    // Quoted, since a colon would divide it.
    GIT_ALTERNATE_OBJECT_DIRECTORIES: JSON.stringify(repository.objects),
  };
  return { args: [...gitSettings, ...args], cwd: repository.root, env };
}

/** One pack for all, neither compressed nor waited for: thousands of files with an object each would take many seconds. */
export const quickStore: readonly string[] = [
  ...["-c", "core.bigFileThreshold=1"],
  ...["-c", "core.compression=0"],
  ...["-c", "core.fsync=none"],
];

/** What does not count, relative to the root. */
export function excludedInside({ repository, excluded }: Place): readonly string[] {
  return excluded.map((path) => relative(repository.root, path)).filter((path) => !/^(\.\.(\/|$)|$)/.test(path));
}
