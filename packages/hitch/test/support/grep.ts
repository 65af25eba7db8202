import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** The files below a directory whose path below it, text or target matches. */
export function filesWith(directory: string, pattern: RegExp): readonly string[] {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) => {
    const path = join(entry.parentPath, entry.name);
    const content = entry.isFile() ? readFileSync(path, "latin1") : entry.isSymbolicLink() ? readlinkSync(path) : "";
    return pattern.test(path.slice(directory.length)) || pattern.test(content) ? [path] : [];
  });
}
