// Where the real agents are: a cache outside the clone, one directory per agent and version of its agents/NAME/package.json.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { root } from "./repository.js";

/** The agents that have a folder in agents/. */
export const agentNames = readdirSync(join(root, "agents")).sort();

/**
 * The directory that belongs to this clone's agents/NAME/package.json, installed or not.
 * @param {string} name
 */
export function agentDirectory(name) {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const manifest = readFileSync(join(root, "agents", name, "package.json"));
  const hash = createHash("sha256").update(manifest).digest("hex").slice(0, 16);
  return join(cache, "hitch-agents", `${name}-${hash}`);
}

/** The directories with the agents' commands, as in PATH. `HITCH_AGENTS_BIN` says it to tests and examples. */
export function agentsBin() {
  return agentNames.map((name) => join(agentDirectory(name), "node_modules", ".bin")).join(delimiter);
}
