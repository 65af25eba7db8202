import { readFileSync } from "node:fs";
import { afterAll, afterEach, expect, test } from "vitest";
import { removeFolders } from "../../fixtures/processes/hosts.ts";
import { closeTestRuns, openTestRun, readAll, readNext, startShell, until } from "../../fixtures/processes/runs.ts";
import { isAlive, killSurvivors, newToken, survivors, survivorsAfter } from "../../fixtures/processes/survivors.ts";

let token = "";

afterEach(async () => {
  await closeTestRuns();
  await killSurvivors(token);
});
afterAll(removeFolders);

function isStopped(pid: number): boolean {
  return /^State:\tT/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
}

async function runLeaving(script: string) {
  token = newToken();
  const run = await openTestRun();
  const agent = await startShell(run, script.replaceAll("TOKEN", token));
  await readAll(agent);
  return { run, agent };
}

test("an agent that leaves nothing is over at once", async () => {
  const { run, agent } = await runLeaving("true");
  expect(await agent.settleLeftovers("end")).toEqual([]);
  expect(run.processes()).toEqual([]);
});

test("what outlives the agent is named and ended", async () => {
  const { run, agent } = await runLeaving("sleep TOKEN & setsid sleep TOKEN >/dev/null & exit");
  const found = await agent.settleLeftovers("end");
  expect(found.map(({ command }) => command)).toEqual([`sleep ${token}`, `sleep ${token}`]);
  expect(survivors(token)).toEqual([]);
  expect(run.processes()).toEqual([]);
});

test("what shall be kept lives on, after the run is closed too, and is named", async () => {
  const { run, agent } = await runLeaving("setsid sleep TOKEN >/dev/null & exit");
  const [kept] = await agent.settleLeftovers("keep");
  expect(kept).toMatchObject({ command: `sleep ${token}` });
  await run.close();
  expect(survivors(token)).toEqual([kept!.pid]);
  expect(isAlive(kept!.pid)).toBe(true);
});

test("what is about to end by itself is no leftover", async () => {
  const { agent } = await runLeaving("(exec >/dev/null 2>&1; sleep 0.05) & exit");
  expect(await agent.settleLeftovers("end")).toEqual([]);
});

test("a leftover may end in its own way before it is shot", async () => {
  token = newToken();
  const run = await openTestRun();
  const script = `(trap 'echo tidied > tidied; exit' TERM; exec >/dev/null 2>&1; while :; do sleep 0.05; done) & exit`;
  const agent = await startShell(run, script, { cwd: run.scratchDirectory });
  await agent.exit;
  await agent.settleLeftovers("end");
  const again = await startShell(run, "cat tidied", { cwd: run.scratchDirectory });
  expect(String(await readAll(again))).toBe("tidied\n");
});

test("closing a run without having settled it ends everything", async () => {
  const { run } = await runLeaving("setsid sleep TOKEN >/dev/null & exit");
  expect(survivors(token)).toHaveLength(1);
  await run.close();
  expect(await survivorsAfter(token)).toEqual([]);
});

test("an agent may clean up after SIGTERM, and is waited for no longer than it takes", async () => {
  const run = await openTestRun();
  const agent = await startShell(run, "trap 'echo bye; exit 5' TERM; echo hello; while :; do sleep 0.05; done", {
    graceMs: 60_000,
  });
  const reader = agent.output[Symbol.asyncIterator]();
  expect(String((await readNext(reader)).bytes)).toBe("hello\n");
  expect(await agent.end()).toEqual([]);
  expect(String((await readNext(reader)).bytes)).toBe("bye\n");
  expect(await agent.exit).toEqual({ code: 5, signal: null });
});

test("a second, impatient end cuts the grace short, and both ends are one", async () => {
  const agent = await startShell(await openTestRun(), "trap '' TERM; echo hello; while :; do sleep 0.05; done", {
    graceMs: 600_000,
  });
  await agent.output[Symbol.asyncIterator]().next();
  const gentle = agent.end();
  expect(agent.end("at-once")).toBe(gentle);
  expect(await gentle).toEqual([]);
  expect(await agent.exit).toEqual({ code: null, signal: "SIGKILL" });
});

test("a stopped agent is ended too", async () => {
  const agent = await startShell(await openTestRun(), "trap 'exit 9' TERM; kill -STOP $$; sleep 600", {
    graceMs: 60_000,
  });
  expect(await until(() => isStopped(agent.pid))).toBe(true);
  await agent.end();
  expect(await agent.exit).toEqual({ code: 9, signal: null });
});

test("the processes of a run are told with their commands and their time of birth", async () => {
  token = newToken();
  const run = await openTestRun();
  const before = Date.now();
  const agent = await startShell(run, `env -i sleep ${token} & echo; wait`);
  await agent.output[Symbol.asyncIterator]().next();
  expect(await until(() => run.processes().length === 2)).toBe(true);
  const [child, self] = run.processes();
  expect(self).toMatchObject({ pid: agent.pid, command: `/usr/bin/sh -c env -i sleep ${token} & echo; wait` });
  expect(child?.command).toContain(token);
  for (const { startedAtMs } of run.processes()) expect(Math.abs(startedAtMs - before)).toBeLessThan(5000);
});

test("a process that does nothing but fork and exit is ended, though it is never met alive", async () => {
  const { agent } = await runLeaving(`exec >/dev/null 2>&1
    setsid env -i sh -c 'trap "" TERM; hop() { (hop) & exit; }; hop' TOKEN &
    exit`);
  expect((await agent.settleLeftovers("end")).length).toBeGreaterThan(0);
  expect(await survivorsAfter(token)).toEqual([]);
});
