// Folders of runs that do not let themselves be removed at once, or not at all.
import { existsSync, readdirSync, rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import { sweepAbandoned } from "../../../src/effects/process/index.ts";
import type { TestHost } from "../../fixtures/processes/hosts.ts";
import { makeFolder, removeFolders, startHost, users } from "../../fixtures/processes/hosts.ts";
import { recordsIn, until } from "../../fixtures/processes/runs.ts";
import { killSurvivors, newToken } from "../../fixtures/processes/survivors.ts";
import { makeStuckRun, writeDeadRun } from "../../support/stuck-run.ts";

// Modes don't stop root.
const user = users.at(-1) ?? "this user";
const hosts: TestHost[] = [];
const tokens: string[] = [];

afterEach(async () => {
  for (const host of hosts.splice(0)) host.child.kill("SIGKILL");
  for (const token of tokens.splice(0)) await killSurvivors(token);
});
afterAll(removeFolders);

/** A run whose agent has made a folder in its scratch, and maybe that itself, that nobody may look into. */
async function startClosing(closed: string): Promise<{ host: TestHost; activeDirectory: string }> {
  const activeDirectory = join(makeFolder(user), "active");
  const token = newToken();
  const close = `cd ${activeDirectory}/*/scratch && mkdir x && touch x/f && chmod 0 ${closed}`;
  const script = `${close} && echo ready; exec sleep ${token}`;
  const host = startHost(user, { activeDirectory, cwd: "/", file: "sh", args: ["-c", script], graceMs: 100 });
  hosts.push(host);
  tokens.push(token);
  await host.message("ready");
  return { host, activeDirectory };
}

test.each(["x", "x .", "x .. ."])("what an agent has closed (%s) goes with the run", async (closed) => {
  const { host, activeDirectory } = await startClosing(closed);
  host.command("close");
  await host.message("closed");
  expect(readdirSync(activeDirectory)).toEqual([]);
});

test("what an agent has closed goes when the host is killed", async () => {
  const { host, activeDirectory } = await startClosing("x");
  host.child.kill("SIGKILL");
  expect(await until(() => readdirSync(activeDirectory).length === 0)).toBe(true);
});

test("one that cannot be removed is told, keeps its record and stops nothing", async () => {
  const { runId, active } = makeStuckRun();
  const other = writeDeadRun(active);
  for (const _ of ["now", "and the next time"]) {
    const swept = await sweepAbandoned(active);
    expect(swept.find((run) => run.runId === runId)).toMatchObject({
      path: join(active, runId),
      cwd: "/",
      problem: expect.stringContaining("ENAMETOOLONG") as string,
    });
    expect(recordsIn(active)).toEqual([runId]);
    expect(existsSync(join(active, other))).toBe(false);
  }
});

test("one without a record that cannot be removed is told, and stops nothing", async () => {
  const { runId, active } = makeStuckRun();
  rmSync(join(active, runId, "record.json"));
  utimesSync(join(active, runId), 0, 0);
  const other = writeDeadRun(active);
  const swept = await sweepAbandoned(active);
  expect(swept.map((run) => [run.runId, run.problem !== undefined, run.cwd])).toEqual([
    [runId, true, undefined],
    [other, false, "/"],
  ]);
});
