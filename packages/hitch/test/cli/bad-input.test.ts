import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { ended, hitch, lastOf, makeUser, startHitch, startInShell } from "./command.ts";

const pi = ["run", "-p", "pi"];

describe("what is wrong with the call is said in one block and as the last event, and nothing is started", () => {
  test.each<[args: string[], code: string, option: string, reason: string]>([
    [["run", "--bogus", "hi"], "invalid-options", "--bogus", "unknown"],
    [[...pi, "--raw=1", "hi"], "invalid-options", "raw", "unknown"],
    [[...pi, "--file"], "invalid-options", "prompt", "missing-value"],
    [["walk", "hi"], "invalid-options", "walk", "unknown"],
    [[...pi, "fix", "it"], "invalid-options", "prompt", "too-many"],
    [[...pi, "hi", "--file", "task"], "invalid-options", "prompt", "conflict"],
    [[...pi, "--file", "nowhere"], "invalid-options", "prompt", "unreadable"],
    [[...pi, "--file", "."], "invalid-options", "prompt", "unreadable"],
    [pi, "invalid-options", "prompt", "empty"],
    [[...pi, ""], "invalid-options", "prompt", "empty"],
    [["run", "-p", "nobody", "hi"], "invalid-options", "provider", "unknown-value"],
    [["run", "-p", "pi=a/b", "-m", "c/d", "hi"], "invalid-options", "model", "conflict"],
    [[...pi, "-m", "bare", "hi"], "invalid-options", "model", "wrong-form"],
    [[...pi, "-C", "nowhere", "hi"], "cwd-not-found", "cwd", "missing"],
    [[...pi, "-C", "bin/pi", "hi"], "cwd-not-found", "cwd", "not-a-directory"],
    [[...pi, "--add-dir", ".", "hi"], "unsupported-option", "addDirs", "unsupported"],
    [[...pi, "--attach", "nowhere", "hi"], "invalid-options", "attachments", "missing"],
    [[...pi, "--permissions", "none", "hi"], "invalid-options", "permissions", "unknown-value"],
    [["run", "-p", "cline", "--isolation", "clean", "hi"], "unsupported-option", "isolation", "unsupported"],
    [[...pi, "--env", "NAME", "hi"], "invalid-options", "env", "wrong-form"],
    [[...pi, "--fork", "hi"], "invalid-options", "fork", "needs-session"],
    [[...pi, "--timeout", "30", "hi"], "invalid-options", "timeouts.total", "wrong-value"],
    [[...pi, "--idle-timeout", "0s", "hi"], "invalid-options", "timeouts.idle", "wrong-value"],
    [[...pi, "--retries", "-1", "hi"], "invalid-options", "retries.transient", "wrong-value"],
    [[...pi, "--leftovers", "hide", "hi"], "invalid-options", "leftovers", "unknown-value"],
    [
      [...pi, "--system-prompt", "a", "--append-system-prompt", "b", "hi"],
      "invalid-options",
      "systemPrompt",
      "conflict",
    ],
    [[...pi, "--system-prompt-file", "nowhere", "hi"], "invalid-options", "systemPrompt", "unreadable"],
    [[...pi, "--schema", "/no/such.json", "hi"], "invalid-options", "schema", "unreadable"],
    [[...pi, "--workspace", "worktree", "hi"], "invalid-options", "workspace", "not-a-repository"],
    [[...pi, "--output-retries", "many", "hi"], "invalid-options", "retries.output", "wrong-value"],
    [[...pi, "--max-usd", "$3", "hi"], "invalid-options", "limits.usd", "wrong-value"],
    [[...pi, "--max-tokens", "1e6", "hi"], "invalid-options", "limits.tokens", "wrong-value"],
    [[...pi, "--max-turns", "0", "hi"], "invalid-options", "limits.turns", "wrong-value"],
    [["run", "-p", "codex", "--max-usd", "3", "hi"], "unsupported-option", "limits.usd", "unsupported"],
  ])("%j: %s %s %s", async (args, code, option, reason) => {
    const user = makeUser();
    const [text, json] = await Promise.all([
      hitch(user, args),
      hitch(user, [args[0] ?? "", "--json", ...args.slice(1)]),
    ]);

    expect({ code: json.code, stderr: json.stderr, lines: json.stdout.split("\n").length }).toEqual({
      code: 2,
      stderr: "",
      lines: 2,
    });
    const { status, error } = lastOf(json.stdout);
    expect({ status, ...error }).toMatchObject({ status: "failed", code, option, reason });

    expect({ code: text.code, stdout: text.stdout }).toEqual({ code: 2, stdout: "" });
    expect(text.stderr).toMatch(new RegExp(`^hitch: ${code}: [^\\n]+\\n {2}[^\\n]+\\n$`));
    expect(user.started()).toBeUndefined();
  });
});

