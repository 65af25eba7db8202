/** Removes private homes that nobody will use: those of runs whose host died, and those of old sessions. */
import { existsSync, statSync } from "node:fs";
import { lstat, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { isLocked } from "./lock.ts";
import { endHome, pointerEnding, readPointer, ticketEnding, touchHome, usedEnding } from "./private-homes.ts";
import { isRunId } from "./process/index.ts";
import { namesIn, type PruneLimits } from "./prune.ts";
import { removeTree } from "./remove-tree.ts";
import type { State } from "./state.ts";
import { sizeOfTree } from "./tree-size.ts";

/** 14 days and 1 GB, as journals. */
const defaultLimits: PruneLimits = { maxAgeMs: 14 * 24 * 60 * 60 * 1000, maxBytes: 1_000_000_000 };

/** One that was used in the last day may be in use: it stays, whatever its size, and counts for no other one. */
const youngMs = 24 * 60 * 60 * 1000;

/** A home that was to be removed. */
export interface SweptHome {
  readonly path: string;
  /** Why it could not be removed. Absent: it was. */
  readonly problem?: string;
}

/** Removes homes without a session whose runs are not alive. `activeDirectory`: where live runs have their folders. */
export async function sweepHomes(directory: string, activeDirectory: string): Promise<readonly SweptHome[]> {
  const tickets = (await namesIn(directory)).filter((name) => name.endsWith(ticketEnding));
  const swept: SweptHome[] = [];
  for (const name of tickets.map((ticket) => basename(ticket, ticketEnding))) {
    if (!isRunId(runIdOf(name)) || existsSync(join(activeDirectory, runIdOf(name)))) continue;
    const path = join(directory, name);
    swept.push(await removeOne(path, () => endHome(path)));
  }
  return swept;
}

/**
 * Removes homes that nobody has used for too long; of the others that nobody has used for a day the largest until the rest fits,
 * so that no agent can drive out the homes of others; and what led to them.
 */
export async function pruneHomes(
  state: Pick<State, "homes" | "active" | "sessions">,
  nowMs: number,
  limits: PruneLimits = defaultLimits,
): Promise<readonly SweptHome[]> {
  const keys = await readKeys(state.homes);
  const pruned: SweptHome[] = [];
  for (const { path, usedMs } of await choose(await listHomes(state.homes), nowMs, limits)) {
    const own = keys.get(basename(path)) ?? [];
    const isInUse =
      existsSync(join(state.active, runIdOf(basename(path)))) ||
      own.some((key) => isLocked(join(state.sessions, `${key}.lock`)));
    if (isInUse || usedMsOf(path) !== usedMs) continue;
    const removal = async (): Promise<void> => {
      // First what leads there: nobody shall find half a home.
      for (const key of own) await rm(join(state.homes, `${key}${pointerEnding}`), { force: true });
      await removeTree(path);
      await rm(`${path}${usedEnding}`, { force: true });
    };
    pruned.push(await removeOne(path, removal));
  }
  await removeLost(state.homes, nowMs);
  return pruned;
}

interface Home {
  readonly path: string;
  readonly usedMs: number;
}

function runIdOf(name: string): string {
  return name.split("-")[0] ?? "";
}

/** One that cannot be removed stops nothing. */
async function removeOne(path: string, remove: () => Promise<void>): Promise<SweptHome> {
  try {
    await remove();
    return { path };
  } catch (error) {
    return { path, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** The keys of the sessions in each home, by its name. */
async function readKeys(directory: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const keys = new Map<string, string[]>();
  for (const pointer of (await namesIn(directory)).filter((name) => name.endsWith(pointerEnding))) {
    const home = readPointer(join(directory, pointer)) ?? "";
    keys.set(home, [...(keys.get(home) ?? []), basename(pointer, pointerEnding)]);
  }
  return keys;
}

/** Those without a ticket: the others are none of ours. */
async function listHomes(directory: string): Promise<Home[]> {
  const homes = (await namesIn(directory)).map(async (name) => {
    const path = join(directory, name);
    const found = await lstat(path).catch(() => undefined);
    if (found?.isDirectory() !== true || existsSync(`${path}${ticketEnding}`)) return [];
    // One that has no time counts from now.
    if (usedMsOf(path) === undefined) touchHome(path);
    return [{ path, usedMs: usedMsOf(path) ?? Infinity }];
  });
  return (await Promise.all(homes)).flat();
}

function usedMsOf(path: string): number | undefined {
  return statSync(`${path}${usedEnding}`, { throwIfNoEntry: false })?.mtimeMs;
}

async function choose(homes: readonly Home[], nowMs: number, { maxAgeMs, maxBytes }: PruneLimits): Promise<Home[]> {
  const isOld = ({ usedMs }: Home): boolean => nowMs - usedMs > maxAgeMs;
  const resting = homes.filter((home) => !isOld(home) && nowMs - home.usedMs > youngMs);
  const sized: { readonly home: Home; readonly bytes: number }[] = [];
  for (const home of resting) sized.push({ home, bytes: (await sizeOfTree(home.path)).onDisk });
  sized.sort((left, right) => left.bytes - right.bytes);
  let keptBytes = 0;
  const large = sized.filter(({ bytes }) => (keptBytes += bytes) > maxBytes);
  return [...homes.filter(isOld), ...large.map(({ home }) => home)];
}

/** Pointers that lead nowhere, times of homes that are gone, and drafts of a host that died. */
async function removeLost(directory: string, nowMs: number): Promise<void> {
  for (const name of await namesIn(directory)) {
    const path = join(directory, name);
    const above = (ending: string): string => join(directory, basename(name, ending));
    if (name.endsWith(pointerEnding)) {
      const home = readPointer(path);
      if (home === undefined || !existsSync(join(directory, home))) await rm(path, { force: true });
    } else if (name.endsWith(usedEnding)) {
      const isLost = !existsSync(above(usedEnding)) && !existsSync(`${above(usedEnding)}${ticketEnding}`);
      if (isLost) await rm(path, { force: true });
    } else if (name.includes(`${pointerEnding}.`)) {
      const draft = await lstat(path).catch(() => undefined);
      if (draft && nowMs - draft.mtimeMs > youngMs) await rm(path, { force: true });
    }
  }
}
