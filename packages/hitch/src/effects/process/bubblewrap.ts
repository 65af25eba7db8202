// bubblewrap's `bwrap`: whether it is here, and whether the system lets it make namespaces.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { resolveExecutable } from "./resolve-executable.ts";
import { StartError } from "./start-error.ts";

const PROBE_LIMIT_MS = 20_000;

const probes = new Map<string, Promise<string | undefined>>();

/** The path of `bwrap`; `undefined` if there is none on this PATH. */
export function findBubblewrap(path: string | undefined): string | undefined {
  try {
    return resolveExecutable("bwrap", "/", path);
  } catch (error) {
    if (error instanceof StartError) return undefined;
    throw error;
  }
}

/**
 * Why bubblewrap can't make such a sandbox here, in its own words; `undefined` if it can. Tried until it has worked once:
 * `words` are the command with the arguments that make namespaces and mounts.
 */
export async function probeBubblewrap(words: readonly string[]): Promise<string | undefined> {
  const key = words.join("\0");
  const probe = probes.get(key) ?? tryToStart(words);
  probes.set(key, probe);
  const problem = await probe;
  // What failed may have failed for want of a process or a descriptor.
  if (problem !== undefined) probes.delete(key);
  return problem;
}

async function tryToStart([command = "", ...args]: readonly string[]): Promise<string | undefined> {
  try {
    await promisify(execFile)(command, [...args, "true"], { cwd: "/", timeout: PROBE_LIMIT_MS });
    return undefined;
  } catch (error) {
    const { stderr = "", message } = error as Error & { stderr?: string };
    return stderr.trim() || message;
  }
}
