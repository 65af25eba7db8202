import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import type { Host } from "../../../src/effects/process/host.ts";
import { judgeHost } from "../../../src/effects/process/host.ts";
import { newRunId, sweepAbandoned } from "../../../src/effects/process/index.ts";
import { makeFolder, removeFolders } from "../../fixtures/processes/hosts.ts";
import { closeTestRuns, openTestRun, recordsIn, start, startShell, until } from "../../fixtures/processes/runs.ts";
import { isAlive, killSurvivors, newToken, survivors } from "../../fixtures/processes/survivors.ts";

const tokens: string[] = [];

afterEach(async () => {
  await closeTestRuns();
  for (const token of tokens.splice(0)) await killSurvivors(token);
});
afterAll(removeFolders);

const here: Host = { pid: 100, startTime: 5000, machine: "m", bootId: "b", pidNamespace: "pid:[1]" };

test.each<[string, Partial<Host>, number | undefined, string]>([
  ["the same process", {}, 5000, "alive"],
  ["no such process", {}, undefined, "dead"],
  ["another process with its pid", {}, 6000, "dead"],
  ["an earlier boot, whoever has the pid now", { bootId: "a" }, 5000, "from-earlier-boot"],
  ["another machine", { bootId: "a", machine: "n" }, 5000, "out-of-sight"],
  ["another PID namespace", { pidNamespace: "pid:[2]" }, 5000, "out-of-sight"],
  ["the same kernel under another name", { machine: "n" }, 5000, "alive"],
])("a record's host that is %s", (_, change, startTime, expected) => {
  expect(judgeHost({ ...here, ...change }, here, () => startTime)).toBe(expected);
});

/** A run of this process whose record is then changed as if somebody else had written it. */
async function openForgedRun(change: (record: { host: Host }) => object) {
  const token = newToken();
  tokens.push(token);
  const run = await openTestRun();
  const agent = await start(run, "sleep", [token]);
  const path = join(run.directory, "record.json");
  const record = JSON.parse(readFileSync(path, "utf8")) as { host: Host };
  writeFileSync(path, JSON.stringify({ ...record, ...change(record) }));
  expect(await until(() => survivors(token).length === 1)).toBe(true);
  return { run, agent, token, activeDirectory: join(run.directory, "..") };
}

test.each<[string, (host: Host) => Partial<Host>]>([
  ["a living host", () => ({})],
  ["another machine", () => ({ bootId: "other", machine: "other" })],
  ["another PID namespace", () => ({ pidNamespace: "pid:[1]", startTime: 1 })],
])("a run of %s is left alone", async (_, change) => {
  const { agent, activeDirectory } = await openForgedRun(({ host }) => ({ host: { ...host, ...change(host) } }));
  expect(await sweepAbandoned(activeDirectory)).toEqual([]);
  expect(isAlive(agent.pid)).toBe(true);
  expect(recordsIn(activeDirectory)).toHaveLength(1);
});

test("of a run from an earlier boot only the folder is removed: its pids are others' now", async () => {
  const { run, agent, activeDirectory } = await openForgedRun(({ host }) => ({ host: { ...host, bootId: "earlier" } }));
  expect(await sweepAbandoned(activeDirectory)).toMatchObject([{ runId: run.runId, processes: [] }]);
  expect(isAlive(agent.pid)).toBe(true);
  expect(recordsIn(activeDirectory)).toEqual([]);
});

test("a run whose host's pid belongs to another process now is ended, and only that run", async () => {
  const { run, token, activeDirectory } = await openForgedRun(({ host }) => ({ host: { ...host, startTime: 1 } }));
  const other = await openTestRun(activeDirectory);
  const otherToken = newToken();
  tokens.push(otherToken);
  await start(other, "sleep", [otherToken]);
  expect(await sweepAbandoned(activeDirectory)).toMatchObject([
    { runId: run.runId, cwd: "/", processes: [{ command: `/usr/bin/sleep ${token}` }] },
  ]);
  expect(survivors(token)).toEqual([]);
  expect(survivors(otherToken)).toHaveLength(1);
  expect(recordsIn(activeDirectory)).toEqual([other.runId]);
});

test("what isn't a record is left alone while it may still become one", async () => {
  const activeDirectory = join(makeFolder(), "active");
  const [young, old, torn] = [newRunId(), newRunId(), newRunId()];
  for (const runId of [young, old, torn, "somebody's notes"])
    mkdirSync(join(activeDirectory, runId), { recursive: true });
  writeFileSync(join(activeDirectory, torn, "record.json"), "{");
  const longAgo = Date.now() / 1000 - 7200;
  for (const runId of [old, torn, "somebody's notes"]) utimesSync(join(activeDirectory, runId), longAgo, longAgo);
  expect(await sweepAbandoned(activeDirectory)).toEqual([]);
  expect(recordsIn(activeDirectory)).toEqual([young, "somebody's notes"].sort());
});

test("a directory that doesn't exist has nothing to sweep", async () => {
  expect(await sweepAbandoned("/no/such/directory")).toEqual([]);
});

test("two hosts can't open the same run", async () => {
  const run = await openTestRun();
  const { openRun } = await import("../../../src/effects/process/index.ts");
  const again = openRun({ runId: run.runId, activeDirectory: join(run.directory, ".."), cwd: "/" });
  await expect(again).rejects.toThrow(/EEXIST/);
});

test("a process of the same name and in the same directory is no process of the run", async () => {
  const run = await openTestRun();
  const token = newToken();
  tokens.push(token);
  const stranger = execFileSync("sh", ["-c", `setsid sleep ${token} >/dev/null 2>&1 & echo $!`], { cwd: "/" });
  const agent = await startShell(run, `sleep ${token}`);
  expect(await until(() => survivors(token).length >= 2)).toBe(true);
  await agent.end();
  expect(survivors(token)).toEqual([Number(String(stranger))]);
});
