import { existsSync } from "node:fs";
import { join } from "node:path";

/** The path of a real agent's command. Throws where it isn't installed: a test of a real agent fails then, it is never skipped. */
export function agentExecutable(name: "opencode" | "pi" | "codex"): string {
  const path = join(process.env.HITCH_AGENTS_BIN ?? "", name);
  if (!existsSync(path)) throw new Error(`${name} is not installed at ${path}: run npm run agents:install`);
  return path;
}
