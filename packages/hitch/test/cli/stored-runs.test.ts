import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ended, hitch, makeUser, startInShell, type User } from "./command.ts";
import { storeRun, type Stored } from "./stored-run.ts";

const minuteMs = 60_000;

/** A user whose runs are these, each a minute older than the one before. */
function makeUserWith(...runs: readonly Stored[]): User {
  const user = makeUser();
  runs.forEach((run, age) => storeRun(stateOf(user), { startedAtMs: Date.now() - (age + 1) * minuteMs, ...run }));
  return user;
}

function stateOf({ directory }: User): string {
  return join(directory, "state");
}

const timedOut = { code: "timeout", message: "It took too long.", hint: "Raise it.", retryable: false } as const;
const two: readonly Stored[] = [
  {
    runId: "aaa00000001",
    finish: { result: { durationMs: 1234, cost: { usd: 0.5, source: "reported" }, text: "Done." } },
  },
  {
    runId: "aab00000002",
    start: { model: "m", title: "How?" },
    finish: { status: "failed", error: timedOut, result: {} },
  },
];

describe("hitch runs", () => {
  test("is a table on stdout, plain without a terminal", async () => {
    expect(await hitch(makeUserWith(...two), ["runs"])).toEqual({
      stdout: [
        "RUN          STATUS     AGENT  STARTED  TOOK  COST     DIRECTORY         PROMPT\n",
        "aaa00000001  completed  pi     1m ago   1.2s  $0.5000  /home/me/project  Why?\n",
        "aab00000002  failed     pi m   2m ago   -     -        /home/me/project  How?\n",
      ].join(""),
      stderr: "",
      code: 0,
    });
  });

  test("--json is one object a line; --limit takes the newest", async () => {
    const { stdout, code } = await hitch(makeUserWith(...two), ["runs", "--json", "--limit", "1"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ runId: "aaa00000001", status: "completed", cost: { usd: 0.5 } });
  });

  test("there are none yet", async () => {
    expect(await hitch(makeUser(), ["runs"])).toEqual({
      stdout: "",
      stderr: "hitch: there are no runs yet\n",
      code: 0,
    });
    expect(await hitch(makeUser(), ["runs", "--json"])).toEqual({ stdout: "", stderr: "", code: 0 });
  });

  test.each(["0", "-1", "many", "1.5"])("--limit %s is refused", async (limit) => {
    const { stderr, code } = await hitch(makeUser(), ["runs", `--limit=${limit}`]);
    expect(code).toBe(2);
    expect(stderr).toContain(`--limit: "${limit}" is no count of runs`);
  });

  test("secrets of now are not shown, nor what commands a terminal", async () => {
    const start = { title: "Use sk-1234567890 \u001b[31mnow" };
    const user = makeUserWith({ runId: "aaa00000001", start });
    const { stdout } = await hitch({ ...user, env: { ...user.env, MY_API_KEY: "sk-1234567890" } }, ["runs"]);
    expect(stdout).toContain("Use [redacted] now\n");
  });

  test("ten thousand runs are no trouble", async () => {
    const user = makeUser();
    for (let number = 0; number < 10_000; number++) {
      const runId = number.toString(16).padStart(11, "0");
      storeRun(stateOf(user), { runId, startedAtMs: Date.now() - number * 1000 });
    }
    const startedMs = performance.now();
    const { stdout } = await hitch(user, ["runs", "--limit", "3"]);
    expect(
      stdout
        .split("\n")
        .slice(1, 4)
        .map((line) => line.slice(8, 11)),
    ).toEqual(["000", "001", "002"]);
    expect(performance.now() - startedMs).toBeLessThan(10_000);
  });
});

describe("which run is meant", () => {
  test.each([
    [["show", "aa"], "aa is the beginning of several runs: aaa00000001, aab00000002\n  Type more of the id."],
    [["tail", "b"], `there is no run "b"\n  See hitch runs; last is the newest.`],
    [["cancel", "b"], `there is no run "b"\n  See hitch runs; last is the newest.`],
  ])("%j is refused", async (args, message) => {
    const { stdout, stderr, code } = await hitch(makeUserWith(...two), args);
    expect({ stdout, code }).toEqual({ stdout: "", code: 2 });
    expect(stderr).toContain(`hitch: invalid-options: ${message}`);
  });

  test("with --json the refusal is a last event", async () => {
    const { stdout, stderr, code } = await hitch(makeUser(), ["show", "--json"]);
    expect({ stderr, code }).toEqual({ stderr: "", code: 2 });
    expect(JSON.parse(stdout)).toMatchObject({ type: "run-finish", error: { option: "run", reason: "unknown" } });
  });

  test("a wrong call of these commands names them, not hitch run", async () => {
    const missing = await hitch(makeUser(), ["cancel"]);
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining("See hitch cancel --help.") as string });
    const unknown = await hitch(makeUser(), ["runs", "--bogus"]);
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining("See hitch runs --help.") as string });
    const tooMany = await hitch(makeUser(), ["show", "a", "b"]);
    expect(tooMany).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("there are too many arguments") as string,
    });
  });
});

