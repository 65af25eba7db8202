/**
 * Worktrees of runs lie beside each other in the state directory, each with a ticket: it goes with the run. Whoever comes after
 * a crash removes what has a ticket and no live run. A worktree that is kept has none.
 */
import { existsSync, readFileSync, renameSync, rmdirSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { parseObject, stringAt } from "../../vocabulary/json.ts";
import { isRunId } from "../process/index.ts";
import { namesIn } from "../prune.ts";
import { removeTree } from "../remove-tree.ts";

/** A worktree whose run's host had died. */
export interface SweptWorktree {
  readonly runId: string;
  readonly path: string;
  /** Why it could not be removed. Absent: it was. */
  readonly problem?: string;
}

/** Where a run's worktree is. */
export function worktreePath(directory: string, runId: string): string {
  return join(directory, runId);
}

/** To be called before the worktree is made. `administration`: the folder in the repository that belongs to it. */
export function writeTicket(directory: string, runId: string, administration: string): void {
  const path = ticketPath(directory, runId);
  writeFileSync(`${path}.draft`, JSON.stringify({ version: 1, administration }), { mode: 0o600 });
  renameSync(`${path}.draft`, path);
}

/** Removes the ticket alone: the worktree stays. */
export async function keepWorktree(directory: string, runId: string): Promise<void> {
  await rm(ticketPath(directory, runId), { force: true });
}

/** Removes the worktree and what the repository knows of it, without git and whatever has become of it; the ticket stays. */
export async function removeWorktree(directory: string, runId: string): Promise<void> {
  const administration = readTicket(directory, runId);
  await removeTree(worktreePath(directory, runId));
  if (administration === undefined || basename(administration) !== runId) return;
  await rm(administration, { recursive: true, force: true, maxRetries: 3 });
  removeIfEmpty(dirname(administration));
}

/** Removes the worktree with its ticket. */
export async function endWorktree(directory: string, runId: string): Promise<void> {
  await removeWorktree(directory, runId);
  await keepWorktree(directory, runId);
}

/** Removes the worktrees of runs that are not alive any more; one that cannot be removed stops nothing. `activeDirectory`: where live runs have their folders. */
export async function sweepWorktrees(directory: string, activeDirectory: string): Promise<readonly SweptWorktree[]> {
  const ids = (await namesIn(directory))
    .filter((name) => name.endsWith(ticketEnding))
    .map((name) => basename(name, ticketEnding));
  const swept: SweptWorktree[] = [];
  for (const runId of ids.filter(isRunId)) {
    // In this order: a run that ends takes its ticket away first, if its worktree is to be kept.
    if (existsSync(join(activeDirectory, runId)) || !existsSync(ticketPath(directory, runId))) continue;
    const path = worktreePath(directory, runId);
    try {
      await endWorktree(directory, runId);
      swept.push({ runId, path });
    } catch (error) {
      swept.push({ runId, path, problem: error instanceof Error ? error.message : String(error) });
    }
  }
  return swept;
}

const ticketEnding = ".json";

function ticketPath(directory: string, runId: string): string {
  return join(directory, `${runId}${ticketEnding}`);
}

/** The folder in the repository; `undefined` if there is no ticket. */
function readTicket(directory: string, runId: string): string | undefined {
  try {
    return stringAt(parseObject(readFileSync(ticketPath(directory, runId), "utf8")), "administration");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** As git does after the last one. */
function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // There are others, or the repository is gone too.
  }
}
