/** What a run may spend is counted while the agent works, and the model's own log shows where it ended. */
import { describe, expect, test, vi } from "vitest";
import { text, type Turns } from "../../../src/testing/index.ts";
import { agentById, isConversation } from "../support/agents.ts";
import { freshPlace, runLibrary } from "../support/run-agent.ts";

vi.setConfig({ maxConcurrency: 4, testTimeout: 300_000 });

const usage = { input: 1_000, output: 50 };

describe.concurrent.each([agentById.opencode, agentById.pi])("a limit of $id", (agent) => {
  /** Works on and on. */
  const endless: Turns = (_, index) => agent.calls.shell(`echo ${index} >> worked.txt`, { usage });

  test.each([
    [{ turns: 3 }, "turn-limit", "The run's limit of 3 turns is reached. The run spent 3 turns, 3150 tokens"],
    [
      { tokens: 2_500 },
      "budget-exceeded",
      "The run's limit of 2500 tokens is reached. The run spent 3 turns, 3150 tokens",
    ],
  ])("ends the run: %j", async (limits, code, message) => {
    const { finish, requests } = await runLibrary(agent, { turns: endless, options: { limits } });
    expect(finish).toMatchObject({ status: "failed", error: { code }, result: { turns: 3 } });
    expect(finish.error?.message.startsWith(message)).toBe(true);
    // The fourth call may have been on its way.
    expect([3, 4]).toContain(requests.length);
  });

  test("leaves a session that goes on, with limits of its own", async () => {
    const place = freshPlace();
    const ended = await runLibrary(agent, { place, turns: endless, options: { limits: { turns: 2 } } });
    expect(ended.finish.error?.code).toBe("turn-limit");
    const { session } = ended.finish.result;
    const { finish, requests } = await runLibrary(agent, {
      place,
      prompt: "Where were we?",
      turns: [text("At the second call.", { usage })],
      options: { session, limits: { turns: 1, tokens: 1_050 } },
    });
    expect(finish).toMatchObject({
      status: "completed",
      result: { text: "At the second call.", turns: 1, warnings: [] },
    });
    const told = requests[0]?.messages.filter(isConversation).map((message) => message.text);
    expect(told?.[0]).toContain("Do it.");
    expect(told?.at(-1)).toContain("Where were we?");
  });
});
