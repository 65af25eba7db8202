/** What is on disk after a run. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { hold } from "./behaviour.ts";

/** The text of a file that should be there. */
export function contentOf(path: string): string {
  hold(existsSync(path), `There should be a file ${path}`);
  return readFileSync(path, "utf8");
}

/** The contents of all files in a directory, by path. */
export function filesIn(directory: string): Readonly<Record<string, string>> {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(paths.map((path) => [path, readFileSync(path, "latin1")]));
}
