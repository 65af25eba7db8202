// util-linux' `prlimit` sets the tag and then becomes the agent (exec), so the agent keeps the pid that we were given.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { readText } from "./proc.ts";
import { parseRealtimeLimit } from "./tag.ts";

const FOLDERS = ["/usr/bin", "/bin", "/usr/local/bin", "/run/current-system/sw/bin"];

let probed: Promise<string | undefined> | undefined;

/** The path of a `prlimit` that can set `tag` here, or `undefined`. Looked up and tried until it has worked once. */
export async function findPrlimit(tag: bigint): Promise<string | undefined> {
  probed ??= probe(tag);
  const found = await probed;
  // What failed may have failed for want of a process or a descriptor.
  if (found === undefined) probed = undefined;
  return found;
}

/** The words to put before a command to have it run under `tag`. */
export function prlimitCommand(prlimit: string, tag: bigint): readonly string[] {
  return [prlimit, `--rttime=${tag}:${tag}`, "--"];
}

/** Whether the process is still `prlimit` itself, not yet the agent. */
export function isStillPrlimit(pid: number, command: readonly string[]): boolean {
  const cmdline = readText(`/proc/${pid}/cmdline`);
  // Empty: in the midst of becoming the agent, or already dead, which its exit will tell.
  return cmdline === "" || cmdline?.startsWith(command.join("\0")) === true;
}

/** What `prlimit` said when it could not do its work, or `undefined` when the text isn't its own. */
export function prlimitFailure(
  code: number | null,
  stderr: string,
): { failed: "limit" | "exec"; message: string } | undefined {
  const message = /^prlimit: (failed to .*)/.exec(stderr)?.[1];
  if (message === undefined || code === null) return undefined;
  return { failed: code === 126 || code === 127 ? "exec" : "limit", message };
}

async function probe(tag: bigint): Promise<string | undefined> {
  const prlimit = FOLDERS.map((folder) => `${folder}/prlimit`).find((path) => existsSync(path));
  if (prlimit === undefined) return undefined;
  const [command = prlimit, ...args] = [...prlimitCommand(prlimit, tag), "cat", "/proc/self/limits"];
  try {
    const { stdout } = await promisify(execFile)(command, args, {
      env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
      cwd: "/",
    });
    return parseRealtimeLimit(stdout) === tag ? prlimit : undefined;
  } catch {
    return undefined; // forbidden here, or not the prlimit we know: the caller says that there is no tag
  }
}
