/** A run whose agent says a secret everywhere: what is left of it, and what anybody is shown, is searched for the secret. */
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { HitchEvent } from "../../src/vocabulary/events.ts";
import { git } from "../support/git.ts";
import { filesWith } from "../support/grep.ts";
import { temporaryDirectory } from "../support/start.ts";
import { ended, hitch, lastOf, makeUser, readEvents, type User } from "./command.ts";
import { startHitchInTerminal } from "./live/terminal.ts";

const secret = "e2e-73915-Secret-Value";
const halves = ["e2e-73915-Se", "cret-Value"] as const;
const told = /73915|cret-Value/;
const project = "project";

/** What pi prints when it says the secret wherever it can, in one piece and in two. */
const lines = [
  { type: "session", id: "0123-abcd", cwd: "/home/me/project" },
  ...["Your key is ", ...halves, ", keep it."].map((delta) => deltaOf("text_delta", 0, delta)),
  ...halves.map((delta) => deltaOf("thinking_delta", 1, delta)),
  { type: "tool_execution_start", toolCallId: secret, toolName: "bash", args: { command: `echo ${secret}` } },
  {
    type: "tool_execution_end",
    toolCallId: secret,
    toolName: "bash",
    result: { content: [{ type: "text", text: `${secret}\n` }] },
    isError: false,
  },
  {
    type: "tool_execution_start",
    toolCallId: "2",
    toolName: "write",
    args: { path: `${secret}.txt`, content: secret },
  },
  {
    type: "tool_execution_end",
    toolCallId: "2",
    toolName: "write",
    result: { content: [{ type: "text", text: "ok" }] },
    isError: false,
  },
  `not JSON, but ${secret}`,
];
const answer = `Your key is ${secret}, keep it.`;
const success = [messageOf("stop"), { type: "agent_settled" }];
const failure = [messageOf("error", `401 {"error":"bad key ${secret}"}`), { type: "agent_settled" }];

function deltaOf(type: string, contentIndex: number, delta: string): object {
  return { type: "message_update", assistantMessageEvent: { type, contentIndex, delta } };
}

function messageOf(stopReason: string, errorMessage?: string): object {
  const content = [
    { type: "text", text: answer },
    { type: "thinking", thinking: `Is it ${secret}?` },
  ];
  return {
    type: "message_end",
    message: { role: "assistant", content, stopReason, ...(errorMessage && { errorMessage }) },
  };
}

