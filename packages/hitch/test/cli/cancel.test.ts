import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ended, eventually, hitch, isAlive, lastOf, makeUser, startHitch, untilStarted, type User } from "./command.ts";
import { storeRun } from "./stored-run.ts";
import { readPids, signalProcess } from "../support/signal.ts";

const run = ["run", "--json", "--permissions", "unrestricted", "Why?"];

/** A run in a process of its own that would never end. */
async function startHanging(does: object = {}, flags: readonly string[] = []) {
  const user = makeUser({ hang: true, ...does });
  const host = startHitch(user, [...run, ...flags]);
  host.stdin?.end();
  const told = ended(host);
  const { pid, sleeper, env } = await untilStarted(user);
  const runId = env.HITCH_RUN ?? "";
  return { user, host, told, runId, areAlive: () => [isAlive(pid), isAlive(sleeper)] };
}

function activeOf({ directory }: User): readonly string[] {
  return readdirSync(join(directory, "state", "active"));
}

test.each([
  ["with a journal", []],
  ["without one", ["--no-journal"]],
])("a run in another process, %s: when cancel returns nothing is alive", async (_, flags) => {
  const { user, told, runId, areAlive } = await startHanging({}, flags);
  expect(areAlive()).toEqual([true, true]);
  const { stdout, stderr, code } = await hitch(user, ["cancel", runId.slice(0, 6)]);
  expect(areAlive()).toEqual([false, false]);
  expect({ stdout, stderr, code }).toEqual({
    ...{ stdout: `Run ${runId} is cancelled: nothing of it is alive.\n`, stderr: "", code: 0 },
  });
  const host = await told;
  expect(host.code).toBe(130);
  expect(lastOf(host.stdout)).toMatchObject({ status: "cancelled", error: { code: "cancelled" } });
  expect(activeOf(user)).toEqual([]);
});

test("the shell that the run was started in says who ended it", async () => {
  const user = makeUser({ hang: true });
  const host = startHitch(user, ["run", "--permissions", "unrestricted", "Why?"]);
  host.stdin?.end();
  const told = ended(host);
  await untilStarted(user);
  await hitch(user, ["cancel", "last"]);
  const { stderr, code } = await told;
  expect(stderr).toMatch(/^hitch: cancelled: The run was cancelled by `hitch cancel`\.\n {2}More: .*\n$/);
  expect(code).toBe(130);
});

test("last is the newest run that is going on, not one that is over", async () => {
  const { user, told, runId } = await startHanging({}, ["--no-journal"]);
  storeRun(join(user.directory, "state"), { runId: "aaa00000001", startedAtMs: Date.now() + 60_000 });
  const { stdout } = await hitch(user, ["cancel", "last"]);
  expect(stdout).toBe(`Run ${runId} is cancelled: nothing of it is alive.\n`);
  await told;
  expect(await hitch(user, ["cancel", "last"])).toMatchObject({
    ...{ stdout: "", code: 2 },
    stderr: expect.stringMatching(/^hitch: invalid-options: no run is going on here\n {2}See hitch runs\./) as string,
  });
});

test("an agent that ignores SIGTERM is ended all the same", async () => {
  const { user, told, runId, areAlive } = await startHanging({ ignoreTerm: true });
  const { stdout, code } = await hitch(user, ["cancel", "last", "--json"]);
  expect({ ...(JSON.parse(stdout) as object), code }).toEqual({ runId, status: "cancelled", by: "host", code: 0 });
  expect(areAlive()).toEqual([false, false]);
  await told;
});

test("a run that is over", async () => {
  const user = makeUser();
  storeRun(join(user.directory, "state"), { runId: "aaa00000001" });
  const stdout = "Run aaa00000001 was already over: completed.\n";
  expect(await hitch(user, ["cancel", "aaa"])).toEqual({ stdout, stderr: "", code: 0 });
  const asJson = await hitch(user, ["cancel", "a", "--json"]);
  expect(JSON.parse(asJson.stdout)).toEqual({ runId: "aaa00000001", status: "completed", by: "nobody" });
});

test("a host that is dead, and its reaper with it: what is left is ended from here", async () => {
  const { user, host, told, runId, areAlive } = await startHanging();
  for (const child of childrenOf(host.pid)) if (commandOf(child).includes("reaper")) signalProcess(child);
  host.kill("SIGKILL");
  await told;
  expect(areAlive()).toEqual([true, true]);
  const { stdout, stderr, code } = await hitch(user, ["cancel", runId]);
  expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
  expect(stdout).toMatch(/^Run \w+ was ended from here, because its host is dead: \d process(es)?\.\n {2}\d+ /);
  expect(areAlive()).toEqual([false, false]);
  expect(activeOf(user)).toEqual([]);
});

test("a host that has stopped: after a while its run's processes are ended from here, and it hears of it later", async () => {
  const { user, host, told, runId, areAlive } = await startHanging();
  host.kill("SIGSTOP");
  try {
    const { stdout, stderr, code } = await hitch(user, ["cancel", runId, "--json"]);
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    expect(JSON.parse(stdout)).toMatchObject({ runId, by: "us", host: "silent" });
    expect(areAlive()).toEqual([false, false]);
  } finally {
    host.kill("SIGCONT");
  }
  expect(lastOf((await told).stdout)).toMatchObject({ type: "run-finish", result: { runId } });
  await eventually(() => activeOf(user).length === 0);
});

test("Ctrl-C ends the waiting, and the request stands", async () => {
  const { user, host, told, areAlive } = await startHanging();
  host.kill("SIGSTOP");
  const cancel = startHitch(user, ["cancel", "last"]);
  const seen = ended(cancel);
  await eventually(() =>
    readdirSync(join(user.directory, "state", "active", activeOf(user)[0] ?? "")).includes("cancel"),
  );
  cancel.kill("SIGINT");
  expect(await seen).toMatchObject({
    code: 130,
    stdout: "",
    stderr: expect.stringMatching(/^hitch: cancelled: run \w+ was asked to end/) as string,
  });
  host.kill("SIGCONT");
  expect((await told).code).toBe(130);
  expect(areAlive()).toEqual([false, false]);
});

function childrenOf(pid: number | undefined): number[] {
  return readPids(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8"));
}

function commandOf(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, "utf8");
}
