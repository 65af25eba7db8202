import { describe, expect, test } from "vitest";
import { hintInFlags, messageInFlags } from "../../src/cli/flag-words.ts";

describe("people at a shell read flags", () => {
  test.each([
    ["Raise `timeouts.total`, or ask for less.", "Raise `--timeout`, or ask for less."],
    ["or raise `retries.output`. `attempts[].output` keeps", "or raise `--output-retries`. `attempts[].output` keeps"],
    ["Create the directory or pass another `cwd`.", "Create the directory or pass another `--cwd`."],
    ["or pass its API key in `env`.", "or pass its API key in `--env`."],
    ['Pass permissions: "unrestricted" if', "Pass --permissions unrestricted if"],
    ["Raise `limits.turns`, or ask for less.", "Raise `--max-turns`, or ask for less."],
    ["The agent's own `command`.", "The agent's own `command`."],
  ])("in hints: %s", (hint, told) => expect(hintInFlags(hint)).toBe(told));

  test.each([
    ['timeouts.total: "5" is no time such as 5m', '--timeout: "5" is no time such as 5m'],
    ["model is empty", "--model is empty"],
    ["cwd: nowhere is missing; retries.output: -1 is", "--cwd: nowhere is missing; --output-retries: -1 is"],
    ['pi has nothing that enforces permissions: "read-only"', "pi has nothing that enforces --permissions read-only"],
    ["prompt: stdin cannot be read", "prompt: stdin cannot be read"],
    ["systemPrompt: notes.md is not UTF-8", "systemPrompt: notes.md is not UTF-8"],
    ["the model is empty", "the model is empty"],
  ])("in messages: %s", (message, told) => expect(messageInFlags(message)).toBe(told));
});
