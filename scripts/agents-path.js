// Where the real agents are: a cache outside the clone, one directory per version of agents/package.json.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { root } from "./repository.js";

/** The directory that belongs to this clone's agents/package.json, installed or not. */
export function agentsDirectory() {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const manifest = readFileSync(join(root, "agents", "package.json"));
  const hash = createHash("sha256").update(manifest).digest("hex").slice(0, 16);
  return join(cache, "hitch-agents", hash);
}

/** The directory with the agents' commands. `HITCH_AGENTS_BIN` says it to tests and examples. */
export function agentsBin() {
  return join(agentsDirectory(), "node_modules", ".bin");
}
