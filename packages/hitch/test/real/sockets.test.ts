import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { removeFolders } from "../fixtures/processes/hosts.ts";
import { startMockModel, text, type MockModel } from "../../src/testing/index.ts";
import { survivors } from "../support/no-leftovers.ts";
import { agents } from "./support/agents.ts";
import { endHost, expectGone, makeGround, placeOn, startHost, type Host } from "./support/process-host.ts";
import { findAlive } from "./support/process-scan.ts";
import { watchListeners } from "./support/process-sockets.ts";

vi.setConfig({ testTimeout: 300_000 });

const opened: { host: Host; model: MockModel }[] = [];
afterEach(async () => {
  for (const { host, model } of opened.splice(0)) {
    endHost(host);
    await model.close();
  }
});
afterAll(removeFolders);

test("a process that listens for two seconds is noticed, however busy the machine is", async () => {
  const watch = watchListeners(survivors);
  const program = `
    require("node:net").createServer().listen(0, "127.0.0.1");
    require("node:dgram").createSocket("udp4").bind(0, "127.0.0.1");
    setTimeout(process.exit, 2000);`;
  await once(spawn(process.execPath, ["-e", program]), "exit");
  const found = watch.stop();
  expect(found.map((line) => line.split(" ")[0]).sort()).toEqual(["tcp", "udp"]);
});

test.each(agents)("no process of a run of $id listens on an address, nor does its host", async (agent) => {
  const turns = [agent.calls.shell("echo a > a.txt; sleep 0.5"), agent.calls.write("b.txt", "b"), text("Done.")];
  const model = await startMockModel({ script: turns });
  const ground = makeGround("this user");
  const place = placeOn(ground);
  const env = agent.configure(place, { baseUrl: model.baseUrl });
  const options = { provider: agent.id, model: agent.model, cwd: place.cwd, permissions: "unrestricted" } as const;

  const host = startHost(ground, place, [{ prompt: "Go.", options }], env);
  opened.push({ host, model });
  const watch = watchListeners(() => findAlive(host));
  const { status } = await host.outcome();
  await host.exit;

  expect(watch.stop()).toEqual([]);
  expect(watch.looks).toBeGreaterThan(10);
  expect(status).toBe("completed");
  await expectGone(host, ground);
});
