/** A conversation goes on where it was, and nowhere else. */
import { describe, expect, test, vi } from "vitest";
import { text } from "../../src/testing/index.ts";
import { agents, isConversation } from "./support/agents.ts";
import { freshPlace, runLibrary } from "./support/run-agent.ts";

vi.setConfig({ maxConcurrency: 4, testTimeout: 300_000 });

const spent = { input: 100, output: 7 };

describe.concurrent.each(agents)("a session of $id", (agent) => {
  test("is continued and branched off, with its history and the usage of the run alone", async () => {
    const place = freshPlace();
    const say = async (prompt: string, answer: string, options = {}) => {
      const ran = await runLibrary(agent, { place, prompt, turns: [text(answer, { usage: spent })], options });
      expect(ran.finish).toMatchObject({ status: "completed", result: { text: answer, turns: 1 } });
      expect(ran.finish.result.usage).toMatchObject({ inputTokens: 100, outputTokens: 7 });
      const told = ran.requests[0]?.messages.filter(isConversation).map((message) => message.text);
      return { session: ran.finish.result.session, told };
    };

    const first = await say("My name is Ada.", "Hello, Ada.");
    const second = await say("What is my name?", "Ada.", { session: first.session });
    expect(second.session?.id).toBe(first.session?.id);
    expect(second.told).toEqual(["My name is Ada.", "Hello, Ada.", "What is my name?"]);

    const branch = await say("Forget it.", "Done.", { session: second.session, fork: true });
    expect(branch.session?.id).not.toBe(first.session?.id);
    expect(branch.told).toEqual([...(second.told ?? []), "Ada.", "Forget it."]);

    const original = await say("And now?", "Still Ada.", { session: second.session });
    expect(original.told).not.toContain("Forget it.");
  });

  test("of another directory is not found, before anything starts", async () => {
    const elsewhere = { provider: agent.id, id: "ses_1", cwd: freshPlace().cwd };
    const { finish, requests } = await runLibrary(agent, { turns: [text("Hi.")], options: { session: elsewhere } });
    expect(finish).toMatchObject({
      status: "failed",
      error: { code: "session-not-found", option: "session", reason: "other-cwd" },
    });
    expect(finish.result.attempts ?? []).toEqual([]);
    expect(requests).toEqual([]);
  });

  // Codex goes on in the directory where it is called.
  const goesOnAnywhere = agent.id === "codex";

  test.each(goesOnAnywhere ? [] : ["another directory"])("of %s is not found by its id alone", async () => {
    const first = await runLibrary(agent, { turns: [text("Hello.")] });
    const session = first.finish.result.session?.id;
    const { finish, requests } = await runLibrary(agent, {
      place: { cwd: freshPlace().cwd, home: first.home },
      turns: [text("Hi.")],
      options: { session },
      totalMs: 60_000,
    });
    expect(finish).toMatchObject({ status: "failed", error: { code: "session-not-found" } });
    expect(requests).toEqual([]);
    // OpenCode would go on in the session's own directory, so it is not even started.
    if (agent.id === "opencode") expect(finish.result.attempts).toEqual([]);
  });

  test.each([
    ["continued", { session: unknownId(agent.id) }],
    ["branched off", { session: unknownId(agent.id), fork: true }],
  ])("that does not exist cannot be %s", async (_, options) => {
    const { finish, requests } = await runLibrary(agent, { turns: [text("Hi.")], options });
    expect(finish).toMatchObject({ status: "failed", error: { code: "session-not-found" } });
    expect(requests).toEqual([]);
  });
});

function unknownId(agent: string): string {
  return agent === "opencode" ? "ses_0123456789abcdefABCDEFGHIJ" : "01a202f1-e237-7788-b06c-f89de71fc60c";
}