/** A user with the secret in a variable, whose agent says it, also on stderr, and writes it into a file named after it. */
function makeTalker(end: readonly object[]): User {
  const replay = join(temporaryDirectory(), "stdout.jsonl");
  writeFileSync(
    replay,
    [...lines, ...end].map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`).join(""),
  );
  const user = makeUser({ replay }, { E2E_API_KEY: secret });
  const agent = join(user.directory, "bin/pi");
  renameSync(agent, `${agent}-real`);
  const says = 'echo "warning: $E2E_API_KEY" >&2; echo "$E2E_API_KEY" > "$E2E_API_KEY.txt"';
  writeFileSync(agent, `#!/bin/sh\n${says}\nexec "$0-real" "$@"\n`);
  chmodSync(agent, 0o755);
  const cwd = join(user.directory, project);
  mkdirSync(cwd);
  git(cwd, "init", "--quiet");
  git(cwd, "commit", "--quiet", "--allow-empty", "--message=x");
  return user;
}

/** What Hitch left of its runs: not the agent's own files, nor what the fake agent noted for the test. */
function leftWith(user: User): readonly string[] {
  for (const own of ["started.json", join(project, `${secret}.txt`), "state/worktrees"])
    rmSync(join(user.directory, own), { recursive: true, force: true });
  expect(existsSync(join(user.directory, "state/runs"))).toBe(true);
  return [
    ...filesWith(user.directory, told),
    ...filesWith(process.env.TMPDIR ?? "", told).filter((path) => !path.endsWith("stdout.jsonl")),
  ];
}

/** How a stored run is looked at. */
const looks = [
  "show RUN",
  "show RUN --json",
  "show RUN --events",
  "show RUN --events --json",
  "tail RUN --json",
  "runs",
].map((words) => words.split(" "));
const args = ["run", `Why is ${secret} refused?`, "--permissions", "unrestricted", "-C", project];

describe.each<[string, readonly object[], number]>([
  ["succeeds", success, 0],
  ["fails", failure, 3],
])("of a run that %s", (_, end, exitCode) => {
  test.each<[string, readonly string[]]>([
    ["in place", []],
    ["with native lines", ["--raw"]],
    ["in a worktree", ["--workspace", "worktree"]],
  ])("nobody is shown the secret but who gets the answer, %s", async (_, more) => {
    const user = makeTalker(end);
    const json = await hitch(user, [...args, ...more, "--json"]);
    expect(json).toMatchObject({ code: exitCode, stderr: "" });
    expect(json.stdout).not.toMatch(told);
    expect(deltasOf(readEvents(json.stdout))).toBe("Your key is [redacted], keep it.");
    const { runId = "" } = lastOf(json.stdout).result;
    const debugging = { ...user, env: { ...user.env, HITCH_DEBUG: "1" } };
    const plain = await hitch(debugging, [...args, ...more]);
    expect(plain.stdout).toBe(exitCode === 0 ? `${answer}\n` : "");
    expect(plain.stderr).not.toMatch(told);
    expect(plain.stderr).toContain("[redacted]");

    // Whoever looks later knows nothing of the secret.
    const later = { ...user, env: { ...user.env, E2E_API_KEY: undefined } };
    const looked = await Promise.all(
      looks.map((look) =>
        hitch(
          later,
          look.map((word) => (word === "RUN" ? runId : word)),
        ),
      ),
    );
    expect(looked.map(({ stdout, stderr }) => stdout + stderr).join("\n")).not.toMatch(told);
    expect(looked.every(({ stdout }) => stdout.includes("[redacted]"))).toBe(true);
    expect(leftWith(user)).toEqual([]);
  });
});

test("a key that happens to be a word of Hitch's own hides none of these", async () => {
  const user = makeTalker(success);
  const run = await hitch(user, [...args, "--json"]);
  const { runId = "" } = lastOf(run.stdout).result;
  const dummies = { SORT_KEY: "completed", END_KEY: "run-finish", ID_KEY: runId };
  const later = { ...user, env: { ...user.env, ...dummies } };
  for (const words of [["show", runId], ["show", runId, "--events"], ["runs"]]) {
    const { stdout } = await hitch(later, [...words, "--json"]);
    expect(JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "")).toMatchObject({ runId, status: "completed" });
  }
});

test("a terminal shows neither of a secret's halves", async () => {
  const user = makeTalker(success);
  const { stdout } = await ended(
    startHitchInTerminal(args, { cwd: user.directory, env: user.env, redirection: "> answer" }),
  );
  expect(stdout).toContain("Your key is [redacted], keep it.");
  expect(stdout).not.toMatch(told);
  expect(readFileSync(join(user.directory, "answer"), "utf8")).toBe(`${answer}\n`);
});

test.each([[["--json"]], [[]]])("a plan that is refused does not quote a secret (%j)", async (more) => {
  const user = makeUser({}, { E2E_API_KEY: secret });
  const given = ["run", "-p", "codex", "--dry-run", ...more, "--effort", secret, "hi"];
  const { stdout, stderr, code } = await hitch(user, given);
  expect(code).not.toBe(0);
  expect(stdout + stderr).toContain("[redacted]");
  expect(stdout + stderr).not.toMatch(told);
});

function deltasOf(events: readonly HitchEvent[]): string {
  return events.map((event) => (event.type === "text-delta" ? event.text : "")).join("");
}
