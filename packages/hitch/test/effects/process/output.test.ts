import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, expect, test } from "vitest";
import { fixture, makeFolder, removeFolders, spawnNode } from "../../fixtures/processes/hosts.ts";
import {
  closeTestRuns,
  openTestRun,
  readAll,
  readNext,
  start,
  startShell,
  until,
} from "../../fixtures/processes/runs.ts";
import { isAlive, newToken, survivors, survivorsAfter } from "../../fixtures/processes/survivors.ts";

afterEach(closeTestRuns);
afterAll(removeFolders);

test("both streams arrive, each byte for byte and in its own order", async () => {
  const script = `const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, index) => index % 251));
    process.stdout.write(bytes); process.stderr.write(bytes.toReversed());`;
  const agent = await start(await openTestRun(), process.execPath, ["-e", script]);
  const expected = Buffer.from(Array.from({ length: 200_000 }, (_, index) => index % 251));
  const pieces = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  for await (const { stream, bytes } of agent.output) pieces[stream].push(bytes);
  expect(Buffer.concat(pieces.stdout).equals(expected)).toBe(true);
  expect(Buffer.concat(pieces.stderr).equals(expected.reverse())).toBe(true);
});

test("a flood on stderr doesn't stop stdout, nor the other way round", async () => {
  for (const [flooded, other] of [
    ["2", "stdout"],
    ["1", "stderr"],
  ] as const) {
    const script = `head -c 20000000 /dev/zero >&${flooded}; echo through >&${flooded === "2" ? "1" : "2"}`;
    const agent = await startShell(await openTestRun(), script);
    expect(String(await readAll(agent, other))).toBe("through\n");
    expect(await agent.exit).toEqual({ code: 0, signal: null });
  }
});

test("what was printed just before the exit is complete, however late somebody reads", async () => {
  const agent = await startShell(await openTestRun(), "head -c 60000 /dev/zero; echo end; echo error >&2");
  expect(await agent.exit).toEqual({ code: 0, signal: null });
  await sleep(300);
  const output = await readAll(agent);
  expect(output.length).toBe(60_004);
  expect(output.toString("latin1", 60_000)).toBe("end\n");
});

test("a grandchild that holds the pipes keeps nobody waiting, and nothing said before the exit is lost", async () => {
  const token = newToken();
  const run = await openTestRun();
  const agent = await startShell(run, `head -c 150000 /dev/zero; setsid sleep ${token} & echo last words`);
  const output = await readAll(agent);
  expect(output.length).toBe(150_011);
  expect(survivors(token)).toHaveLength(1);
  expect(await agent.settleLeftovers("end")).toMatchObject([{ command: `sleep ${token}` }]);
  expect(await survivorsAfter(token)).toEqual([]);
});

test("what a grandchild still says soon after the exit is waited for", async () => {
  const agent = await startShell(
    await openTestRun(),
    "(for i in 1 2 3 4 5 6; do sleep 0.04; echo $i; done; sleep 600) & exit",
  );
  expect(String(await readAll(agent))).toBe("1\n2\n3\n4\n5\n6\n");
});

test("the time of silence after the exit counts only while somebody reads", async () => {
  const agent = await startShell(await openTestRun(), "head -c 190000 /dev/zero; sleep 600 & exit");
  let length = 0;
  for await (const { bytes } of agent.output) {
    length += bytes.length;
    await sleep(150);
  }
  expect(length).toBe(190_000);
});

test("a reader that doesn't pull stops the agent, which goes on when it does", async () => {
  const agent = await startShell(await openTestRun(), "head -c 5000000 /dev/zero; echo written >&2; sleep 600");
  const reader = agent.output[Symbol.asyncIterator]();
  let length = (await readNext(reader)).bytes.length;
  await sleep(500);
  let said = "";
  while (said === "") {
    const { stream, bytes } = await readNext(reader);
    if (stream === "stderr") said = String(bytes);
    else length += bytes.length;
  }
  expect(said).toBe("written\n");
  // It could write its last word only after we had read nearly all the rest.
  expect(length).toBeGreaterThan(4_000_000);
});

test("a reader that leaves doesn't keep the agent from being ended", async () => {
  const run = await openTestRun();
  const agent = await startShell(run, "trap '' PIPE; while :; do echo more; done");
  for await (const { bytes } of agent.output) {
    expect(bytes.length).toBeGreaterThan(0);
    break;
  }
  expect(isAlive(agent.pid)).toBe(true);
  expect(await agent.end()).toEqual([]);
  expect(await agent.exit).toMatchObject({ code: null });
  expect(run.processes()).toEqual([]);
});

test("1 GB of output passes through a host that stays below 150 MB", async () => {
  const reader = spawnNode("this user", [fixture("reader.ts"), join(makeFolder(), "active"), "1073741824"], {});
  let said = "";
  for await (const bytes of reader.stdout!) said += String(bytes);
  const { length, peakMb } = JSON.parse(said) as { length: number; peakMb: number };
  expect(length).toBe(2 ** 30);
  expect(peakMb).toBeLessThan(150);
}, 120_000);

test("4 MB on stdin to an agent that exits without reading harm nobody", async () => {
  const agent = await startShell(await openTestRun(), "exit 3", { stdin: Buffer.alloc(4_000_000, "x") });
  expect(await agent.exit).toEqual({ code: 3, signal: null });
  expect(await readAll(agent)).toHaveLength(0);
});

test("4 MB on stdin to an agent that closes it and works on harm nobody", async () => {
  const agent = await startShell(await openTestRun(), "exec 0<&-; sleep 0.5; echo done", {
    stdin: Buffer.alloc(4_000_000, "x"),
  });
  expect(String(await readAll(agent))).toBe("done\n");
  expect(await agent.exit).toEqual({ code: 0, signal: null });
});

test("4 MB on stdin arrive whole, to their last byte", async () => {
  const stdin = "日本\u2028\n".repeat(400_000);
  const agent = await startShell(await openTestRun(), "sleep 0.2; cat", { stdin });
  expect(String(await readAll(agent)) === stdin).toBe(true);
});

test("stdin that is kept open takes more, until it is closed", async () => {
  const agent = await startShell(await openTestRun(), "cat; echo over", { stdin: "one\n", keepStdinOpen: true });
  const reader = agent.output[Symbol.asyncIterator]();
  expect(String((await readNext(reader)).bytes)).toBe("one\n");
  agent.write("two\n");
  expect(String((await readNext(reader)).bytes)).toBe("two\n");
  agent.closeStdin();
  agent.write("too late");
  expect(String((await readNext(reader)).bytes)).toBe("over\n");
  expect(await reader.next()).toMatchObject({ done: true });
  agent.write("far too late");
  agent.closeStdin();
  expect(await until(() => !isAlive(agent.pid))).toBe(true);
});
