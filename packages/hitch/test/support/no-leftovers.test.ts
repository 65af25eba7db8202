import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { endSurvivors, lastingAfter, leftBehind, processesWithTag, survivors } from "./no-leftovers.ts";
import { listeningPortsOf } from "./proc.ts";

const sleeper = ["-e", "setTimeout(() => {}, 60_000)"];
const pidsOf = (records: readonly { pid: number }[]) => records.map(({ pid }) => pid);

async function started(child: ChildProcess): Promise<number> {
  await once(child, "spawn");
  return child.pid ?? -1;
}

async function ended(child: ChildProcess): Promise<void> {
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
}

test("a test process without children has no survivors, vitest's own processes aside", () => {
  expect(survivors()).toEqual([]);
});

test("a child with a cleared environment is found by its ancestry", async () => {
  const child = spawn(process.execPath, sleeper, { env: {} });
  const pid = await started(child);
  expect(pidsOf(survivors())).toEqual([pid]);
  await ended(child);
  expect(survivors()).toEqual([]);
});

test("an orphan in a session of its own is found by the marker of its test file, and ended", async () => {
  const program = `require("node:child_process").spawn(process.execPath, ${JSON.stringify(sleeper)}, { detached: true, stdio: "ignore" }).unref()`;
  const parent = spawn(process.execPath, ["-e", program]);
  await once(parent, "exit");
  expect(survivors({ marker: "another-run/", ancestor: undefined })).toEqual([]);
  expect(survivors()).toHaveLength(1);
  endSurvivors(process.env.HITCH_TEST_RUN ?? "none");
  expect(await lastingAfter(5_000, () => survivors())).toEqual([]);
});

test.runIf(process.platform === "linux")("a process is found by the tag in its resource limits", async () => {
  const tag = 2n ** 60n + 12345n;
  const child = spawn("bash", ["-c", `ulimit -R ${tag} && exec sleep 60`], { env: { PATH: process.env.PATH ?? "" } });
  const pid = await started(child);
  const found = await lastingUntilFound(() => processesWithTag().filter((record) => record.pid === pid));
  expect(found.map((record) => record.tag)).toEqual([tag]);
  await ended(child);
  expect(pidsOf(processesWithTag())).not.toContain(pid);
});

test("a listening server of this process is found by its port", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  expect(listeningPortsOf(process.pid)).toEqual([(server.address() as AddressInfo).port]);
  server.close();
  await once(server, "close");
  expect(listeningPortsOf(process.pid)).toEqual([]);
});

test("what is left is reported after the grace, a line for each thing", async () => {
  const temp = mkdtempSync(join(tmpdir(), "left-"));
  writeFileSync(join(temp, "forgotten.txt"), "");
  const left = await leftBehind({ marker: "another-run/", temp, limitMs: 0 });
  rmSync(temp, { recursive: true });
  expect(left).toEqual(["the temp file forgotten.txt"]);
});

async function lastingUntilFound<Found>(look: () => Found[]): Promise<Found[]> {
  const missing = await lastingAfter(5_000, () => (look().length === 0 ? ["not yet"] : []));
  expect(missing).toEqual([]);
  return look();
}
