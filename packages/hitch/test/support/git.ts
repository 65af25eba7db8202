import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "./start.ts";

/** Calls the real git and gives what it prints. */
export function git(cwd: string, ...args: string[]): string {
  const author = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "protocol.file.allow=always"];
  return execFileSync("git", [...author, ...args], { cwd, encoding: "utf8", stdio: "pipe" });
}

/** A repository with these files committed; it lives as long as the test. */
export function repository(files: Readonly<Record<string, string>> = { "a.txt": "one\ntwo\nthree\n" }): string {
  const directory = temporaryDirectory();
  git(directory, "init", "--quiet", "--initial-branch=main");
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  commit(directory);
  return directory;
}

/** Commits everything there is. */
export function commit(directory: string): void {
  git(directory, "add", "--all");
  git(directory, "commit", "--quiet", "--allow-empty", "--message=x");
}

/** The name, mode and content of every file in a directory: two that are equal are the same to the last byte. */
export function fingerprint(directory: string): Record<string, string> {
  const files: Record<string, string> = {};
  // In Latin-1 every name comes through, whatever its bytes.
  for (const name of readdirSync(directory, { recursive: true, encoding: "latin1" }).sort()) {
    const path = Buffer.from(join(directory, name), "latin1");
    const found = lstatSync(path);
    if (found.isDirectory()) continue;
    const content = found.isSymbolicLink() ? readlinkSync(path) : readFileSync(path);
    files[name] = `${found.mode.toString(8)} ${createHash("sha256").update(content).digest("hex")}`;
  }
  return files;
}
