/** What the caller says is what the model hears: prompts and system prompts, byte for byte. */
import { describe, expect, test, vi } from "vitest";
import { text } from "../../src/testing/index.ts";
import { isThorough } from "../support/tier.ts";
import { agents, type RealAgent } from "./support/agents.ts";
import { runLibrary } from "./support/run-agent.ts";

const nasty =
  'Say "it\'s", \\n, \\", `$(id)`, $HOME, 100%, <b>&amp;\u2028\u2029{env:HOME} {file:/etc/hostname}\r\n\ttab 😀';
const tokens = 2_000_000;

const prompts = {
  "that looks like an option": "--help",
  "with quotes, newlines, references and odd separators": nasty,
  "that looks like a file's name": "@package.json",
  "that looks like a command": "/init now",
  "between white space": " \n\tHello \n\n",
  "of one word": "hello",
};

/** Codex takes a million characters at most. */
const length = { opencode: 2_600_000, pi: 2_600_000, codex: 1_048_576 };

function longPrompt(id: RealAgent["id"]): string {
  const end = "The end";
  return "Ein Satz über nichts, wirklich.\n".repeat(100_000).slice(0, length[id] - end.length) + end;
}

vi.setConfig({ maxConcurrency: 4, testTimeout: 300_000 });

/** OpenCode takes seconds to start: what it does with the others is for a thorough run. */
const tellingOfOpencode = [
  "of megabytes",
  "that looks like an option",
  "with quotes, newlines, references and odd separators",
];

function promptsFor({ id }: RealAgent): [string, string][] {
  const all = Object.entries({ ...prompts, "of megabytes": longPrompt(id) });
  return id !== "opencode" || isThorough ? all : all.filter(([name]) => tellingOfOpencode.includes(name));
}

describe.concurrent.each(agents)("$id hears the prompt", (agent) => {
  test.each(promptsFor(agent))("%s", async (_, prompt) => {
    const { finish, requests } = await runLibrary(agent, {
      prompt,
      turns: [text("Heard.")],
      contextTokens: tokens,
    });
    expect(finish).toMatchObject({ status: "completed", result: { text: "Heard." } });
    expect(requests.map(({ lastUserText }) => lastUserText === prompt)).toEqual([true]);
  });
});

describe.concurrent.each(agents)("$id hears the system prompt", (agent) => {
  // Longer than an argument may be; for Codex not quite, which would trim a longer one.
  const system = `  You are a parrot. ${nasty}\n${"Repeat what you hear.\n".repeat(agent.id === "codex" ? 3_000 : 9_000)}The end.\n\n`;
  const usual = { opencode: "You are opencode", pi: "operating inside pi", codex: "You are Codex" }[agent.id];
  const ways = [
    { way: "instead of its own", systemPrompt: system, keepsUsual: false },
    { way: "after its own", systemPrompt: { append: system }, keepsUsual: true },
  ];

  test.each(ways)("$way", async ({ systemPrompt, keepsUsual }) => {
    const { finish, requests } = await runLibrary(agent, {
      turns: [text("Heard.")],
      contextTokens: tokens,
      options: { systemPrompt },
    });
    expect(finish.status).toBe("completed");
    const heard = requests[0]?.system.join("\n") ?? "";
    expect(heard.includes(system)).toBe(true);
    expect(heard.includes(usual)).toBe(keepsUsual);
    expect(requests[0]?.lastUserText).toBe("Do it.");
  });
});

test.each([
  ["a NUL", "a\0b", "nul-byte"],
  ["half a character", "a\ud800b", "not-utf8"],
  ["nothing", " \n", "empty"],
])("a prompt with %s is refused before anything starts", async (_, prompt, reason) => {
  for (const agent of agents) {
    const { finish, requests } = await runLibrary(agent, { prompt, turns: [text("Heard.")] });
    expect(finish.error).toMatchObject({ code: "invalid-options", option: "prompt", reason });
    expect(requests).toEqual([]);
  }
});
