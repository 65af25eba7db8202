import { spawn } from "node:child_process";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import { membersOf } from "../../../src/effects/process/members.ts";
import { currentStartTime, identify } from "../../../src/effects/process/process-table.ts";
import { newRunId } from "../../../src/effects/process/run-id.ts";
import { fixture, makeFolder, nodeFor, removeFolders } from "../../fixtures/processes/hosts.ts";
import { closeTestRuns, openTestRun, readAll, start, startShell, until } from "../../fixtures/processes/runs.ts";
import { killSurvivors, newToken, survivors, survivorsAfter } from "../../fixtures/processes/survivors.ts";
import { signalProcess } from "../../support/signal.ts";

const token = newToken();

afterEach(async () => {
  await closeTestRuns();
  await killSurvivors(token);
});
afterAll(removeFolders);

const PATH = process.env["PATH"] ?? "";

/** An "agent" outside of any run, known by what `env` and ancestry tell. */
async function spawnMarked(runId: string, script: string, count: number): Promise<number> {
  const child = spawn("sh", ["-c", script, token], {
    env: { PATH, HITCH_RUN: `00000000000/${runId}` },
    detached: true,
  });
  expect(await until(() => survivors(token).length === count)).toBe(true);
  return child.pid ?? 0;
}

test("without a tag, processes are found by marker, group and ancestry, and strangers are not", async () => {
  const runId = newRunId();
  const mark = { runId, bornAt: currentStartTime() };
  const script = `
    setsid sleep $0 &
    (sleep $0 &)
    env -i sleep $0 &
    env -i setsid sh -c 'sleep $0; :' $0 &
    exec sleep $0`;
  const stranger = await spawnMarked(newRunId(), "exec sleep $0", 1);
  const agent = await spawnMarked(runId, script, 7);
  const members = membersOf(mark);
  const found = members.find().found.map(({ pid }) => pid);
  expect(found).toContain(agent);
  expect([...found].sort()).toEqual(
    survivors(token)
      .filter((pid) => pid !== stranger)
      .sort(),
  );

  // The agent dies; what hung on it by ancestry alone was seen, and stays known.
  signalProcess(agent);
  expect(await until(() => identify(agent) === undefined)).toBe(true);
  expect(members.find().found).toHaveLength(5);
  expect(membersOf(mark).find().found).toHaveLength(2);
  expect(membersOf({ ...mark, runId: newRunId() }).find().found).toEqual([]);
});

test("the group of an agent counts until it is empty, and not for an agent whose pid has come back", async () => {
  const agent = await spawnMarked(newRunId(), "env -i sleep $0 & exit", 1);
  const mark = { runId: newRunId(), bornAt: currentStartTime() };
  // What it left behind has the same arguments, and takes over from it without a pause.
  const others = (): readonly number[] => survivors(token).filter((pid) => pid !== agent);
  expect(await until(() => identify(agent) === undefined && others().length === 1)).toBe(true);
  const [left = 0] = others();
  const { startTime = 0 } = identify(left) ?? {};
  const members = membersOf(mark);
  members.follow({ pid: agent, startTime });
  expect(members.find().found.map(({ pid }) => pid)).toEqual([left]);
  const later = membersOf(mark);
  later.follow({ pid: agent, startTime: startTime + 1 });
  expect(later.find().found).toEqual([]);
});

test("what is older than the run is never of it", async () => {
  const runId = newRunId();
  await spawnMarked(runId, "exec sleep $0", 1);
  expect(membersOf({ runId, bornAt: currentStartTime() }).find().found).toHaveLength(1);
  expect(membersOf({ runId, bornAt: currentStartTime() + 1_000_000 }).find().found).toEqual([]);
});

test("a host whose limit is set to something else runs untagged, says so, and still cleans up", async () => {
  const run = await openTestRun();
  const request = {
    activeDirectory: join(makeFolder(), "active"),
    cwd: "/",
    file: "sh",
    args: ["-c", `setsid sleep ${token} & sleep ${token} & echo ready; wait`],
    then: ["end", "close"],
  };
  // Untagged itself, as from a desktop session that limits realtime CPU time.
  const script = `env -u HITCH_RUN prlimit --rttime=200000:200000 $0 "$@"`;
  const args = ["-c", script, nodeFor(), fixture("host.ts")];
  const host = await start(run, "sh", args, { env: { PATH, HOST_REQUEST: JSON.stringify(request) } });
  const said = String(await readAll(host));
  expect(said).toContain(
    `"containment":{"tier":"marker","detail":"the limit for realtime CPU time is already set here`,
  );
  expect(said).toContain(`{"type":"ended","remaining":[]}`);
  expect(await survivorsAfter(token)).toEqual([]);
});

test("closing a run while its agent is being started starts nothing, or ends it", async () => {
  const run = await openTestRun();
  const starting = startShell(run, `sleep ${token}`);
  await run.close();
  await starting;
  expect(await survivorsAfter(token)).toEqual([]);
  await expect(startShell(run, "true")).rejects.toThrow(/closed/);
});
