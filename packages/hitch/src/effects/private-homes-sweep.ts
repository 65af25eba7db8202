/** Removes private homes that nobody will use: those of runs whose host died, and those of old sessions. */
import { existsSync } from "node:fs";
import { lstat, readdir, readFile, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { endHome, pointerEnding, ticketEnding } from "./private-homes.ts";
import { isRunId } from "./process/index.ts";
import { namesIn, type PruneLimits } from "./prune.ts";
import { removeTree } from "./remove-tree.ts";

/** 14 days and 1 GB, as journals. */
const defaultLimits: PruneLimits = { maxAgeMs: 14 * 24 * 60 * 60 * 1000, maxBytes: 1_000_000_000 };

/** One that was used in the last day may be in use: it stays, whatever its size. */
const youngMs = 24 * 60 * 60 * 1000;

/** Removes homes without a session whose runs are not alive. `activeDirectory`: where live runs have their folders. */
export async function sweepHomes(directory: string, activeDirectory: string): Promise<void> {
  const tickets = (await namesIn(directory)).filter((name) => name.endsWith(ticketEnding));
  for (const name of tickets.map((ticket) => basename(ticket, ticketEnding))) {
    const [runId = ""] = name.split("-");
    if (isRunId(runId) && !existsSync(join(activeDirectory, runId))) await endHome(join(directory, name));
  }
}

/** Removes homes that nobody has used for too long, then the oldest until the rest fits, and what led to them. */
export async function pruneHomes(directory: string, nowMs: number, limits: PruneLimits = defaultLimits): Promise<void> {
  const homes = await listHomes(directory);
  homes.sort((left, right) => right.usedMs - left.usedMs);
  let keptBytes = 0;
  for (const { path, usedMs } of homes) {
    const ageMs = nowMs - usedMs;
    const isOld = ageMs > limits.maxAgeMs;
    if (!isOld) keptBytes += await sizeOf(path);
    if (isOld || (keptBytes > limits.maxBytes && ageMs > youngMs)) await removeTree(path);
  }
  await removeLostPointers(directory);
}

interface Home {
  readonly path: string;
  readonly usedMs: number;
}

/** Those without a ticket: the others are none of ours. */
async function listHomes(directory: string): Promise<Home[]> {
  const homes = (await namesIn(directory)).map(async (name) => {
    const path = join(directory, name);
    const found = await lstat(path).catch(() => undefined);
    const isHome = found?.isDirectory() === true && !existsSync(`${path}${ticketEnding}`);
    return isHome ? [{ path, usedMs: found.mtimeMs }] : [];
  });
  return (await Promise.all(homes)).flat();
}

/** In bytes. What disappears meanwhile counts nothing. */
async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  let bytes = 0;
  for (const entry of entries) {
    const path = join(folder, entry.name);
    bytes += entry.isDirectory() ? await sizeOf(path) : ((await lstat(path).catch(() => undefined))?.size ?? 0);
  }
  return bytes;
}

async function removeLostPointers(directory: string): Promise<void> {
  for (const name of (await namesIn(directory)).filter((one) => one.endsWith(pointerEnding))) {
    const pointer = join(directory, name);
    const home = await readFile(pointer, "utf8").catch(() => undefined);
    if (home !== undefined && !existsSync(join(directory, basename(home)))) await rm(pointer, { force: true });
  }
}
