/** Keeps the journals of finished runs within bounds of age and size. */
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/** How much is kept. */
export interface PruneLimits {
  readonly maxAgeMs: number;
  readonly maxBytes: number;
}

/** 14 days and 1 GB. */
const defaultPruneLimits: PruneLimits = { maxAgeMs: 14 * 24 * 60 * 60 * 1000, maxBytes: 1_000_000_000 };

/** Removes journals that are too old, then the oldest until the rest fits. Runs in `live` stay. Gives what was removed. */
export async function pruneRuns(
  runsDirectory: string,
  live: ReadonlySet<string>,
  nowMs: number,
  limits: PruneLimits = defaultPruneLimits,
): Promise<string[]> {
  const runs = (await listRuns(runsDirectory)).filter((run) => !live.has(run.id));
  runs.sort((left, right) => right.changedMs - left.changedMs);
  const removed: string[] = [];
  let keptBytes = 0;
  for (const run of runs) {
    keptBytes += run.bytes;
    if (nowMs - run.changedMs <= limits.maxAgeMs && keptBytes <= limits.maxBytes) continue;
    await rm(join(runsDirectory, run.id), { recursive: true, force: true });
    removed.push(run.id);
  }
  return removed;
}

interface StoredRun {
  readonly id: string;
  readonly changedMs: number;
  readonly bytes: number;
}

async function listRuns(runsDirectory: string): Promise<StoredRun[]> {
  const found = await Promise.all(
    (await namesIn(runsDirectory)).map(async (id) => {
      try {
        const file = await stat(join(runsDirectory, id, "events.jsonl"));
        return { id, changedMs: file.mtimeMs, bytes: file.size };
      } catch {
        return undefined; // Not a run, or just being removed by another process.
      }
    }),
  );
  return found.filter((run) => run !== undefined);
}

/** Names in a directory; a missing directory has none. */
export async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
