/** A run's private files. */
import { rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

/**
 * Writes files into a run's directory, for this user alone. A name is a name: no path leads out of it, nor a link that an
 * agent of an earlier attempt has put there.
 */
export function writeScratchFiles(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    if (name !== basename(name) || name === "..") throw new Error(`${JSON.stringify(name)} is no file's name`);
    const path = join(directory, name);
    rmSync(path, { force: true, recursive: true });
    writeFileSync(path, text, { mode: 0o600, flag: "wx" });
  }
}
