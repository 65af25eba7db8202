/** What some faults need of the machine: a mount, a namespace or another user. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Row } from "./row.ts";

const isRoot = process.getuid?.() === 0;
const normalId = 1500;
const normalWords = ["setpriv", `--reuid=${normalId}`, `--regid=${normalId}`, "--clear-groups", "--"];
const program = fileURLToPath(new URL("../fixtures/processes/quiet.mjs", import.meta.url));

/** Words that start a command as a user who is not root; undefined if this one is none. */
export const normalUser: { readonly id: number; readonly words: readonly string[] } | undefined = isRoot
  ? { id: normalId, words: normalWords }
  : undefined;

/** Words that start a command which can make no user namespaces, and has no rights that would make up for it. */
export const withoutNamespaces: readonly string[] = [
  ...["unshare", "-r", "sh", "-c", 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"', "sh"],
  ...["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--"],
];

/** Words that give a command a small disk at a path. */
export function withOwnDisk(path: string): string[] {
  const mount = `mount -t tmpfs -o size=4m,mode=700 none '${path}' && exec "$@"`;
  return [...unshareMounts(), "sh", "-c", mount, "sh"];
}

/** Words that start a command for which this file is there, but cannot be run. */
export function withoutProgram(path: string): string[] {
  return [...unshareMounts(), "sh", "-c", `mount --bind /dev/null ${path} && exec "$@"`, "sh"];
}

/** Whether the row can be played here. */
export function isPossible({ around, needs }: Row): boolean {
  return (
    (around?.ownDisk !== true || can("mounts")) &&
    (around?.normalUser !== true || can("normal user")) &&
    (needs === undefined || can(needs))
  );
}

const tries = {
  mounts: () => works(...withOwnDisk("/mnt"), "true"),
  "normal user": () => !isRoot || works(...normalWords, process.execPath, program),
  "no namespaces": () => works(...withoutNamespaces, "true") && !works(...withoutNamespaces, "unshare", "-r", "true"),
  sandbox: () => works("bwrap", "--unshare-user", "--ro-bind", "/", "/", "true"),
};

const found = new Map<keyof typeof tries, boolean>();

function can(what: keyof typeof tries): boolean {
  if (!found.has(what)) found.set(what, tries[what]());
  return found.get(what) === true;
}

function unshareMounts(): string[] {
  return isRoot && works("unshare", "-m", "true") ? ["unshare", "-m"] : ["unshare", "-r", "-m"];
}

function works(file = "", ...args: string[]): boolean {
  return spawnSync(file, args, { stdio: "ignore" }).status === 0;
}
