import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Runs a program as a project that depends on hitch would. */
async function run(...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: root });
  expect(stderr).toBe("");
  return stdout;
}

const use = "console.log(typeof harness, typeof HarnessError, typeof defineProvider, codes.internal.exitCode)";
const names = "{ harness, HarnessError, defineProvider, codes }";

test("the package can be imported and required", async () => {
  const said = "function function function 70\n";
  expect(await run("--input-type=module", "--eval", `import ${names} from "hitch"; ${use}`)).toBe(said);
  expect(await run("--input-type=commonjs", "--eval", `const ${names} = require("hitch"); ${use}`)).toBe(said);
});

test("what tests need can be imported beside it", async () => {
  const program = `import { behaviours, openBench, startMockModel } from "hitch/testing";
    console.log(behaviours.length > 50, typeof openBench, typeof startMockModel);`;
  expect(await run("--input-type=module", "--eval", program)).toBe("true function function\n");
});

test("importing it adds no handler to the process, keeps nothing open and loads no dependency", async () => {
  const program = `
    const { createRequire } = await import("node:module");
    const before = process.eventNames().length;
    await import("hitch");
    const loaded = Object.keys(createRequire(import.meta.url).cache);
    process.on("exit", () => console.log(process.eventNames().length - before, loaded.length));`;
  // It ends by itself, so nothing is open; "exit" is the one handler more.
  expect(await run("--input-type=module", "--eval", program)).toBe("1 0\n");
});

test("the schema of the events is part of it", async () => {
  const program = `import schema from "hitch/events.schema.json" with { type: "json" }; console.log(schema.oneOf.length)`;
  expect(Number(await run("--input-type=module", "--eval", program))).toBeGreaterThan(20);
});
