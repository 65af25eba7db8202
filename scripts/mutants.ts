/**
 * `npm run test:mutants [-- WORD…]`: takes Hitch's protections out of a copy, one by one, and shows that the tests notice each.
 * With words only those whose name has one of them. Ends with 1 if a protection can go without a test that fails.
 */
import { mkdtempSync, readFileSync, rmSync, chmodSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyRepository } from "./mutants/copy-repository.ts";
import { protections, type Protection } from "./mutants/protections.ts";
import { assertSealable, runTests } from "./mutants/run-tests.ts";

const words = process.argv.slice(2);
const chosen = protections.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
if (chosen.length === 0) throw new Error(`No protection's name has ${words.join(" or ")}.`);
assertSealable();

const directory = mkdtempSync(join(tmpdir(), "mutants-"));
chmodSync(directory, 0o755); // Some tests run programs as another user.
try {
  const copy = copyRepository(join(directory, "copy"));
  const tests = [...new Set(chosen.flatMap((protection) => protection.tests))];
  console.log(`${chosen.length} protections, ${tests.length} test files. First with all of them in place:`);
  const whole = runTests(copy, tests);
  if (whole.failed > 0 || whole.passed === 0) throw new Error(`The tests fail by themselves.\n${whole.output}`);
  console.log(`✓ ${whole.passed} tests pass (${whole.seconds} s)\n`);
  const survivors = chosen.filter((protection) => !isCaught(copy, protection));
  console.log(`\n${chosen.length - survivors.length} caught, ${survivors.length} not caught`);
  if (survivors.length > 0) process.exitCode = 1;
} finally {
  rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
}

/** Takes the protection out, lets its tests run, and puts it back. */
function isCaught(copy: string, protection: Protection): boolean {
  const path = join(copy, "packages/hitch/src", protection.file);
  const source = readFileSync(path, "utf8");
  writeFileSync(path, without(source, protection));
  const { failed, seconds, output } = runTests(copy, protection.tests);
  writeFileSync(path, source);
  const isNoticed = failed > 0;
  const by = isNoticed ? `\n    ${firstFailure(output)}` : `\n${output}`;
  console.log(`${isNoticed ? "✓" : "✗"} ${protection.name} (${seconds} s)${by}`);
  return isNoticed;
}

/** As Vitest names it: `FAIL  file > test`. What is no test's failure has an error: left behind, or caught by nobody. */
function firstFailure(output: string): string {
  const [, test] = /^ *FAIL +(.+)$/m.exec(output) ?? [];
  const [error] = /^\w*Error: .+$/m.exec(output) ?? [];
  return test ?? error ?? "the run did not end by itself";
}

function without(source: string, { name, file, code, without: rest }: Protection): string {
  if (source.split(code).length !== 2) throw new Error(`${name}: its code is not once in ${file}`);
  return source.replace(code, () => rest);
}
