import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { formatError } from "../../src/cli/error-words.ts";
import { HarnessError, summarizeError } from "../../src/vocabulary/error.ts";

const timeout = summarizeError(new HarnessError({ code: "timeout", message: "It took too long." }));

test("the page that says more is a file that is there", () => {
  const [, path = "", place] = /More: (.*)#(.*)$/.exec(formatError(timeout, Infinity)) ?? [];
  expect(existsSync(path)).toBe(true);
  expect(readFileSync(path, "utf8")).toContain(place);
});

test("in a file the block has two lines", () => {
  expect(formatError(timeout, Infinity)).toMatch(
    /^hitch: timeout: It took too long\.\n {2}Raise `--timeout`, or ask for less\. More: \/.*#timeout$/,
  );
});

test("on a terminal it is wrapped at words, and the path stays in one piece", () => {
  expect(formatError(timeout, 24).split("\n")).toEqual([
    "hitch: timeout: It took",
    "  too long.",
    "  Raise `--timeout`, or",
    "  ask for less.",
    expect.stringMatching(/^ {2}More: \/.*errors\.md#timeout$/) as string,
  ]);
});

test("an agent's message keeps its words, a message about an option does not", () => {
  const message = 'model: "x" is not known';
  const agents = { code: "agent-error", message, hint: "", retryable: false } as const;
  expect(formatError(agents, Infinity)).toBe(`hitch: agent-error: ${message}`);
  expect(formatError({ ...agents, option: "model" }, Infinity)).toBe(`hitch: agent-error: --${message}`);
});

test("that it was cancelled is said once", () => {
  const cancelled = summarizeError(new HarnessError({ code: "cancelled", message: "The run was cancelled: SIGINT." }));
  expect(formatError(cancelled, Infinity)).toMatch(
    /^hitch: cancelled: The run was cancelled: SIGINT\.\n {2}More: \/.*#cancelled$/,
  );
});