test("an executable that is not there ends with 3", async () => {
  const user = makeUser();
  const { stdout, code } = await hitch(user, [...pi, "--json", "--executable", "bin/nobody", "hi"]);
  expect(code).toBe(3);
  expect(lastOf(stdout).error).toMatchObject({ code: "executable-not-found", option: "executable" });
  expect(user.started()).toBeUndefined();
});

test("with no agent installed the command says how to install one", async () => {
  const user = makeUser();
  const { stderr, code } = await hitch({ ...user, env: { ...user.env, PATH: "/usr/bin:/bin" } }, ["run", "hi"]);
  expect(code).toBe(3);
  expect(stderr).toMatch(/^hitch: executable-not-found: no agent is installed.*\n {2}.*npm install -g /);
});

test("with two agents installed the command asks which", async () => {
  const user = makeUser();
  writeFileSync(join(user.directory, "bin/opencode"), "#!/bin/sh\n");
  chmodSync(join(user.directory, "bin/opencode"), 0o755);
  const { stdout, code } = await hitch(user, ["run", "--json", "hi"]);
  expect(code).toBe(2);
  expect(lastOf(stdout).error).toMatchObject({ code: "invalid-options", option: "provider", reason: "missing" });
});

test.each([
  ["{", "config", "not-json"],
  ["[]", "config", "wrong-type"],
  [`{ "modle": "a/b" }`, "modle", "unknown"],
  [`{ "cwd": "/home/me/project" }`, "cwd", "unknown"],
])("the configuration file %s is refused by its name", async (text, option, reason) => {
  const user = makeUser();
  writeFileSync(user.configFile, text);
  const { stdout, code } = await hitch(user, ["run", "--json", "hi"]);
  expect(code).toBe(2);
  const { error } = lastOf(stdout);
  expect(error).toMatchObject({ code: "invalid-options", option, reason });
  expect(error?.message).toContain(user.configFile);
});

test("a configuration file that is broken is not quoted: there may be keys in it", async () => {
  const user = makeUser({}, { HITCH_DEBUG: "1" });
  writeFileSync(user.configFile, '{ "env": { "MY_API_KEY": sk-verysecret123456 } }');
  const [text, json] = await Promise.all([hitch(user, ["run", "hi"]), hitch(user, ["run", "--json", "hi"])]);
  expect(lastOf(json.stdout).error).toMatchObject({ option: "config", reason: "not-json" });
  expect(text.stderr + json.stdout + json.stderr).not.toMatch(/sk-|verysecret/);
});

test("a configuration file that cannot be read is refused", async () => {
  const user = makeUser();
  mkdirSync(user.configFile);
  const { stdout } = await hitch(user, ["run", "--json", "hi"]);
  expect(lastOf(stdout).error).toMatchObject({ option: "config", reason: "unreadable" });
});

// Where mkdir says ENOENT below a directory that is there, Node's own recursive one goes on for ever.
test.runIf(process.platform === "linux")("a state directory that cannot be made is refused", async () => {
  const child = startHitch(makeUser({}, { HITCH_STATE_DIR: "/proc/x" }), [...pi, "--json", "hi"]);
  onTestFinished(() => void child.kill("SIGKILL"));
  child.stdin?.end();
  const { stdout, code } = await ended(child);
  expect(code).toBe(2);
  const { error } = lastOf(stdout);
  expect(error).toMatchObject({ code: "invalid-options", option: "HITCH_STATE_DIR", reason: "unwritable" });
  expect(error?.message).toBe(
    "HITCH_STATE_DIR: cannot write to /proc/x/runs: ENOENT: no such file or directory, mkdir '/proc/x'",
  );
});

describe("in a current directory that was removed", () => {
  const inRemoved = "mkdir gone && cd gone && rmdir ../gone && hitch";

  test.each(["run hi", "run -p pi hi", "doctor", "providers"])("hitch %s says so", async (command) => {
    const { stderr, code } = await ended(startInShell(makeUser(), `${inRemoved} ${command} < /dev/null`));
    expect(stderr).toMatch(/^hitch: cwd-not-found: the current directory was removed\n {2}[^\n]+\n$/);
    expect(code).toBe(2);
  });

  test("stored runs can be looked at, and their sessions continued where they belong", async () => {
    const user = makeUser();
    await hitch(user, ["run", "hi"]);
    const { stdout, code } = await ended(startInShell(user, `${inRemoved} show last`));
    expect(code).toBe(0);
    expect(stdout).toContain(` -C ${user.directory} …\n`);
  });
});
