/** All the ways in which a run of a real agent can end while its shell tool works: the same for every agent and user. */
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { removeFolders, spawnNode, users } from "../../fixtures/processes/hosts.ts";
import { newToken } from "../../fixtures/processes/survivors.ts";
import type { HarnessOptions } from "../../../src/run/options.ts";
import { startMockModel, text, type MockModel, type Turn } from "../../../src/testing/index.ts";
import { answer, script } from "../../support/scripted-agent.ts";
import type { RealAgent } from "./agents.ts";
import { endHost, expectGone, makeGround, placeOn, startHost, type Ground, type Host } from "./process-host.ts";
import { giveTo, installationFor } from "./process-user.ts";
import { waitToStart } from "./start-gate.ts";

/** Processes of a nasty tree, its root included. */
const treeSize = 10;

/** Registers the tests for one agent. An agent that is slow to start shows the most telling ones as a second user. */
export function testProcessLife(agent: RealAgent, { isSlow = false } = {}): void {
  const opened: { host: Host; model: MockModel }[] = [];
  afterEach(async () => {
    for (const { host, model } of opened.splice(0)) {
      endHost(host);
      await model.close();
    }
  });
  afterAll(removeFolders);

  describe.each(users)(`of what ${agent.id}'s shell tool has started nothing survives, as %s,`, (user) => {
    const isShort = isSlow && user !== users[0];
    let ground: Ground;
    beforeAll(() => void (ground = makeGround(user)));
    /** How long the last tree took to grow: a run that is to be ended by its clock must have the time for it. */
    let growthMs = 20_000;

    async function begin(command: (tree: string) => string, options: HarnessOptions = {}): Promise<Host> {
      const token = newToken();
      const { packageRoot } = installationFor(user);
      const tree = `node '${join(packageRoot, "test/fixtures/processes/nasty-tree.mjs")}' ${token}`;
      const turns: Turn[] = [agent.calls.shell(command(tree)), text("Done.")];
      const model = await startMockModel({ script: turns });
      const place = placeOn(ground);
      const env = agent.configure(place, { baseUrl: model.baseUrl });
      for (const directory of [place.cwd, place.home]) giveTo(user, directory);
      const run = { provider: agent.id, model: agent.model, cwd: place.cwd, permissions: "unrestricted" } as const;
      const started = await waitToStart(model);
      const host = startHost(ground, place, [{ prompt: "Go.", options: { ...run, ...options } }], env, token);
      opened.push({ host, model });
      void host.exit.then(started);
      return host;
    }

    /** A run whose shell tool is the root of a nasty tree that stays. */
    async function growTree(options?: HarnessOptions): Promise<Host> {
      const startedAtMs = Date.now();
      const host = await begin((tree) => `${tree} stay`, options);
      await host.until(() => sizeOfTree(host) >= treeSize);
      growthMs = Date.now() - startedAtMs;
      return host;
    }

    test("when the run is cancelled", async () => {
      const host = await growTree();
      host.command("cancel");
      expect(await host.outcome()).toMatchObject({ status: "cancelled", code: "cancelled" });
      expect(host.agents()).toEqual([]);
      expect(await host.exit).toBe(0);
      await expectGone(host, ground);
    });

    if (!isShort) {
      test("when its time is over", async () => {
        const host = await growTree({ timeouts: { total: 2 * growthMs + 3_000 } });
        expect(await host.outcome()).toMatchObject({ status: "failed", code: "timeout" });
        expect(host.agents()).toEqual([]);
        expect(await host.exit).toBe(0);
        await expectGone(host, ground);
      });

      test("when the agent has finished, and what it left is named", async () => {
        const host = await begin((tree) => `${tree} exit >/dev/null 2>&1`);
        const { status, warnings = [] } = await host.outcome();
        expect(status).toBe("completed");
        const named = warnings.filter((warning) => warning.includes(host.token) && warning.includes("was ended"));
        // Its root has exited, one hops too fast to have a name, and Codex takes one with it.
        expect(named.length, warnings.join("\n")).toBeGreaterThanOrEqual(treeSize - 3);
        expect(host.agents()).toEqual([]);
        expect(await host.exit).toBe(0);
        await expectGone(host, ground);
      });

      test("when the host dies of an error that nobody caught", async () => {
        const host = await growTree();
        host.command("throw");
        expect(await host.exit).toBe(1);
        await expectGone(host, ground);
      });
    }

    test.each(isShort ? (["SIGKILL"] as const) : (["SIGTERM", "SIGKILL"] as const))(
      "when the host dies of %s",
      async (signal) => {
        const host = await growTree();
        host.kill(signal);
        expect(await host.exit).toBe(signal);
        await expectGone(host, ground);
      },
    );

    const sweeps = [
      ["hitch reap does", sweepByCommand],
      ["the next run sweeps", sweepByRun],
    ] as const;
    test.each(isShort ? sweeps.slice(0, 1) : sweeps)(
      "when host and reaper are killed together and %s",
      async (_, sweep) => {
        const host = await growTree();
        expect(host.reapers).toHaveLength(1);
        for (const { pid } of host.reapers) process.kill(pid, "SIGKILL");
        host.kill("SIGKILL");
        await host.exit;
        // Codex has some die with it.
        expect(sizeOfTree(host)).toBeGreaterThanOrEqual(treeSize - 3);
        await sweep(ground);
        await expectGone(host, ground);
      },
    );
  });
}

function sizeOfTree(host: Host): number {
  return host.agents().filter(({ command }) => command.includes(host.token)).length;
}

async function sweepByRun(ground: Ground): Promise<void> {
  const { cwd } = placeOn(ground);
  giveTo(ground.user, cwd);
  const options = { provider: "scripted", cwd };
  const host = startHost(ground, { cwd }, [{ prompt: script(...answer("Hello.")), options }], {});
  expect(await host.outcome()).toMatchObject({ status: "completed" });
  expect(await host.exit).toBe(0);
}

async function sweepByCommand({ user, state, home }: Ground): Promise<void> {
  const { packageRoot, path } = installationFor(user);
  const command = [join(packageRoot, "src/cli/main.ts"), "reap"];
  const child = spawnNode(user, command, { PATH: path, HITCH_STATE_DIR: state, HOME: home });
  child.stdout?.resume();
  child.stderr?.resume();
  const [code] = (await once(child, "close")) as [number | null];
  expect(code).toBe(0);
}
