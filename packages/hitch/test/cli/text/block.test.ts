import { expect, test } from "vitest";
import { toBlock } from "../../../src/cli/text/block.ts";

test("a message cannot command the terminal", () => {
  expect(toBlock("", "a\u001B[31mred\u0007\r\nb\r\u009B2Jc\n\n", Infinity)).toBe("ared\n  bc");
  expect(toBlock("hitch: ", "one\u202Etwo", Infinity)).toBe("hitch: onetwo");
});

test("it is wrapped at words, and what follows is indented", () => {
  expect(toBlock("hitch: ", "the agent has said nothing\nfor a while", 20)).toBe(
    "hitch: the agent has\n  said nothing\n  for a while",
  );
  expect(toBlock("\u001B[33m!\u001B[39m ", "one two three", 9)).toBe("\u001B[33m!\u001B[39m one two\n  three");
});
