/**
 * Private homes of agents lie beside each other in the state directory. A new one has a ticket: it goes with its run. When a
 * session begins in it, a pointer by the session's key leads to it and the ticket goes: it is kept for those who continue that.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { cp, lstat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { removeTree } from "./remove-tree.ts";

/** Ends the name of a file that says: the home of this name goes with its run. */
export const ticketEnding = ".ticket";

/** Ends the name of a file that has the name of the home in which a session is. */
export const pointerEnding = ".session";

/** Makes an empty one for a run, with a ticket. Gives its path. */
export function makeHome(directory: string, runId: string): string {
  for (let number = 1; ; number++) {
    const path = join(directory, number === 1 ? runId : `${runId}-${number}`);
    if (existsSync(path)) continue;
    writeFileSync(`${path}${ticketEnding}`, "", { mode: 0o600 });
    mkdirSync(path, { mode: 0o700 });
    return path;
  }
}

/** The home that a session is in; `undefined` if there is none. `key`: letters and digits. */
export function findHome(directory: string, key: string): string | undefined {
  try {
    const path = join(directory, basename(readFileSync(join(directory, `${key}${pointerEnding}`), "utf8")));
    return existsSync(path) ? path : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** From now on the home is that of a session. Throws if that is in another one: an agent may tell the name of any session. */
export function keepHome(path: string, key: string): void {
  const former = findHome(dirname(path), key);
  if (former !== undefined && former !== path) throw new Error("it began in another private home");
  const pointer = join(dirname(path), `${key}${pointerEnding}`);
  writeFileSync(`${pointer}.draft`, basename(path), { mode: 0o600 });
  renameSync(`${pointer}.draft`, pointer);
  rmSync(`${path}${ticketEnding}`, { force: true });
}

/** Says that a home is being used: it is not the next to go. */
export function touchHome(path: string): void {
  const now = new Date();
  utimesSync(path, now, now);
}

/** Copies files, folders and links. What else an agent has left, as a socket, is of no use in another home. */
export async function copyHome(from: string, to: string): Promise<void> {
  const filter = async (path: string): Promise<boolean> => {
    const found = await lstat(path);
    return found.isFile() || found.isDirectory() || found.isSymbolicLink();
  };
  await cp(from, to, { recursive: true, verbatimSymlinks: true, filter });
}

/** Removes a home in which no session has begun. */
export async function endHome(path: string): Promise<void> {
  if (!existsSync(`${path}${ticketEnding}`)) return;
  await removeTree(path);
  rmSync(`${path}${ticketEnding}`, { force: true });
}
