/**
 * Private homes of agents lie beside each other in the state directory. A new one has a ticket: it goes with its run. When a
 * session begins in it, a pointer by the session's key leads to it and the ticket goes: it is kept for those who continue that.
 */
import { randomUUID } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { removeTree } from "./remove-tree.ts";

/** Ends the name of a file that says: the home of this name goes with its run. */
export const ticketEnding = ".ticket";

/** Ends the name of a file that has the name of the home in which a session is. */
export const pointerEnding = ".session";

/** Ends the name of a file whose time says when a home was used last. What is in the home is the agent's, its times too. */
export const usedEnding = ".used";

/** Makes an empty one for a run, with a ticket. Gives its path. */
export function makeHome(directory: string, runId: string): string {
  for (let number = 1; ; number++) {
    const path = join(directory, number === 1 ? runId : `${runId}-${number}`);
    if (existsSync(path)) continue;
    writeFileSync(`${path}${ticketEnding}`, "", { mode: 0o600 });
    touchHome(path);
    mkdirSync(path, { mode: 0o700 });
    return path;
  }
}

/** The home that a session is in; `undefined` if there is none. `key`: letters and digits. */
export function findHome(directory: string, key: string): string | undefined {
  const name = readPointer(join(directory, `${key}${pointerEnding}`));
  if (name === undefined) return undefined;
  const path = join(directory, name);
  return existsSync(path) ? path : undefined;
}

/** The name of the home that a pointer leads to. One that a loss of power has torn leads nowhere. */
export function readPointer(pointer: string): string | undefined {
  try {
    const name = readFileSync(pointer, "utf8");
    return /^[0-9a-f]{11}(-\d+)?$/.test(name) ? name : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * From now on the home is that of a session too. Gives whether that is new. Throws if the session is in another one: an agent
 * may tell the name of any.
 */
export function keepHome(path: string, key: string): boolean {
  const pointer = join(dirname(path), `${key}${pointerEnding}`);
  const draft = `${pointer}.${randomUUID()}`;
  writeFileSync(draft, basename(path), { mode: 0o600 });
  try {
    // Linking makes it appear whole, and only if there is none.
    linkSync(draft, pointer);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    if (readPointer(pointer) === basename(path)) return false;
    throw new Error("it began in another private home", { cause: error });
  } finally {
    rmSync(draft, { force: true });
  }
  rmSync(`${path}${ticketEnding}`, { force: true });
  return true;
}

/** The session is in no home any more. */
export function forgetSession(directory: string, key: string): void {
  rmSync(join(directory, `${key}${pointerEnding}`), { force: true });
}

/** Says that a home is being used: it is not the next to go. */
export function touchHome(path: string): void {
  const now = new Date();
  writeFileSync(`${path}${usedEnding}`, "", { mode: 0o600 });
  utimesSync(`${path}${usedEnding}`, now, now);
}

/** Removes a home in which no session has begun. Another one was used until now. */
export async function endHome(path: string): Promise<void> {
  if (!existsSync(`${path}${ticketEnding}`)) return touchHome(path);
  await removeTree(path);
  for (const ending of [usedEnding, ticketEnding]) rmSync(`${path}${ending}`, { force: true });
}
