import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The path of a real agent's command. Throws where it isn't installed: a test of a real agent fails then, it is never skipped. */
export function agentExecutable(name: string): string {
  const directories = (process.env.HITCH_AGENTS_BIN ?? "").split(delimiter);
  const path = directories.map((directory) => join(directory, name)).find((candidate) => existsSync(candidate));
  if (path === undefined) throw new Error(`${name} is not installed: run npm run agents:install`);
  return path;
}
