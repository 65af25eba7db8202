import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
import { removeFolders } from "../../fixtures/processes/hosts.ts";
import { startMockModel, text, type MockModel } from "../../../src/testing/index.ts";
import { agentExecutable } from "../../support/agents.ts";
import { agentById } from "../support/agents.ts";
import {
  endHost,
  expectGone,
  makeGround,
  placeOn,
  startHost,
  type Ground,
  type Host,
} from "../support/process-host.ts";

vi.setConfig({ testTimeout: 300_000 });

const hosts: Host[] = [];
let model: MockModel;
beforeEach(async () => {
  model = await startMockModel({ script: ({ lastUserText = "" }) => text(`You said: ${lastUserText}`) });
});
afterEach(async () => {
  hosts.splice(0).forEach(endHost);
  await model.close();
});
afterAll(removeFolders);

test("ten OpenCode runs at once, the first ever in their home, all succeed", async () => {
  const ground = makeGround("this user");
  await runInHosts(ground, [10]);
});

test("five OpenCode runs in each of two processes, the first ever in their home, all succeed", async () => {
  const ground = makeGround("this user");
  await runInHosts(ground, [5, 5]);
});

async function runInHosts(ground: Ground, runsPerHost: readonly number[]): Promise<void> {
  const place = placeOn(ground);
  const env = agentById.opencode.configure(place, { baseUrl: model.baseUrl });
  const { executable, starts } = logStarts(place.home);
  const options = { provider: "opencode", model: agentById.opencode.model, cwd: place.cwd, executable };
  const started = runsPerHost.map((count, host) => {
    const runs = Array.from({ length: count }, (_, run) => ({ prompt: `${host}/${run}`, options }));
    return startHost(ground, place, runs, env);
  });
  hosts.push(...started);

  for (const [index, host] of started.entries()) {
    for (let run = 0; run < runsPerHost[index]!; run++) {
      const { status, text: said, attempts, warnings } = await host.outcome(run);
      expect({ status, said, warnings }).toEqual({
        status: "completed",
        said: `You said: ${index}/${run}`,
        warnings: [],
      });
      expect(attempts).toHaveLength(1);
    }
    expect(await host.exit).toBe(0);
  }
  expect(starts().filter((line) => line.startsWith("db "))).toHaveLength(1);
  expect(starts().filter((line) => line.startsWith("run "))).toHaveLength(10);
  expect(starts()[0]).toMatch(/^db /);
  for (const host of started) await expectGone(host, ground);
}

/** An executable that is OpenCode, and writes down the arguments of its starts. */
function logStarts(directory: string): { executable: string; starts: () => readonly string[] } {
  const executable = join(directory, "opencode");
  const log = join(directory, "starts.txt");
  writeFileSync(executable, `#!/bin/sh\necho "$*" >> '${log}'\nexec '${agentExecutable("opencode")}' "$@"\n`);
  chmodSync(executable, 0o755);
  return { executable, starts: () => readFileSync(log, "utf8").trimEnd().split("\n") };
}
