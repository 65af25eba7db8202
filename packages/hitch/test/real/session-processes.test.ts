/** One session, continued and branched off by several processes, two of them at once. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text as readAll } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";
import { startMockModel, text, type MockModel } from "../../src/testing/index.ts";
import type { HitchEvent } from "../../src/vocabulary/events.ts";
import { agentExecutable } from "../support/agents.ts";
import { isThorough } from "../support/tier.ts";
import { agentById, agents, isConversation, type RealAgent } from "./support/agents.ts";
import { agentsTemp, freshPlace } from "./support/run-agent.ts";
import { waitToStart } from "./support/start-gate.ts";

vi.setConfig({ testTimeout: 300_000 });

const commandLine = fileURLToPath(new URL("../../bin/hitch.js", import.meta.url));

type Finish = Extract<HitchEvent, { type: "run-finish" }>;

/** A user who runs `hitch run` again and again in one directory. */
function sit(agent: RealAgent, model: MockModel): (prompt: string, ...flags: readonly string[]) => Promise<Finish> {
  const place = freshPlace();
  const env = agent.configure(place, { baseUrl: model.baseUrl });
  const always = ["--json", "-p", agent.id, "-m", agent.model, "--executable", agentExecutable(agent.id)];
  return async (prompt, ...flags) => {
    const args = [commandLine, "run", ...always, "--permissions", "unrestricted", ...flags, prompt];
    const options = { cwd: place.cwd, env: { ...process.env, TMPDIR: agentsTemp, ...env } };
    const child = spawn(process.execPath, args, { ...options, stdio: ["ignore", "pipe", "ignore"] });
    const [stdout] = await Promise.all([readAll(child.stdout), once(child, "close")]);
    return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as Finish;
  };
}

describe.each(isThorough ? agents : [agentById.pi])("a session of $id", (agent) => {
  test("is continued by two processes in turns, and branched off by a third", async () => {
    const script = [text("Hello."), text("A.", { delayMs: 2000 }), text("B."), text("C.")];
    await using model = await startMockModel({ script });
    const started = await waitToStart(model);
    const run = sit(agent, model);
    const id = (await run("Hi.").finally(started)).result.session?.id ?? "";

    const both = await Promise.all([run("One.", "--session", id), run("Two.", "--session", id)]);
    expect(both).toMatchObject(Array(2).fill({ status: "completed", result: { session: { id } } }));
    expect(both.map(({ result }) => result.text).sort()).toEqual(["A.", "B."]);
    expect(both.flatMap(({ result }) => result.warnings ?? []).filter(isAboutTurns)).toEqual([
      expect.stringContaining(`another run is using session ${id}`),
    ]);
    // Whoever came second knows what the first one said.
    expect(told(model, 2)).toEqual(["Hi.", "Hello.", expect.any(String), "A.", expect.any(String)]);

    const branch = await run("Three.", "--session", id, "--fork");
    expect(branch).toMatchObject({ status: "completed", result: { text: "C." } });
    expect(branch.result.session?.id).not.toBe(id);
    expect(told(model, 3)).toEqual([...told(model, 2), "B.", "Three."]);
  });
});

/** Codex cannot tell what a run used of a session that is given by its id alone, and says so. */
function isAboutTurns(warning: string): boolean {
  return !warning.startsWith("what this run used is unknown");
}

function told(model: MockModel, index: number): string[] {
  const messages = model.requests[index]?.messages ?? [];
  return messages.filter(isConversation).map((message) => message.text);
}
