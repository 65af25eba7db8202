import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ended, hitch, lastOf, makeUser, readEvents, startHitch } from "./command.ts";

const quiet = ["--permissions", "unrestricted"];

test("the answer of the only agent installed is all of stdout, and stderr is silent", async () => {
  const user = makeUser({ answer: "It was the cache." });
  expect(await hitch(user, ["run", "Why?", ...quiet])).toEqual({ stdout: "It was the cache.\n", stderr: "", code: 0 });
});

test("an answer that ends with a line break gets no second one", async () => {
  expect(await hitch(makeUser({ answer: "a\nb\n" }), ["run", "Why?", ...quiet])).toMatchObject({ stdout: "a\nb\n" });
});

test("warnings are lines on stderr", async () => {
  const { stdout, stderr } = await hitch(makeUser(), ["run", "Why?"]);
  expect(stdout).toBe("Done.\n");
  expect(stderr).toMatch(/^hitch: warning: pi has nothing that enforces permissions.*\n$/);
});

test("with --json every event is a line, and stderr is silent", async () => {
  const { stdout, stderr, code } = await hitch(makeUser({ answer: "Hi \u2028 there" }), [
    "run",
    "-p",
    "pi",
    "--json",
    "Why?",
  ]);
  expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
  const types = readEvents(stdout).map(({ type }) => type);
  expect(types).toEqual(
    expect.arrayContaining(["run-start", "warning", "attempt-start", "session", "text", "attempt-finish"]),
  );
  expect(lastOf(stdout)).toMatchObject({ status: "completed", result: { text: "Hi \u2028 there", provider: "pi" } });
});

test("without --json a failure is one block on stderr, and stdout is empty", async () => {
  const replay = fileURLToPath(new URL("../transcripts/pi/fail-401/stdout.jsonl", import.meta.url));
  const { stdout, stderr, code } = await hitch(makeUser({ replay }), ["run", "Why?", ...quiet]);
  expect({ stdout, code }).toEqual({ stdout: "", code: 3 });
  expect(stderr).toMatch(/^hitch: authentication: .*bad key.*\n {2}Log in .*\n$/);
});

test("an agent that dies ends the command with 1, and the events say why", async () => {
  const { stdout, code } = await hitch(makeUser({ replay: "/dev/null", exit: 7 }), ["run", "Why?", "--json", ...quiet]);
  expect(code).toBe(1);
  expect(lastOf(stdout)).toMatchObject({ status: "failed", result: { attempts: [{ exit: { code: 7 } }] } });
});

test("secrets of the environment and of --env stay out of the events, and the answer on stdout is whole", async () => {
  const secrets = ["sk-from-the-shell", "sk-from-the-flag"];
  const user = makeUser({ answer: secrets.join(" ") }, { OPENAI_API_KEY: "sk-from-the-shell" });
  const args = ["run", "Why?", ...quiet, "--env", "OTHER_API_KEY=sk-from-the-flag"];
  const { stdout: events } = await hitch(user, [...args, "--json"]);
  expect(lastOf(events).result.text).toBe("[redacted] [redacted]");
  for (const secret of secrets) expect(events).not.toContain(secret);
  const { stdout, stderr } = await hitch({ ...user, env: { ...user.env, HITCH_DEBUG: "1" } }, args);
  expect(stdout).toBe("sk-from-the-shell sk-from-the-flag\n");
  expect(stderr).toMatch(/hitch: debug: .* attempt-start .*pi/);
  for (const secret of secrets) expect(stderr).not.toContain(secret);
});

test("variables, directory and extra arguments arrive at the agent", async () => {
  const user = makeUser();
  const args = ["--extra-arg", "--no-themes", "--extra-arg=-x", "-m", "mock/big=1", "--session", "abc", "-C", "config"];
  args.push("--env", "ADDED=a=b", "--env", "TAKEN");
  const here = { ...user, env: { ...user.env, TAKEN: "from here" } };
  expect(await hitch(here, ["run", "Why?", ...quiet, ...args])).toMatchObject({ code: 0 });
  expect(user.started()?.args).toEqual(
    expect.arrayContaining(["--no-themes", "-x", "--model", "mock/big=1", "--session", "abc"]),
  );
  expect(user.started()).toMatchObject({
    cwd: join(user.directory, "config"),
    env: { ADDED: "a=b", TAKEN: "from here" },
  });
});

test("defaults come from the user's file, under HITCH_* variables, under flags", async () => {
  const user = makeUser({}, { HITCH_MODEL: "mock/from-variable" });
  const file = { provider: "pi", model: "mock/from-file", effort: "high", permissions: "unrestricted" };
  writeFileSync(user.configFile, `// mine\n${JSON.stringify(file)}`);
  await hitch(user, ["run", "Why?"]);
  expect(user.started()?.args).toEqual(expect.arrayContaining(["--model", "mock/from-variable", "--thinking", "high"]));
  await hitch(user, ["run", "Why?", "-p", "pi=mock/from-flag", "--effort", "low"]);
  expect(user.started()?.args).toEqual(expect.arrayContaining(["--model", "mock/from-flag", "--thinking", "low"]));
});

test("system prompts come from texts and files", async () => {
  const user = makeUser();
  const path = join(user.directory, "system.md");
  writeFileSync(path, "Be brief.\n");
  const { stdout } = await hitch(user, [
    "run",
    "Why?",
    "--dry-run",
    "--json",
    ...quiet,
    "--append-system-prompt-file",
    path,
  ]);
  const plan = JSON.parse(stdout) as { files: Record<string, string>; args: string[] };
  expect(Object.values(plan.files)).toEqual(["Be brief.\n"]);
  expect(plan.args).toContain("--append-system-prompt");
});

test("--dry-run shows what would be run, and runs nothing", async () => {
  const user = makeUser();
  const { stdout, stderr, code } = await hitch(user, ["run", "It's time", "--dry-run", ...quiet, "--timeout", "90s"]);
  expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
  expect(stdout).toMatch(/^provider +pi$/m);
  expect(stdout).toMatch(/^command +\/.*\/pi --mode json -p/m);
  expect(stdout).toMatch(/^timeout +1.5m$/m);
  expect(stdout).toMatch(/^stdin +9 bytes: "It's time"$/m);
  expect(user.started()).toBeUndefined();
});

test("--dry-run ends with the code of what would be refused", async () => {
  const { stdout, stderr, code } = await hitch(makeUser(), ["run", "Why?", "--dry-run", "-C", "nowhere"]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "provider         pi\n" });
  expect(stderr).toContain("hitch: cwd-not-found: ");
});

test("a full disk behind stdout is no success", async () => {
  const full = openSync("/dev/full", "w");
  const child = startHitch(makeUser(), ["run", "Why?", ...quiet], ["ignore", full, "pipe"]);
  closeSync(full);
  expect(await ended(child)).toMatchObject({ code: 70, stderr: expect.stringContaining("ENOSPC") as string });
});
