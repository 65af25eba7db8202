/** Files that a provider wants in the private home of its agent. */
import { lstatSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Writes files below a home, for this user alone, whole and whatever was there. No path leads out of it, nor a link that an
 * agent of an earlier run has put there: that is removed.
 */
export function writeHomeFiles(home: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const parts = name.split("/");
    if (parts.some((part) => ["", ".", ".."].includes(part)))
      throw new Error(`${JSON.stringify(name)} is no file below a home`);
    const file = parts.pop() ?? "";
    const folder = parts.reduce((above, part) => openFolder(join(above, part)), home);
    rmSync(join(folder, file), { force: true, recursive: true });
    writeFileSync(join(folder, file), text, { mode: 0o600, flag: "wx" });
  }
}

/** A real folder, for this user alone if it is new. */
function openFolder(path: string): string {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) return path;
  rmSync(path, { force: true });
  mkdirSync(path, { mode: 0o700 });
  return path;
}
