import { describe, expect, test } from "vitest";
import { wrap } from "../../../src/cli/text/wrap.ts";

describe("a text is broken", () => {
  test.each([
    ["one two three", 7, 7, ["one two", "three"]],
    ["one two three", 9, 3, ["one", "two three"]],
    ["abcdefghij", 4, 4, ["abcd", "efgh", "ij"]],
    ["a abcdefghij", 4, 4, ["a", "abcd", "efgh", "ij"]],
    ["abcdef", 6, 2, ["", "abcdef"]],
    ["日本語", 4, 4, ["日本", "語"]],
    ["", 4, 4, [""]],
    ["  one two  three", 12, 12, ["  one two", "three"]],
    ["a  b", 9, 9, ["a  b"]],
  ])("%j into %d columns, the first line into %d", (text, width, firstWidth, lines) => {
    expect(wrap(text, width, firstWidth)).toEqual(lines);
  });
});

test("without an edge a line stays as it is", () => {
  expect(wrap("  one \t two ", Infinity)).toEqual(["  one \t two "]);
});
