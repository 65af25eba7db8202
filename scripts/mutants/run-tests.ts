/**
 * Runs test files of a copy in a PID namespace. Without a protection tests leave processes behind, or end what is not
 * theirs: in there they see and signal only their own, and all of it ends with the run.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

export interface TestRun {
  readonly passed: number;
  /** A run that fails otherwise counts as one test that fails. */
  readonly failed: number;
  readonly seconds: number;
  readonly output: string;
}

/** Longest time of a run, in milliseconds. One that hangs without a protection has noticed it as well. */
const limitMs = 600_000;

/** The shell is process 1 in there: it waits for whatever loses its parent. */
const seal = [
  ...(process.getuid?.() === 0 ? [] : ["--user", "--map-current-user"]),
  ...["--pid", "--fork", "--mount-proc", "--kill-child", "--", "sh", "-c", '"$@"; exit $?', "sh"],
];

/** @throws if this machine cannot make such a namespace. */
export function assertSealable(): void {
  const look = ["sh", "-c", "ls -d /proc/[0-9]*"];
  const { status, stdout, stderr, error } = spawnSync("unshare", [...seal, ...look], { encoding: "utf8" });
  if (status === 0 && stdout.includes("/proc/1\n") && !stdout.includes(`/proc/${process.pid}\n`)) return;
  const why = (error?.message ?? stderr) || "it shows processes of outside";
  throw new Error(
    `A mutant needs a PID namespace: unshare (util-linux, Linux) as root or with user namespaces. ${why}`,
  );
}

/** `tests` are below `packages/hitch/test`. */
export function runTests(copy: string, tests: readonly string[]): TestRun {
  const startedAtMs = performance.now();
  const temporary = join(dirname(copy), "tmp");
  mkdirSync(temporary);
  try {
    const counts = join(temporary, "counts.json");
    const vitest = join(copy, "node_modules/vitest/vitest.mjs");
    const files = tests.map((test) => `packages/hitch/test/${test}`);
    const command = [process.execPath, vitest, "run", "--retry=0", "--testTimeout=20000", "--bail=1", ...files];
    const { status, stdout, stderr } = spawnSync("unshare", [...seal, ...command], {
      cwd: copy,
      env: { ...process.env, TMPDIR: temporary, NO_COLOR: "1", HITCH_TEST_COUNTS: counts },
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
      timeout: limitMs,
      killSignal: "SIGKILL",
    });
    const output = stdout + stderr;
    const { passed, failed } = readCounts(counts);
    // What a file leaves behind fails its run, though each of its tests may have passed.
    return { passed, failed: Math.max(failed, status === 0 ? 0 : 1), seconds: secondsSince(startedAtMs), output };
  } finally {
    rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** A run that was ended has none. */
function readCounts(path: string): { readonly passed: number; readonly failed: number } {
  if (!existsSync(path)) return { passed: 0, failed: 0 };
  return JSON.parse(readFileSync(path, "utf8")) as { passed: number; failed: number };
}

function secondsSince(startedAtMs: number): number {
  return Math.round((performance.now() - startedAtMs) / 1000);
}
