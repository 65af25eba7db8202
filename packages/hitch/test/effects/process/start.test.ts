import { chmodSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import { StartError } from "../../../src/effects/process/index.ts";
import { makeFolder, removeFolders, spawnNode, fixture, users } from "../../fixtures/processes/hosts.ts";
import { closeTestRuns, openTestRun, readAll, recordsIn, start, startShell } from "../../fixtures/processes/runs.ts";

afterEach(closeTestRuns);
afterAll(removeFolders);

function makeProgram(content: string | Buffer, mode = 0o755, name = "program"): string {
  const path = join(makeFolder(), name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

const wrongMachine = Buffer.from(`\x7fELF\x02\x01\x01${"\0".repeat(9)}\x02\0\xf3\xf3${"\0".repeat(60)}`, "latin1");
const machO = Buffer.from(`\xcf\xfa\xed\xfe\x0c\0\0\x01${"\0".repeat(60)}`, "latin1");

test.each([
  ["a name that is nowhere on the PATH", () => ({ file: "no-such-agent" }), "executable-not-found"],
  ["a path that doesn't exist", () => ({ file: "/no/such/agent" }), "executable-not-found"],
  ["a path through a file", () => ({ file: `${makeProgram("")}/agent` }), "executable-not-found"],
  ["a file that isn't executable", () => ({ file: makeProgram("#!/bin/sh\n", 0o644) }), "executable-not-runnable"],
  ["a directory", () => ({ file: makeFolder() }), "executable-not-runnable"],
  ["an interpreter that doesn't exist", () => ({ file: makeProgram("#!/no/such/sh -e\n") }), "executable-not-runnable"],
  [
    "an interpreter that env can't find",
    () => ({ file: makeProgram("#!/usr/bin/env no-such-sh\n") }),
    "executable-not-runnable",
  ],
  ["a program for another machine", () => ({ file: makeProgram(wrongMachine) }), "executable-not-runnable"],
  ["a program for another system", () => ({ file: makeProgram(machO) }), "executable-not-runnable"],
  [
    "a program that is cut off",
    () => ({ file: makeProgram(Buffer.from("\x7fELF\x02\x01\x01\0\0", "latin1")) }),
    "executable-not-runnable",
  ],
  ["a working directory that doesn't exist", () => ({ cwd: "/no/such/directory" }), "cwd-not-found"],
  ["a working directory that is a file", () => ({ cwd: makeProgram("") }), "cwd-not-found"],
  ["an argument of 128 KiB", () => ({ args: ["-c", "true", "x".repeat(131_072)] }), "argument-too-long"],
  [
    "an environment that is too big",
    () => ({ env: { PATH: "/usr/bin:/bin", BIG: "x".repeat(131_072) } }),
    "argument-too-long",
  ],
] as const)("%s is told apart, and leaves nothing", async (_, request, reason) => {
  const run = await openTestRun();
  const failure = await start(run, "sh", ["-c", "true"], request() as object).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(StartError);
  expect(failure).toMatchObject({ name: "StartError", reason, path: expect.stringMatching(/./) as unknown });
  expect((failure as StartError).message).toMatch(/^\S.{10,}/);
  expect(run.processes()).toEqual([]);
  await run.close();
  expect(recordsIn(join(run.directory, ".."))).toEqual([]);
});

test("an argument of 128 KiB less one byte still fits", async () => {
  const agent = await startShell(await openTestRun(), "printf %s ${#0}", {
    args: ["-c", "printf %s ${#0}", "x".repeat(131_071)],
  });
  expect(String(await readAll(agent))).toBe("131071");
});

test.each(users)("no file descriptors or no processes left, as %s, is said as what it is", async (user) => {
  const starter = spawnNode(user, ["--no-warnings", fixture("starter.ts", user), makeFolder(user), user], {});
  let said = "";
  for await (const bytes of starter.stdout!) said += String(bytes);
  expect(JSON.parse(said)).toEqual({
    reason: "spawn-failed",
    code: user === "a normal user" ? "EAGAIN" : "EMFILE",
    left: 0,
  });
});

test("the agent is found on the PATH it is given, past what can't be run, and by a path in its directory", async () => {
  const folder = makeFolder();
  for (const name of ["refused", "empty", "good"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "refused", "agent"), "", { mode: 0o644 });
  writeFileSync(join(folder, "good", "agent"), "#!/bin/sh\necho found\n", { mode: 0o755 });
  symlinkSync("good/agent", join(folder, "link"));
  const path = `${["refused", "empty", "good"].map((name) => join(folder, name)).join(":")}:/usr/bin:/bin`;
  for (const file of ["agent", "./good/agent", "good/agent", "./link", join(folder, "link")]) {
    const agent = await start(await openTestRun(), file, [], { cwd: folder, env: { PATH: path } });
    expect(String(await readAll(agent))).toBe("found\n");
  }
});

test.each([0, 1, 7, 71, 126, 127, 255])("exit code %i arrives, with what was printed", async (code) => {
  const agent = await startShell(await openTestRun(), `echo failed to execute >&2; exit ${code}`);
  expect(String(await readAll(agent, "stderr"))).toBe("failed to execute\n");
  expect(await agent.exit).toEqual({ code, signal: null });
});

test.each(["KILL", "TERM", "ABRT", "SEGV"])("death by SIG%s arrives", async (signal) => {
  const agent = await startShell(await openTestRun(), `kill -${signal} $$`);
  expect(await agent.exit).toEqual({ code: null, signal: `SIG${signal}` });
});

test("the agent gets exactly its arguments, its environment and its directory", async () => {
  const cwd = makeFolder();
  const args = [
    "-e",
    "process.stdout.write(JSON.stringify([process.argv.slice(1), process.env, process.cwd()]))",
    "--",
  ];
  const odd = ["", " ", "--help", "a\nb", `"'$(x)`, "\u2028", "日本"];
  const run = await openTestRun();
  const agent = await start(run, process.execPath, [...args, ...odd], { cwd, env: { A: "1", B: "x=y\nz" } });
  expect(JSON.parse(String(await readAll(agent)))).toEqual([odd, { A: "1", B: "x=y\nz", HITCH_RUN: run.runId }, cwd]);
});

test("record and folders are there before the agent is, for their owner only, and gone after it", async () => {
  const run = await openTestRun();
  const script = `stat -c '%a %n' . record.json scratch; touch scratch/file`;
  const agent = await startShell(run, script, { cwd: run.directory });
  expect(String(await readAll(agent))).toBe("700 .\n600 record.json\n700 scratch\n");
  await run.close();
  expect(readdirSync(join(run.directory, ".."))).toEqual([]);
});
