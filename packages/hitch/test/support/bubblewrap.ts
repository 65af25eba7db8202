import { chmodSync, copyFileSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

/**
 * The `bwrap` that comes with Codex, so that a machine of CI need not install one. Throws where it isn't: a test of the
 * sandbox fails then, it is never skipped.
 */
function bubblewrap(): string {
  const target = { x64: "x86_64", arm64: "aarch64" }[process.arch as string] ?? process.arch;
  const file = `vendor/${target}-unknown-linux-musl/codex-resources/bwrap`;
  const found = (process.env.HITCH_AGENTS_BIN ?? "")
    .split(delimiter)
    .map((directory) => join(dirname(directory), "@openai", `codex-linux-${process.arch}`, file))
    .find((path) => existsSync(path));
  if (found === undefined) throw new Error("bwrap is not installed: run npm run agents:install");
  return found;
}

/** Puts it on the PATH of this test file, first, in a folder that goes with the file. */
export function putBubblewrapOnPath(): void {
  const folder = join(dirname(process.env.TMPDIR ?? ""), "bubblewrap");
  mkdirSync(folder);
  symlinkSync(bubblewrap(), join(folder, "bwrap"));
  process.env.PATH = `${folder}${delimiter}${process.env.PATH}`;
}

/** A copy that every user may run. */
export function copyBubblewrap(directory: string): string {
  const copy = join(directory, "bwrap");
  copyFileSync(bubblewrap(), copy);
  chmodSync(copy, 0o755);
  return copy;
}
