import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { removeFolders } from "../../fixtures/processes/hosts.ts";
import { newToken } from "../../fixtures/processes/survivors.ts";
import { startMockModel, text, type MockModel, type RecordedRequest, type Turn } from "../../../src/testing/index.ts";
import { describeProcess } from "../../support/proc.ts";
import { agentById, type RealAgent } from "../support/agents.ts";
import {
  endHost,
  expectGone,
  makeGround,
  placeOn,
  startHost,
  type Ground,
  type Host,
} from "../support/process-host.ts";
import { findReapers, isAlive } from "../support/process-scan.ts";
import { installationFor } from "../support/process-user.ts";

vi.setConfig({ testTimeout: 300_000 });

const { packageRoot } = installationFor("this user");
const tree = `node '${join(packageRoot, "test/fixtures/processes/nasty-tree.mjs")}'`;
/** Another host, in the shell tool of the outer agent. */
const innerHost = `HOST_RUNS="$INNER_RUNS" node '${join(packageRoot, "test/fixtures/hosts/harness-host.ts")}'`;

const opened: { host: Host; model: MockModel }[] = [];
afterEach(async () => {
  for (const { host, model } of opened.splice(0)) {
    endHost(host);
    await model.close();
  }
});
afterAll(removeFolders);

describe.each([
  { outer: agentById.opencode, inner: agentById.pi },
  { outer: agentById.pi, inner: agentById.opencode },
])("inside the shell tool of a run of $outer.id, a run of $inner.id", ({ outer, inner }) => {
  let ground: Ground;
  beforeAll(() => void (ground = makeGround("this user")));

  /** The outer agent calls its shell with the first command, the inner one with the second. */
  async function begin(outerCommand: string, innerCommand: string, token: string): Promise<Host> {
    const model = await startMockModel({ script: callShellOnce({ outer, outerCommand, inner, innerCommand }) });
    const place = placeOn(ground);
    const configure = (agent: RealAgent) => agent.configure(place, { baseUrl: model.baseUrl });
    const env = { ...configure(outer), ...configure(inner) };
    const options = { model: agentById.pi.model, cwd: place.cwd, permissions: "unrestricted" } as const;
    const innerRuns = JSON.stringify([{ prompt: "Inner.", options: { ...options, provider: inner.id } }]);
    const run = { prompt: "Outer.", options: { ...options, provider: outer.id, env: { INNER_RUNS: innerRuns } } };
    const host = startHost(ground, place, [run], env, token);
    opened.push({ host, model });
    return host;
  }

  test.each(["cancel", "SIGKILL"] as const)("is gone, host, reaper and all, after the outer one's %s", async (end) => {
    const token = newToken();
    const host = await begin(innerHost, `${tree} ${token} stay`, token);
    await host.until(() => withText(host, token).length >= 10);
    const innerReapers = host.agents().flatMap(({ pid }) => findReapers(pid));
    expect(innerReapers).toHaveLength(1);

    if (end === "SIGKILL") host.kill(end);
    else {
      host.command(end);
      expect(await host.outcome()).toMatchObject({ status: "cancelled" });
      expect(host.agents().map(describeProcess)).toEqual([]);
    }
    await host.exit;
    await expectGone(host, ground);
    expect(innerReapers.filter(isAlive)).toEqual([]);
  });

  test("that ends leaves the outer one alone", async () => {
    const token = newToken();
    const [before, after, left] = ["1", "2", "3"].map((end) => token + end) as [string, string, string];
    const command = `sleep ${before} & ${innerHost} >/dev/null && exec sleep ${after}`;
    const host = await begin(command, `setsid sleep ${left} >/dev/null 2>&1 &`, token);
    await host.until(() => withText(host, `sleep ${after}`).some(({ command: line }) => line === `sleep ${after}`));
    expect(withText(host, left)).toEqual([]);
    expect(withText(host, before).length).toBeGreaterThanOrEqual(1);

    host.command("cancel");
    expect(await host.outcome()).toMatchObject({ status: "cancelled" });
    await host.exit;
    await expectGone(host, ground);
  });
});

function withText(host: Host, part: string) {
  return host.agents().filter(({ command }) => command.includes(part));
}

interface Calls {
  readonly outer: RealAgent;
  readonly outerCommand: string;
  readonly inner: RealAgent;
  readonly innerCommand: string;
}

function callShellOnce({ outer, outerCommand, inner, innerCommand }: Calls): (request: RecordedRequest) => Turn {
  return ({ messages, lastUserText = "" }) => {
    if (messages.at(-1)?.role === "tool") return text("Done.");
    return lastUserText.includes("Inner.") ? inner.calls.shell(innerCommand) : outer.calls.shell(outerCommand);
  };
}
