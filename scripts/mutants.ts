/**
 * `npm run test:mutants [-- WORD…]`: takes Hitch's protections out of a copy, one by one, and shows that the tests notice each.
 * With words only those whose name has one of them. Ends with 1 if a protection can go without a test that fails.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { newRunId, openRun } from "../packages/hitch/src/effects/process/index.ts";
import { protections, type Protection } from "./mutants/protections.ts";
import { root } from "./repository.js";

const words = process.argv.slice(2);
const chosen = protections.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
if (chosen.length === 0) throw new Error(`No protection's name has ${words.join(" or ")}.`);

const directory = mkdtempSync(join(tmpdir(), "hitch-mutants-"));
try {
  const copy = copyRepository(join(directory, "copy"));
  const tests = [...new Set(chosen.flatMap((protection) => protection.tests))];
  console.log(`${chosen.length} protections, ${tests.length} test files. First with all of them in place:`);
  const whole = await runTests(copy, tests);
  if (whole.failed > 0 || whole.passed === 0) throw new Error(`The tests fail by themselves.\n${whole.output}`);
  console.log(`✓ ${whole.passed} tests pass\n`);
  const survivors = await removeEach(copy);
  console.log(`\n${chosen.length - survivors.length} caught, ${survivors.length} not caught`);
  if (survivors.length > 0) process.exitCode = 1;
} finally {
  rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
}

/** Gives the protections whose removal no test noticed. */
async function removeEach(copy: string): Promise<readonly Protection[]> {
  const survivors: Protection[] = [];
  for (const protection of chosen) {
    const path = join(copy, "packages/hitch/src", protection.file);
    const source = readFileSync(path, "utf8");
    writeFileSync(path, without(source, protection));
    const { failed, seconds, output } = await runTests(copy, protection.tests);
    writeFileSync(path, source);
    console.log(`${failed > 0 ? "✓" : "✗"} ${protection.name} (${failed} tests fail, ${seconds} s)`);
    if (failed > 0) continue;
    survivors.push(protection);
    console.log(output);
  }
  return survivors;
}

function without(source: string, { name, file, code, without: rest }: Protection): string {
  if (source.split(code).length !== 2) throw new Error(`${name}: its code is not once in ${file}`);
  return source.replace(code, () => rest);
}

/** All files of the repository as they are now; what npm installed is shared. */
function copyRepository(copy: string): string {
  const listing = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root });
  for (const file of listing.toString().split("\0").filter(Boolean)) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  return copy;
}

interface TestRun {
  readonly passed: number;
  readonly failed: number;
  readonly seconds: number;
  readonly output: string;
}

/** Without a protection tests leave processes behind, so they run as an agent does: all that comes of them is ended. */
async function runTests(copy: string, tests: readonly string[]): Promise<TestRun> {
  const startedAtMs = performance.now();
  const runId = newRunId();
  const processes = await openRun({ runId, activeDirectory: join(directory, "active"), cwd: copy });
  try {
    const vitest = join(copy, "node_modules/vitest/vitest.mjs");
    const files = tests.map((test) => `packages/hitch/test/${test}`);
    const temporary = join(directory, "tmp");
    mkdirSync(temporary, { recursive: true });
    const started = await processes.start({
      file: process.execPath,
      args: [vitest, "run", "--retry=0", "--testTimeout=20000", ...files],
      cwd: copy,
      env: { ...(process.env as Record<string, string>), TMPDIR: temporary, NO_COLOR: "1" },
      stdin: "",
    });
    const chunks: Uint8Array[] = [];
    for await (const { bytes } of started.output) chunks.push(bytes);
    const { code } = await started.exit;
    await started.settleLeftovers("end");
    const output = Buffer.concat(chunks).toString();
    const [, passed = "0", failed = "0"] = /^(\d+) passed, (\d+) failed/m.exec(output) ?? [];
    // What a file leaves behind fails its run, though each of its tests may have passed.
    const count = Number(failed) + (code === 0 ? 0 : 1);
    return { passed: Number(passed), failed: count, seconds: secondsSince(startedAtMs), output };
  } finally {
    await processes.close();
    rmSync(join(directory, "tmp"), { recursive: true, force: true, maxRetries: 3 });
  }
}

function secondsSince(startedAtMs: number): number {
  return Math.round((performance.now() - startedAtMs) / 1000);
}
