import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterAll, afterEach, expect, test } from "vitest";
import type { TestHost } from "../../fixtures/processes/hosts.ts";
import { fixture, makeFolder, removeFolders, startHost } from "../../fixtures/processes/hosts.ts";
import {
  closeTestRuns,
  openTestRun,
  readAll,
  recordsIn,
  start,
  startShell,
  until,
} from "../../fixtures/processes/runs.ts";
import {
  catches,
  childrenOf,
  isAlive,
  killSurvivors,
  newToken,
  survivors,
  survivorsAfter,
} from "../../fixtures/processes/survivors.ts";
import { signalProcess } from "../../support/signal.ts";

const hosts: TestHost[] = [];
const tokens: string[] = [];

afterEach(async () => {
  await closeTestRuns();
  for (const host of hosts.splice(0)) host.child.kill("SIGKILL");
  for (const token of tokens.splice(0)) await killSurvivors(token);
});
afterAll(removeFolders);

async function startSleepingHost(
  activeDirectory: string,
  more: object = {},
): Promise<{ host: TestHost; token: string }> {
  const token = newToken();
  const script = `echo ready; trap "" TERM; setsid env -i sleep ${token}`;
  const host = startHost("this user", {
    activeDirectory,
    cwd: "/",
    file: "sh",
    args: ["-c", script],
    graceMs: 100,
    ...more,
  });
  hosts.push(host);
  tokens.push(token);
  await host.message("ready");
  expect(await until(() => survivors(token).length >= 1)).toBe(true);
  return { host, token };
}

test("two hosts in one state directory don't touch each other's runs", async () => {
  const activeDirectory = join(makeFolder(), "active");
  const one = await startSleepingHost(activeDirectory);
  const other = await startSleepingHost(activeDirectory);
  one.host.child.kill("SIGKILL");
  expect(await survivorsAfter(one.token)).toEqual([]);
  expect(survivors(other.token).length).toBeGreaterThanOrEqual(1);
  expect(await until(() => recordsIn(activeDirectory).length === 1)).toBe(true);
  other.host.command("end");
  expect(await other.host.message("ended")).toMatchObject({ remaining: [] });
  expect(survivors(other.token)).toEqual([]);
});

test("a reaper that was killed is replaced, and knows the runs", async () => {
  const { host, token } = await startSleepingHost(join(makeFolder(), "active"), { renewWithinMs: 2000 });
  const [first] = childrenOf(host.pid, "reaper.");
  signalProcess(first);
  expect(await until(() => childrenOf(host.pid, "reaper.").some((pid) => pid !== first))).toBe(true);
  host.child.kill("SIGKILL");
  expect(await survivorsAfter(token)).toEqual([]);
});

test("a run lives as long as its host gives signs of life, however short the deadline", async () => {
  const { host, token } = await startSleepingHost(join(makeFolder(), "active"), { renewWithinMs: 1000 });
  await new Promise((resolve) => setTimeout(resolve, 3000));
  expect(survivors(token).length).toBeGreaterThanOrEqual(1);
  host.command("end");
  await host.message("ended");
});

test("a host that opens and closes runs all the time keeps its long run alive", async () => {
  const long = await openTestRun(undefined, 1000);
  const agent = await start(long, "sleep", ["600"]);
  for (let index = 0; index < 40; index++) {
    await (await openTestRun()).close();
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  expect(isAlive(agent.pid)).toBe(true);
});

test("signals that end a host don't end its reaper before it", async () => {
  const { host, token } = await startSleepingHost(join(makeFolder(), "active"));
  const [reaper = 0] = childrenOf(host.pid, "reaper.");
  // It catches them from its first line of ours on, which is late on a busy machine.
  expect(await until(() => catches(reaper, "SIGHUP"))).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 500));
  for (const signal of ["SIGINT", "SIGHUP", "SIGTERM"] as const) signalProcess(reaper, signal);
  host.child.kill("SIGINT");
  expect(await host.exit).toBe("SIGINT");
  expect(await survivorsAfter(token)).toEqual([]);
  expect(await until(() => !isAlive(reaper))).toBe(true);
});

test("a run in a worker thread ends with the thread", async () => {
  const token = newToken();
  tokens.push(token);
  const worker = new Worker(fixture("worker.ts"), { argv: [join(makeFolder(), "active"), token] });
  expect(await new Promise((resolve) => worker.once("message", resolve))).toBe("started");
  expect(await until(() => survivors(token).length >= 1)).toBe(true);
  await worker.terminate();
  expect(await survivorsAfter(token)).toEqual([]);
});

test("a hundred runs, one after the other, leave no descriptor, no process and no record", async () => {
  const activeDirectory = join(makeFolder(), "active");
  const runOnce = async (): Promise<void> => {
    const run = await openTestRun(activeDirectory);
    const agent = await startShell(run, "cat; echo done", { stdin: "x" });
    expect(String(await readAll(agent))).toBe("xdone\n");
    expect(await agent.settleLeftovers("end")).toEqual([]);
    await run.close();
  };
  await runOnce();
  const before = { descriptors: readdirSync("/proc/self/fd").length, children: childrenOf(process.pid, "").length };
  for (let index = 0; index < 100; index++) await runOnce();
  const isBack = (): boolean => readdirSync("/proc/self/fd").length <= before.descriptors;
  expect(await until(isBack)).toBe(true);
  expect(childrenOf(process.pid, "").length).toBeLessThanOrEqual(before.children);
  expect(recordsIn(activeDirectory)).toEqual([]);
});

test("attempts of one run follow each other under one record and one tag", async () => {
  const run = await openTestRun();
  const limits: string[] = [];
  for (const _ of [1, 2]) {
    const agent = await startShell(run, "grep realtime.timeout /proc/self/limits");
    limits.push(String(await readAll(agent)));
    expect(await agent.settleLeftovers("end")).toEqual([]);
  }
  expect(limits[0]).toMatch(/timeout +\d{19} +\d{19}/);
  expect(limits[1]).toBe(limits[0]);
  expect(recordsIn(join(run.directory, ".."))).toEqual([run.runId]);
});

test("twenty runs at once don't mix up their processes", async () => {
  const runs = await Promise.all(Array.from({ length: 20 }, () => openTestRun()));
  const agents = await Promise.all(runs.map((run) => start(run, "sleep", ["600"])));
  for (const [index, run] of runs.entries())
    expect(run.processes().map(({ pid }) => pid)).toEqual([agents[index]!.pid]);
  await agents[0]!.end();
  expect(agents.filter(({ pid }) => isAlive(pid))).toHaveLength(19);
});

test("the reaper leaves a while after the last run, so that a host that waits has no child", async () => {
  const run = await openTestRun();
  await run.close();
  expect(childrenOf(process.pid, "reaper.").length).toBe(1);
  expect(await until(() => childrenOf(process.pid, "reaper.").length === 0)).toBe(true);
});
