import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { sandboxArguments } from "../../../src/policy/sandbox.ts";
import { StartError } from "../../../src/effects/process/index.ts";
import { copyBubblewrap } from "../../support/bubblewrap.ts";
import type { TestHost, User } from "../../fixtures/processes/hosts.ts";
import { fixture, makeFolder, nodeFor, removeFolders, startHost, users } from "../../fixtures/processes/hosts.ts";
import {
  closeTestRuns,
  openTestRun,
  readAll,
  recordsIn,
  start,
  startShell,
  until,
} from "../../fixtures/processes/runs.ts";
import { killSurvivors, newToken, survivors, survivorsAfter } from "../../fixtures/processes/survivors.ts";

const trees: { readonly host: TestHost; readonly token: string }[] = [];

afterEach(async () => {
  await closeTestRuns();
  for (const { host, token } of trees.splice(0)) {
    host.child.kill("SIGKILL");
    await killSurvivors(token);
  }
});
afterAll(removeFolders);

/** A sandbox in which all can be read and nothing written. */
function sandboxFor(user: User, network: "open" | "closed" | "closed-with-low-ports" = "open"): string[] {
  const isRoot = user === "root" || (user === "this user" && process.getuid?.() === 0);
  return [copyBubblewrap(makeFolder(user)), ...sandboxArguments({ places: [], isRoot, network, env: {} })];
}

const own: User = process.getuid?.() === 0 ? "root" : "this user";

describe("of an agent in a sandbox", () => {
  test.each([
    ["exit 0", { code: 0, signal: null }],
    ["exit 7", { code: 7, signal: null }],
    ["exit 128", { code: 128, signal: null }],
    ["kill -KILL $$", { code: null, signal: "SIGKILL" }],
    ["kill -TERM $$", { code: null, signal: "SIGTERM" }],
    ["kill -SEGV $$", { code: null, signal: "SIGSEGV" }],
  ])("the end is told as without one: %s", async (script, exit) => {
    const agent = await startShell(await openTestRun(), `echo said; echo warned >&2; ${script}`, {
      sandbox: sandboxFor(own),
    });
    expect(String(await readAll(agent))).toBe("said\n");
    expect(await agent.exit).toEqual(exit);
    expect(await agent.settleLeftovers("end")).toEqual([]);
  });

  test("the pid is its own, and the signal to end reaches it: it puts its things away, and its exit code counts", async () => {
    const run = await openTestRun();
    const script = `trap 'echo flushed; exit 42' TERM; echo ready; while :; do sleep 0.05; done`;
    const agent = await startShell(run, script, { sandbox: sandboxFor(own), graceMs: 20_000 });
    expect(run.processes().find(({ pid }) => pid === agent.pid)?.command).toMatch(/^\S*sh -c trap/);
    let said = "";
    for await (const { bytes } of agent.output) {
      said += String(bytes);
      if (said === "ready\n") void agent.end();
    }
    expect(said).toBe("ready\nflushed\n");
    expect(await agent.exit).toEqual({ code: 42, signal: null });
    expect(await agent.end()).toEqual([]);
  });

  test("input is read to its end, and output of 8 MB arrives whole", async () => {
    const stdin = "x".repeat(8_000_000);
    const agent = await start(await openTestRun(), "cat", [], { sandbox: sandboxFor(own), stdin });
    expect(String(await readAll(agent))).toBe(stdin);
  });

  test("no descriptor of ours is open", async () => {
    const agent = await startShell(
      await openTestRun(),
      `for fd in /proc/self/fd/[3-9]; do [ -e "$fd" ] && readlink $fd; done; true`,
      {
        sandbox: sandboxFor(own),
      },
    );
    expect(String(await readAll(agent))).not.toContain("socket");
  });
});

test("a descriptor that the host was started with is not handed on: a directory of elsewhere would be a way out", async () => {
  const folder = makeFolder();
  const token = newToken();
  const script = `[ -d /proc/self/fd/40 ] && echo ready open || echo ready closed; exec sleep ${token}`;
  const request = { activeDirectory: join(folder, "active"), cwd: folder, file: "sh", args: ["-c", script] };
  const before = ["bash", "-c", 'exec 40</; exec "$@"', "sh"];
  for (const [sandbox, said] of [
    [undefined, "ready open"],
    [sandboxFor(own), "ready closed"],
  ] as const) {
    const host = startHost("this user", { ...request, sandbox }, {}, before);
    trees.push({ host, token });
    expect(await host.message("ready")).toMatchObject({ said });
  }
});

