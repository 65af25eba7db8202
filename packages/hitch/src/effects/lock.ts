/** A lock between processes that does not outlive its holder. */
import { randomUUID } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { isHostGone, thisHost, type Host } from "./process/index.ts";

export interface Lock {
  release(): void;
}

/** Takes the lock, or gives `undefined` while a living process holds it. A dead holder's lock is taken away. */
export function lockFile(path: string): Lock | undefined {
  const own = `${path}.${randomUUID()}`;
  // Linking a whole file makes the lock appear together with its holder's name.
  writeFileSync(own, JSON.stringify(thisHost()), { mode: 0o600 });
  try {
    linkSync(own, path);
    return { release: () => rmSync(path, { force: true }) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    removeIfAbandoned(path);
    return undefined;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Renaming takes whatever lock is there; if another process has just replaced the dead one's, it is put back. */
function removeIfAbandoned(path: string): void {
  if (!isAbandoned(path)) return;
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
    if (!isAbandoned(aside)) linkSync(aside, path);
  } catch (error) {
    if (!["ENOENT", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function isAbandoned(path: string): boolean {
  const holder = readHolder(path);
  return holder !== undefined && isHostGone(holder);
}

function readHolder(path: string): Host | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Host;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
