import { writeFileSync } from "node:fs";

/** Writes a configuration file of an agent's. */
export function writeJson(path: string, value: unknown): void {
  writeFileSync(path, JSON.stringify(value, undefined, 2));
}
