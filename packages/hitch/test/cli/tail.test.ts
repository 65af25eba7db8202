import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { expect, test } from "vitest";
import {
  ended,
  eventually,
  hitch,
  isAlive,
  makeUser,
  readEvents,
  startHitch,
  untilStarted,
  type User,
} from "./command.ts";
import { storeRun } from "./stored-run.ts";

const run = ["run", "--json", "--permissions", "unrestricted", "Why?"];

function stateOf({ directory }: User): string {
  return join(directory, "state");
}

test("two tails of a run in another process see what it tells its own caller, from the first to the last event", async () => {
  const user = makeUser({ count: 500, answer: "€".repeat(2000), hang: true });
  const host = startHitch(user, run);
  host.stdin?.end();
  const told = ended(host);
  await untilStarted(user);
  const tails = [hitch(user, ["tail", "--json"]), hitch(user, ["tail", "last", "--json"])];
  await eventually(() => journalOf(user)?.includes(`"seq":500,`));
  host.kill("SIGINT");
  const { stdout, code } = await told;
  expect(readEvents(stdout).length).toBeGreaterThan(500);
  expect(code).toBe(130);
  for (const tail of await Promise.all(tails)) expect(tail).toEqual({ stdout, stderr: "", code: 130 });

  const events = readEvents(stdout);
  const late = await hitch(user, ["tail", events[0]?.runId ?? "", "--json"]);
  expect(late).toEqual({ stdout, stderr: "", code: 130 });
});

test.each([
  [{ status: "completed", result: {} }, 0],
  [{ status: "failed", result: {}, error: { code: "timeout", message: "", hint: "", retryable: false } }, 124],
  [{ status: "failed", result: {}, error: { code: "authentication", message: "", hint: "", retryable: false } }, 3],
] as const)("it ends like the run: %j with %i", async (finish, exitCode) => {
  const user = makeUser();
  storeRun(stateOf(user), { runId: "aaa00000001", finish });
  const { stdout, stderr, code } = await hitch(user, ["tail"]);
  expect({ lines: stdout.split("\n").length, stderr, code }).toEqual({ lines: 3, stderr: "", code: exitCode });
});

test("Ctrl-C ends the tail and not the run", async () => {
  const user = makeUser({ hang: true });
  const host = startHitch(user, run);
  host.stdin?.end();
  const told = ended(host);
  const { pid } = await untilStarted(user);
  const tail = startHitch(user, ["tail"]);
  const seen = ended(tail);
  await once(tail.stdout as Readable, "data");
  tail.kill("SIGINT");
  const { stderr, code } = await seen;
  expect(code).toBe(130);
  expect(stderr).toMatch(/^hitch: run ([0-9a-f]{11}) goes on; hitch cancel \1 ends it\n$/);
  expect(isAlive(pid)).toBe(true);
  host.kill("SIGTERM");
  expect((await told).code).toBe(143);
});

test("a lost run ends with lost, and its number goes on where the journal stops", async () => {
  const user = makeUser();
  const journal = storeRun(stateOf(user), { runId: "aaa00000001", finish: false, tail: `{"half` });
  const { stdout, stderr, code } = await hitch(user, ["tail", "--json"]);
  expect({ stderr, code }).toEqual({ stderr: "", code: 4 });
  expect(stdout.startsWith(journal.slice(0, journal.indexOf("\n") + 1))).toBe(true);
  expect(readEvents(stdout).at(-1)).toMatchObject({
    runId: "aaa00000001",
    seq: 1,
    status: "failed",
    error: { code: "lost" },
  });

  const people = await hitch(user, ["tail"]);
  expect(people.code).toBe(4);
  expect(people.stderr).toMatch(
    /^hitch: lost: run aaa00000001 is lost: its host died before it was over\n {2}[^\n]+\n$/,
  );
});

test("a host that is killed while it is followed loses the run", async () => {
  const user = makeUser({ hang: true });
  const host = startHitch(user, run);
  host.stdin?.end();
  const told = ended(host);
  const { pid } = await untilStarted(user);
  const tail = startHitch(user, ["tail", "--json"]);
  const seen = ended(tail);
  await once(tail.stdout as Readable, "data");
  host.kill("SIGKILL");
  await told;
  const { stdout, code } = await seen;
  expect(code).toBe(4);
  expect(readEvents(stdout).at(-1)).toMatchObject({ type: "run-finish", error: { code: "lost" } });
  await eventually(() => !isAlive(pid));
});

test("without a journal there is nothing to follow", async () => {
  const user = makeUser({ hang: true });
  const host = startHitch(user, [...run, "--no-journal"]);
  host.stdin?.end();
  const told = ended(host);
  await untilStarted(user);
  for (const args of [["tail"], ["show", "--events"]]) {
    const { stderr, code } = await hitch(user, args);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^hitch: invalid-options: run [0-9a-f]{11} keeps no journal here/);
  }
  host.kill("SIGINT");
  await told;
});

function journalOf(user: User): string | undefined {
  const started = user.started();
  if (started === undefined) return undefined;
  const runId = started.env.HITCH_RUN ?? "";
  return readFileSync(join(stateOf(user), "runs", runId, "events.jsonl"), "utf8");
}