test("a sandbox that fails is told by a host that does nothing else too", async () => {
  const folder = makeFolder();
  const [bubblewrap = "", ...args] = sandboxFor(own);
  const sandbox = [bubblewrap, "--bind", "/no/such/directory", "/tmp", ...args];
  const command = { file: "sh", args: ["-c", "true"], sandbox };
  const host = startHost("this user", { activeDirectory: join(folder, "active"), cwd: folder, ...command });
  await expect(host.message("ready")).rejects.toThrow(/in a sandbox: .*\/no\/such/);
  expect(await host.exit).toBe(1);
});

test("what keeps bubblewrap from making the sandbox is told in its own words, and nothing is left", async () => {
  const run = await openTestRun();
  const [bubblewrap = "", ...args] = sandboxFor(own);
  const sandbox = [bubblewrap, "--bind", "/no/such/directory", "/tmp", ...args];
  const failure = await startShell(run, "true", { sandbox }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(StartError);
  expect(failure).toMatchObject({
    reason: "sandbox-failed",
    message: expect.stringMatching(/in a sandbox: .*\/no\/such/) as unknown,
  });
  expect(run.processes()).toEqual([]);
});

describe.each(users)(
  "as %s, of the ten kinds of processes that an agent can leave in a sandbox, none survives",
  (user) => {
    async function growTree(then: "stay" | "exit") {
      const token = newToken();
      const folder = makeFolder(user);
      const activeDirectory = join(folder, "active");
      const args = [fixture("nasty-tree.mjs", user), token, then];
      const command = { file: nodeFor(user), args, sandbox: sandboxFor(user) };
      const host = startHost(user, { activeDirectory, cwd: folder, graceMs: 300, ...command });
      trees.push({ host, token });
      expect(await host.message("ready")).toMatchObject({ said: "ready 10", containment: { tier: "tag" } });
      return { host, token, activeDirectory };
    }

    test("when the run is cancelled", async () => {
      const { host, token } = await growTree("stay");
      expect(survivors(token).length).toBeGreaterThanOrEqual(10);
      host.command("end");
      expect(await host.message("ended")).toMatchObject({ remaining: [] });
      expect(survivors(token)).toEqual([]);
      host.command("close");
      expect(await host.exit).toBe(0);
    });

    test("when the agent exits normally: they go with it", async () => {
      const { host, token } = await growTree("exit");
      expect(await host.message("output-ended")).toMatchObject({ exit: { code: 0, signal: null } });
      host.command("settle");
      expect(await host.message("settled")).toMatchObject({ found: [] });
      expect(survivors(token)).toEqual([]);
      host.command("close");
      expect(await host.exit).toBe(0);
    });

    test("when the host dies of SIGKILL", async () => {
      const { host, token, activeDirectory } = await growTree("stay");
      host.child.kill("SIGKILL");
      expect(await host.exit).toBe("SIGKILL");
      expect(await survivorsAfter(token, 5000)).toEqual([]);
      expect(await until(() => recordsIn(activeDirectory).length === 0)).toBe(true);
    });

    test("and what listens in a closed network may use ports below 1024, if that is wanted", async () => {
      const token = newToken();
      const folder = makeFolder(user);
      const program =
        "net.createServer().listen(443, '127.9.0.1', () => console.log('ready')).on('error', (e) => console.log('no', e.code, 'ready'))";
      const command = {
        file: nodeFor(user),
        args: ["-e", program, token],
        sandbox: sandboxFor(user, "closed-with-low-ports"),
      };
      const host = startHost(user, { activeDirectory: join(folder, "active"), cwd: folder, ...command });
      trees.push({ host, token });
      expect(await host.message("ready")).toMatchObject({ said: "ready" });
    });

    test.each([
      ["open", "shared"],
      ["closed", "alone"],
    ] as const)("and in a network that is %s it is %s", async (network, company) => {
      const token = newToken();
      const folder = makeFolder(user);
      const script = `wc -l </proc/net/dev; echo ready $(readlink /proc/self/ns/net); exec sleep ${token}`;
      const command = { file: "sh", args: ["-c", script], sandbox: sandboxFor(user, network) };
      const host = startHost(user, { activeDirectory: join(folder, "active"), cwd: folder, ...command });
      trees.push({ host, token });
      const { said } = await host.message("ready");
      const outside = startHost(user, {
        activeDirectory: join(folder, "active"),
        cwd: folder,
        file: "sh",
        args: ["-c", script],
      });
      trees.push({ host: outside, token });
      const { said: saidOutside } = await outside.message("ready");
      expect(said === saidOutside ? "shared" : "alone").toBe(company);
    });
  },
);
