import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import type { TestHost, User } from "../../fixtures/processes/hosts.ts";
import {
  fixture,
  makeFolder,
  nodeFor,
  removeFolders,
  spawnNode,
  startHost,
  users,
} from "../../fixtures/processes/hosts.ts";
import { childrenOf, killSurvivors, newToken, survivors, survivorsAfter } from "../../fixtures/processes/survivors.ts";
import { signalProcess } from "../../support/signal.ts";

const ROLES = 10;
const WITHIN_MS = 5000;

interface Tree {
  readonly host: TestHost;
  readonly token: string;
  readonly activeDirectory: string;
  readonly user: User;
}

const trees: Tree[] = [];

afterEach(async () => {
  for (const { host, token } of trees.splice(0)) {
    host.child.kill("SIGKILL");
    await killSurvivors(token);
  }
});
afterAll(removeFolders);

async function growTree(user: User, then: "stay" | "exit", settings: object = {}): Promise<Tree> {
  const token = newToken();
  const folder = makeFolder(user);
  const activeDirectory = join(folder, "active");
  const args = [fixture("nasty-tree.mjs", user), token, then];
  const host = startHost(user, { activeDirectory, cwd: folder, file: nodeFor(user), args, graceMs: 300, ...settings });
  const tree = { host, token, activeDirectory, user };
  trees.push(tree);
  expect(await host.message("ready")).toMatchObject({ said: `ready ${ROLES}`, containment: { tier: "tag" } });
  return tree;
}

function recordsIn(activeDirectory: string): readonly string[] {
  return existsSync(activeDirectory) ? readdirSync(activeDirectory) : [];
}

async function until(condition: () => boolean): Promise<boolean> {
  for (const deadline = Date.now() + WITHIN_MS; Date.now() < deadline;) {
    if (condition()) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return condition();
}

describe.each(users)("as %s, of the ten kinds of processes that an agent can leave, none survives", (user) => {
  test("when the run is cancelled", async () => {
    const { host, token, activeDirectory } = await growTree(user, "stay");
    expect(survivors(token).length).toBeGreaterThanOrEqual(ROLES);
    host.command("end");
    expect(await host.message("ended")).toMatchObject({ remaining: [] });
    expect(survivors(token)).toEqual([]);
    host.command("close");
    expect(await host.exit).toBe(0);
    expect(await survivorsAfter(token)).toEqual([]);
    expect(recordsIn(activeDirectory)).toEqual([]);
  });

  test("when the agent exits normally, and each one left is named", async () => {
    const { host, token, activeDirectory } = await growTree(user, "exit");
    expect(await host.message("output-ended")).toMatchObject({ exit: { code: 0, signal: null } });
    expect(survivors(token).length).toBeGreaterThanOrEqual(ROLES - 1);
    host.command("settle");
    const { found } = (await host.message("settled")) as { found: { command: string }[] };
    expect(found.filter(({ command }) => command.includes(token)).length).toBeGreaterThanOrEqual(ROLES - 1);
    host.command("close");
    expect(await host.exit).toBe(0);
    expect(await survivorsAfter(token)).toEqual([]);
    expect(recordsIn(activeDirectory)).toEqual([]);
  });

  test.each(["SIGTERM", "SIGKILL"] as const)("when the host dies of %s", async (signal) => {
    const { host, token, activeDirectory } = await growTree(user, "stay");
    host.child.kill(signal);
    expect(await host.exit).toBe(signal);
    expect(await survivorsAfter(token, WITHIN_MS)).toEqual([]);
    expect(await until(() => recordsIn(activeDirectory).length === 0)).toBe(true);
  });

  test("when the host dies of an error that nobody caught", async () => {
    const { host, token, activeDirectory } = await growTree(user, "stay");
    host.command("throw");
    expect(await host.exit).toBe(1);
    expect(await survivorsAfter(token, WITHIN_MS)).toEqual([]);
    expect(await until(() => recordsIn(activeDirectory).length === 0)).toBe(true);
  });

  test("when host and reaper are shot at once, once somebody sweeps", async () => {
    const { host, token, activeDirectory } = await growTree(user, "stay");
    const [reaper = 0] = childrenOf(host.pid, "reaper.");
    expect(reaper).toBeGreaterThan(0);
    signalProcess(reaper);
    host.child.kill("SIGKILL");
    await host.exit;
    expect(survivors(token).length).toBeGreaterThanOrEqual(ROLES - 1);

    const sweeper = spawnNode(user, [fixture("sweeper.ts", user), activeDirectory], {});
    const said = await new Promise<string>((resolve) => {
      let text = "";
      sweeper.stdout?.on("data", (bytes: Buffer) => (text += String(bytes)));
      sweeper.once("close", () => resolve(text));
    });
    expect(JSON.parse(said)).toMatchObject([{ processes: expect.any(Array) as unknown }]);
    expect(await survivorsAfter(token, WITHIN_MS)).toEqual([]);
    expect(recordsIn(activeDirectory)).toEqual([]);
  });

  test("when the host is stuck for longer than it may be silent", async () => {
    const { host, token, activeDirectory } = await growTree(user, "stay", { renewWithinMs: 1000 });
    host.command("block");
    expect(await survivorsAfter(token, 2 * WITHIN_MS)).toEqual([]);
    expect(await until(() => recordsIn(activeDirectory).length === 0)).toBe(true);
  });
});
