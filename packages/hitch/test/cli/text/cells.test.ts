import stringWidth from "string-width";
import { describe, expect, test } from "vitest";
import { fit, lastRows, rowsOf, toOneLine } from "../../../src/cli/text/cells.ts";

test.each([
  ["lines and tabs", "a\r\n\tb", "a b"],
  ["colours", "\u001b[31mred\u001b[0m", "red"],
  ["a title of the window", "\u001b]0;mine\u0007text", "text"],
  ["a link", "\u001b]8;;https://example.com\u0007text\u001b]8;;\u0007", "text"],
  ["movements, bells and deletions", "a\u0007\u0008\u001b[2Jb\u009b2Kc", "abc"],
  ["the other reading direction", "a\u202Eb\u2066c", "abc"],
  ["characters glued together", "👩\u200D👧 ❤\uFE0F", "👩👧 ❤"],
])("%s do nothing on one line", (_, text, expected) => {
  expect(toOneLine(text)).toBe(expected);
});

test.each([
  ["abc", 3, "abc"],
  ["abcd", 3, "ab…"],
  ["語語語", 5, "語語…"],
  ["語語語", 4, "語…"],
  ["e\u0301e\u0301e\u0301", 2, "e\u0301…"],
  ["abc", 1, "…"],
  ["abc", 0, ""],
  ["abc", -5, ""],
  ["\u001b[32mabcdef\u001b[39m", 4, "\u001b[32mabc\u001b[39m…"],
])("%j in %i columns is %j", (text, columns, expected) => {
  expect(fit(text, columns)).toBe(expected);
});

test.each([
  ["", 1],
  ["abcd", 1],
  ["abcde", 2],
  ["語語語語", 2],
  ["abc語abc", 3],
  ["\u001b[32mabcd\u001b[39m", 1],
])("%j takes up %i rows of 4", (line, rows) => {
  expect(rowsOf(line, 4)).toBe(rows);
});

describe("the last rows of a text", () => {
  test.each([
    ["one", 10, 3, ["one"]],
    ["one\ntwo\nthree\n", 10, 2, ["two", "three"]],
    ["abcdefgh", 3, 2, ["def", "gh"]],
    ["語語語", 5, 3, ["語語", "語"]],
    ["語", 1, 3, ["語"]],
    ["one", 10, 0, []],
  ])("%j, %i wide, %i high", (text, columns, count, rows) => {
    expect(lastRows(text, columns, count)).toEqual(rows);
  });

  test("of a very long text without line breaks are found, and fit", () => {
    const rows = lastRows(`${"語e\u0301x".repeat(1_000_000)}END`, 40, 6);
    expect(rows).toHaveLength(6);
    expect(rows.at(-1)).toMatch(/END$/);
    expect(Math.max(...rows.map((row) => stringWidth(row)))).toBeLessThanOrEqual(40);
  });
});
