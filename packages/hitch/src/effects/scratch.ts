/** A run's private files. */
import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";

/** Writes files into a run's directory, for this user alone. A name is a name: no path leads out of it. */
export function writeScratchFiles(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    if (name !== basename(name) || name === "..") throw new Error(`${JSON.stringify(name)} is no file's name`);
    writeFileSync(join(directory, name), text, { mode: 0o600 });
  }
}
