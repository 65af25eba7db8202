import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import {
  ended,
  eventually,
  isAlive,
  lastOf,
  makeUser,
  readEvents,
  startHitch,
  startInShell,
  untilStarted,
  type User,
} from "./command.ts";

const args = ["run", "--json", "--permissions", "unrestricted", "Why?"];

describe("a signal cancels the run, and the command ends when nothing is alive", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("%s: exit code %i", async (signal, exitCode) => {
    const user = makeUser({ hang: true });
    const child = startHitch(user, args);
    const result = ended(child);
    const { pid, sleeper } = await untilStarted(user);
    expect([isAlive(pid), isAlive(sleeper)]).toEqual([true, true]);
    child.kill(signal);
    const { stdout, stderr, code } = await result;
    expect([isAlive(pid), isAlive(sleeper)]).toEqual([false, false]);
    expect({ stderr, code }).toEqual({ stderr: "", code: exitCode });
    expect(lastOf(stdout)).toMatchObject({ status: "cancelled", error: { code: "cancelled" } });
  });

  test("two signals at a time are one: npm hands on what its child has already got", async () => {
    const user = makeUser({ hang: true });
    const child = startHitch(user, args);
    const result = ended(child);
    await untilStarted(user);
    child.kill("SIGINT");
    child.kill("SIGTERM");
    const { stdout, code } = await result;
    expect(code === 130 || code === 143).toBe(true);
    expect(lastOf(stdout)).toMatchObject({ status: "cancelled", result: { provider: "pi" } });
  });

  test("without --json it says so on stderr", async () => {
    const user = makeUser({ hang: true });
    const child = startHitch(
      user,
      args.filter((arg) => arg !== "--json"),
    );
    const result = ended(child);
    await untilStarted(user);
    child.kill("SIGINT");
    expect(await result).toMatchObject({
      code: 130,
      stdout: "",
      stderr: expect.stringMatching(/^hitch: cancelled: [^\n]+\n {2}[^\n]+\n$/) as string,
    });
  });
});

test("a second Ctrl-C ends the command at once, with a last event, and the reaper ends the agent", async () => {
  const user = makeUser({ hang: true, ignoreTerm: true });
  const child = startHitch(user, args);
  const result = ended(child);
  const { pid, sleeper } = await untilStarted(user);
  child.kill("SIGINT");
  await sleep(600);
  child.kill("SIGINT");
  const { stdout, code } = await result;
  expect(code).toBe(130);
  expect(lastOf(stdout)).toMatchObject({ status: "cancelled", result: {} });
  await untilReaped(user);
  expect([isAlive(pid), isAlive(sleeper)]).toEqual([false, false]);
});

test.each([
  ["stdin", []],
  ["a named pipe", ["--file", "pipe"]],
])("Ctrl-C while a prompt is awaited from %s ends the command, and nothing is started", async (_, flags) => {
  const user = makeUser();
  execFileSync("mkfifo", [join(user.directory, "pipe")]);
  const child = startHitch(user, ["run", "--json", ...flags]);
  const result = ended(child);
  child.stdin?.write("Wh");
  await eventually(() => catchesHangup(child.pid));
  await sleep(500); // So that it mostly waits already; it must end in any case.
  child.kill("SIGINT");
  const { stdout, code } = await result;
  expect(code).toBe(130);
  expect(lastOf(stdout)).toMatchObject({ status: "cancelled" });
  expect(user.started()).toBeUndefined();
});

test("a reader of stdout that goes away cancels the run, quietly", async () => {
  const user = makeUser({ count: 1_000_000, answer: "x".repeat(1000), hang: true });
  const shell = startInShell(user, `hitch ${args.join(" ")} | head -1; echo "\${PIPESTATUS[0]}"`);
  const { stdout, stderr } = await ended(shell);
  const [first = "", exitCode] = stdout.trimEnd().split("\n");
  expect(JSON.parse(first)).toMatchObject({ type: "run-start", seq: 0 });
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: "141" });
  const { pid, sleeper } = user.started() ?? {};
  expect([isAlive(pid), isAlive(sleeper)]).toEqual([false, false]);
});

test("a reader that goes away before the answer is written ends the command with 141", async () => {
  const shell = startInShell(makeUser(), `hitch run ${args.slice(2).join(" ")} | true; echo "\${PIPESTATUS[0]}"`);
  expect(await ended(shell)).toMatchObject({ stdout: "141\n", stderr: "" });
});

test("nobody who reads stderr is no reason to fail", async () => {
  const shell = startInShell(makeUser(), `hitch run Why? 2>&1 >answer | true; echo "\${PIPESTATUS[0]}"; cat answer`);
  expect(await ended(shell)).toMatchObject({ stdout: "0\nDone.\n" });
});

test("a slow reader gets every event", async () => {
  const user = makeUser({ count: 2000, answer: "€".repeat(5000) });
  const child = startHitch(user, args);
  const closed = once(child, "close");
  // The pipe is full long before the agent is through.
  await sleep(4000);
  const { stdout, code } = await ended(child);
  await closed;
  expect(code).toBe(0);
  const events = readEvents(stdout);
  expect(events.filter(({ type }) => type === "text")).toHaveLength(2000);
});

test("Ctrl-C twice gets past a reader that has stopped reading", async () => {
  const user = makeUser({ count: 2000, answer: "x".repeat(5000) });
  const child = startHitch(user, args);
  await untilStarted(user);
  await sleep(3000);
  child.kill("SIGINT");
  await sleep(600);
  child.kill("SIGINT");
  const [code] = (await once(child, "exit")) as [number];
  expect(code).toBe(130);
  child.stdout?.destroy();
  await untilReaped(user);
});

/** Waits until the reaper has ended everything and removed its records. */
async function untilReaped({ directory }: User): Promise<void> {
  await eventually(() => readdirSync(join(directory, "state", "active")).length === 0);
}

/** Whether the command listens to signals yet: Node alone leaves SIGHUP, number 1 and the lowest bit, to the system. */
function catchesHangup(pid: number | undefined): boolean {
  const [, caught = "0"] = /^SigCgt:\s*(\w+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return (BigInt(`0x${caught}`) & 1n) === 1n;
}
