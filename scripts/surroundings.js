// What a test run must not touch: the clone as git sees it, and the configuration of the user who runs it.
import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { root, StepFailed } from "./repository.js";

/** @typedef {Map<string, string>} Surroundings what is there, and in which state */

/** @returns {Surroundings} */
export function snapshotSurroundings() {
  /** @type {Surroundings} */
  const found = new Map();
  for (const line of gitStatus()) found.set(`git status: ${line}`, "present");
  for (const directory of userDirectories()) addTree(found, directory);
  return found;
}

/**
 * @param {Surroundings} before
 * @param {Surroundings} after
 * @returns {string[]} one sentence per change
 */
export function describeChanges(before, after) {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names]
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => {
      if (!before.has(name)) return `${name} (new)`;
      return `${name} (${after.has(name) ? "changed" : "gone"})`;
    });
}

function gitStatus() {
  const { status, stdout } = spawnSync("git", ["status", "--porcelain"], { cwd: root, encoding: "utf8" });
  // A copy of the sources without a repository has no status to keep clean.
  if (!existsSync(join(root, ".git"))) return [];
  if (status !== 0) throw new StepFailed("git status failed");
  return stdout.split("\n").filter((line) => line !== "");
}

/** Where the agents and Hitch itself keep a user's files. The cache of the tests' own agents isn't among them. */
function userDirectories() {
  const home = homedir();
  const config = process.env.XDG_CONFIG_HOME || join(home, ".config");
  const data = process.env.XDG_DATA_HOME || join(home, ".local", "share");
  const state = process.env.XDG_STATE_HOME || join(home, ".local", "state");
  const cache = process.env.XDG_CACHE_HOME || join(home, ".cache");
  const shared = [config, data, state, cache].flatMap((base) =>
    ["opencode", "kilo", "pi", "hitch"].map((name) => join(base, name)),
  );
  const agents = ["opencode", "pi", "codex", "claude", "claude.json", "gemini", "qwen", "copilot", "cline", "kilo"];
  return [...shared, ...[...agents, "hitch", "gitconfig"].map((name) => join(home, `.${name}`))];
}

/**
 * @param {Surroundings} found
 * @param {string} path
 */
function addTree(found, path) {
  const entry = lstatSync(path, { throwIfNoEntry: false });
  if (!entry) return;
  found.set(path, entry.isDirectory() ? "directory" : `${entry.size} bytes of ${entry.mtimeMs}`);
  if (entry.isDirectory()) for (const name of readdirSync(path)) addTree(found, join(path, name));
}
