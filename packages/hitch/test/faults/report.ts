/** What the whole table came to, in a file that is kept. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Played } from "./perform.ts";

const path = fileURLToPath(new URL("faults.json", import.meta.url));

/** The run ended as expected, with nothing lost and nothing left. */
export function survived({ expected, actual, lost, left }: Played): boolean {
  return actual === expected && lost.length === 0 && left.length === 0;
}

/** One row a line, so that a change is seen. */
export function writeReport(played: readonly Played[]): void {
  const lines = played.map(({ message: _, ...row }) => `  ${JSON.stringify(row)}`);
  writeFileSync(path, `[\n${lines.join(",\n")}\n]\n`);
}

export function readReport(): readonly Played[] {
  return JSON.parse(readFileSync(path, "utf8")) as Played[];
}