describe("hitch show", () => {
  test("is what the run was and how it ended, whatever the end", async () => {
    const user = makeUserWith(...two);
    const first = await hitch(user, ["show"]);
    expect(first).toMatchObject({ stderr: "", code: 0 });
    expect(first.stdout).toMatch(
      /^run aaa00000001 · pi · 1m ago\n\/home\/me\/project · Why\?\n\nDone\.\n\n✓ completed · 1\.2s\n/,
    );
    const { stdout, code } = await hitch(user, ["show", "aab"]);
    expect(code).toBe(0);
    expect(stdout).toContain("✗ failed: timeout\n  It took too long.\n  Raise it.\n");
  });

  test("a lost run says what became of it", async () => {
    const { stdout, code } = await hitch(makeUserWith({ runId: "aaa00000001", finish: false }), ["show"]);
    expect(code).toBe(0);
    expect(stdout).toContain("✗ failed: lost\n  run aaa00000001 is lost: its host died before it was over\n");
  });

  test("--json is the last event, or what is known without it", async () => {
    const user = makeUserWith(...two, { runId: "aac00000003", finish: false });
    const finish = await hitch(user, ["show", "aab", "--json"]);
    expect(JSON.parse(finish.stdout)).toMatchObject({ type: "run-finish", status: "failed", error: timedOut });
    expect(finish.code).toBe(0);
    const lost = await hitch(user, ["show", "aac", "--json"]);
    expect(JSON.parse(lost.stdout)).toMatchObject({ runId: "aac00000003", status: "lost", title: "Why?" });
  });

  test("--events --json is the journal as it is, without a half line", async () => {
    const user = makeUser();
    const between = [
      { type: "text-delta", id: "1", text: "Do\u2028" },
      { type: "text", id: "1", text: "Do\u2028ne." },
    ];
    const stored = { runId: "aaa00000001", startedAtMs: Date.now(), between };
    const journal = storeRun(stateOf(user), stored);
    expect((await hitch(user, ["show", "--events", "--json"])).stdout).toBe(journal);
    storeRun(stateOf(user), { ...stored, tail: `{"type":"te` });
    expect((await hitch(user, ["show", "--events", "--json"])).stdout).toBe(journal);
    const lines = (await hitch(user, ["show", "--events"])).stdout.split("\n").map((line) => line.slice(9));
    expect(lines).toEqual([
      "run-start      pi in /home/me/project: Why?",
      "text           Do ne.",
      "run-finish     completed",
      "",
    ]);
  });

  test("a reader of many events who goes away ends it quietly", async () => {
    const user = makeUser();
    const between = Array.from({ length: 50_000 }, (_, index) => ({
      type: "text",
      id: String(index),
      text: "x".repeat(90),
    }));
    storeRun(stateOf(user), { runId: "aaa00000001", between });
    const shell = startInShell(user, `hitch show --events --json | head -1 >first; echo "\${PIPESTATUS[0]}"`);
    expect(await ended(shell)).toMatchObject({ stdout: "141\n", stderr: "" });
  });

  test("--events and --patch are two things", async () => {
    expect(await hitch(makeUserWith(...two), ["show", "--events", "--patch"])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^hitch: invalid-options: --events and --patch are two things/) as string,
    });
  });
});

describe("hitch show --patch", () => {
  const store = (changes: object | undefined): User =>
    makeUserWith({ runId: "aaa00000001", finish: { result: (changes && { changes }) as object } });

  test("is the patch alone, byte for byte, for git apply", async () => {
    const directory = join(makeUser().directory, "repository");
    mkdirSync(directory);
    const git = (...args: readonly string[]): string =>
      execFileSync("git", ["-c", "user.name=Me", "-c", "user.email=me@example.com", ...args], {
        cwd: directory,
      }).toString();
    writeFileSync(join(directory, "file"), "one\r\nzwölf\n");
    git("init", "-q");
    git("add", ".");
    git("commit", "-qm", "Begin");
    writeFileSync(join(directory, "file"), "one\r\nzwölf\u0007\n\n");
    const patch = git("diff");
    const user = store({ source: "git", files: [], patch });
    const { stdout, stderr, code } = await hitch(user, ["show", "--patch"]);
    expect({ stdout, stderr, code }).toEqual({ stdout: patch, stderr: "", code: 0 });
    git("checkout", "-q", "file");
    execFileSync("git", ["apply"], { cwd: directory, input: stdout, stdio: "pipe" });
    expect(git("diff")).toBe(patch);
  });

  test("nothing was changed: nothing", async () => {
    const user = store({ source: "git", files: [], patch: "" });
    expect(await hitch(user, ["show", "--patch"])).toEqual({ stdout: "", stderr: "", code: 0 });
  });

  test("what nobody knows is said, and is a failure", async () => {
    const changes = { source: "unknown", reason: "no Git here", files: [] };
    const stderr = "hitch: the patch of run aaa00000001 is not known: no Git here\n";
    expect(await hitch(store(changes), ["show", "--patch"])).toEqual({ stdout: "", stderr, code: 1 });
    const asJson = await hitch(store(changes), ["show", "--patch", "--json"]);
    expect({ ...asJson, stdout: JSON.parse(asJson.stdout) as unknown }).toEqual({ stdout: changes, stderr, code: 1 });
    const lost = await hitch(makeUserWith({ runId: "aaa00000001", finish: false }), ["show", "--patch"]);
    expect(lost).toEqual({ stdout: "", stderr: stderr.replace("no Git here", "it is lost"), code: 1 });
  });

  test("a patch with a secret's place in it is given with a warning", async () => {
    const patch = '+const key = "[redacted]";\n';
    const { stdout, stderr, code } = await hitch(store({ source: "git", files: [], patch }), ["show", "--patch"]);
    expect({ stdout, code }).toEqual({ stdout: patch, code: 0 });
    expect(stderr).toBe("hitch: warning: the patch may not apply: secrets in it are kept as [redacted]\n");
  });
});
