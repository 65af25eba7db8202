/** 200,000 events of an agent: by a naive splitter, and through Hitch with its journal. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compare, type Command, type Measured } from "./measure.ts";

export const eventCount = 200_000;

export async function benchEvents(): Promise<Record<"naive" | "hitch", readonly Measured[]>> {
  const directory = mkdtempSync(join(tmpdir(), "hitch-bench-"));
  const env = { HITCH_STATE_DIR: directory };
  const host = (name: string) => (): Command => {
    return { args: [process.execPath, hostPath(name), hostPath("many-events.js"), String(eventCount)], env };
  };
  try {
    return await compare({ naive: host("naive-events.js"), hitch: host("hitch-events.js") }, 5);
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

function hostPath(name: string): string {
  return fileURLToPath(new URL(`hosts/${name}`, import.meta.url));
}
