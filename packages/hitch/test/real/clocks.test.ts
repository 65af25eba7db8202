/** A run lasts as long as its agent works: neither is work taken for silence, nor does anything go on for ever. */
import { describe, expect, test, vi } from "vitest";
import { fault, status, text, type RecordedRequest, type Turn } from "../../src/testing/index.ts";
import { agents } from "./support/agents.ts";
import { runLibrary } from "./support/run-agent.ts";

vi.setConfig({ maxConcurrency: 4, testTimeout: 300_000 });

describe.concurrent.each(agents)("the clocks of $id", (agent) => {
  test("let a tool work for longer than idle", async () => {
    const { finish } = await runLibrary(agent, {
      turns: [agent.calls.shell("sleep 12; echo slept > done.txt; cat done.txt"), text("Done.")],
      options: { timeouts: { startup: 120_000, idle: 5_000 } },
    });
    expect(finish).toMatchObject({ status: "completed", result: { text: "Done." } });
  });

  test.each([
    { limit: "idle", timeouts: { startup: 120_000, idle: 5_000 }, code: "idle-timeout" },
    { limit: "total", timeouts: { startup: 120_000, total: 30_000 }, code: "timeout" },
  ])("end a run whose model falls silent: $limit", async ({ timeouts, code }) => {
    const { finish, requests } = await runLibrary(agent, {
      turns: [agent.calls.shell("true"), fault("hang-mid-stream")],
      options: { timeouts },
    });
    expect(finish).toMatchObject({ status: "failed", error: { code }, result: { turns: 1 } });
    expect(requests.length).toBeGreaterThan(1);
  });
});

describe.concurrent.each(agents)("a conversation of $id that no longer fits its model", (agent) => {
  const configurations = {
    opencode: undefined,
    pi: { compaction: { reserveTokens: 1_000, keepRecentTokens: 500 } },
    codex: undefined,
  };
  const full = { input: 19_500, output: 50 };
  const refusal = status(400, { code: "context_length_exceeded" });
  const summary = text("A summary of all that was said.");

  const converse = async (answer: (index: number) => Turn) => {
    const plan = {
      prompt: "Count the words. ".repeat(400),
      contextTokens: 20_000,
      outputTokens: 1_000,
      ...(configurations[agent.id] && { configuration: configurations[agent.id] }),
    };
    // pi summarizes only what was said before the prompt that it works on.
    const { cwd, home, finish } = await runLibrary(agent, { ...plan, turns: [text("400.")] });
    let index = 0;
    const turns = (request: RecordedRequest) => (summarizes(request) ? summary : answer(index++));
    return runLibrary(agent, { ...plan, place: { cwd, home }, options: { session: finish.result.session }, turns });
  };

  const ways = [
    { way: "by the count of its tokens", answers: [agent.calls.shell("true", { usage: full })], inputTokens: 21_500 },
    { way: "by the word of its back end", answers: [agent.calls.shell("true"), refusal], inputTokens: 3_000 },
  ];

  // Codex gives up at once when its back end says so.
  test.each(ways.slice(0, agent.id === "codex" ? 1 : 2))(
    "$way, once, is compacted, and the run completes",
    async ({ answers, inputTokens }) => {
      const { events, finish, requests } = await converse((index) => answers[index] ?? text("Done."));
      expect(finish).toMatchObject({ status: "completed", result: { text: "Done." } });
      // Codex does not tell.
      expect(events.filter(({ type }) => type === "compaction")).toHaveLength(agent.id === "codex" ? 0 : 1);
      expect(events.filter((event) => event.type === "text" && event.text === "Done.")).toHaveLength(1);
      expect(requests.filter(summarizes)).toHaveLength(1);
      expect(finish.result.usage?.inputTokens).toBe(inputTokens);
    },
  );

  test("for ever, is given up", async () => {
    const { finish, requests } = await converse(() => refusal);
    expect(finish).toMatchObject({ status: "failed", error: { code: "context-overflow" } });
    expect(requests.length).toBeLessThan(20);
  });

  test.each(agent.id === "opencode" ? ["by the count of its tokens"] : [])("for ever, %s, is given up", async () => {
    const { finish, requests } = await converse(() => text("Done.", { usage: full }));
    expect(finish).toMatchObject({ status: "failed", error: { code: "context-overflow" } });
    expect(requests.length).toBeLessThan(20);
  });
});

/** All agents ask for the summary without offering their tools. */
function summarizes({ tools }: RecordedRequest): boolean {
  return tools.length === 0;
}
