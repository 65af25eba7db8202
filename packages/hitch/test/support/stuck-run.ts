/** A run's folder that not even root can remove. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { newRunId, thisHost } from "../../src/effects/process/index.ts";

export interface StuckRun {
  readonly runId: string;
  readonly stateDirectory: string;
  readonly active: string;
}

/** The longest path that a system takes has 4096 bytes. */
const stateBytes = 3850;

/** A state directory with such a path that what is in a dead run's folder has none. Both go with the test. */
export function makeStuckRun(): StuckRun {
  const top = realpathSync(mkdtempSync(join(tmpdir(), "d")));
  onTestFinished(() => void execFileSync("rm", ["-rf", top]));
  let stateDirectory = top;
  while (stateDirectory.length < stateBytes)
    stateDirectory = join(stateDirectory, "d".repeat(Math.min(200, stateBytes - stateDirectory.length)));
  const active = join(stateDirectory, "active");
  const runId = writeDeadRun(active);
  execFileSync("mkdir", ["-p", `${"d".repeat(200)}/${"e".repeat(200)}`], { cwd: join(active, runId, "scratch") });
  return { runId, stateDirectory, active };
}

/** The folder of a run whose host is dead. Gives its id. */
export function writeDeadRun(active: string): string {
  const runId = newRunId();
  mkdirSync(join(active, runId, "scratch"), { recursive: true });
  const host = { ...thisHost(), startTime: 1 };
  const record = { version: 1, mark: { runId, bornAt: 0 }, parents: [], host, cwd: "/", startedAt: "2026-01-01" };
  writeFileSync(join(active, runId, "record.json"), JSON.stringify(record));
  return runId;
}
