import { describe, expect, test } from "vitest";
import { formatRows, wrapText, type Paper } from "../../src/cli/rows.ts";

const paper = (width: number): Paper => ({ width, paint: (_format, text) => text });

const rows = [
  { status: "ok", label: "node", text: "24.1.0" },
  {
    status: "warning",
    label: "login",
    text: "no sign of one anywhere in this place",
    hint: "Log in with its own command.",
  },
  { label: "output", text: "tool, text" },
] as const;

describe("rows", () => {
  test("are aligned where there is room", () => {
    expect(formatRows(rows, 6, paper(60))).toBe(
      [
        "  ✓ node    24.1.0",
        "  ! login   warning: no sign of one anywhere in this place",
        "            → Log in with its own command.",
        "    output  tool, text",
        "",
      ].join("\n"),
    );
  });

  test("continue under their text or, on a narrow screen, indented", () => {
    expect(formatRows(rows, 6, paper(30))).toBe(
      [
        "✓ node: 24.1.0",
        "! login: warning: no sign of",
        "    one anywhere in this place",
        "    → Log in with its own",
        "      command.",
        "  output: tool, text",
        "",
      ].join("\n"),
    );
  });

  test("are never broken in a file", () => {
    const long = "word ".repeat(100).trim();
    expect(formatRows([{ label: "a", text: long }], 1, paper(Infinity))).toBe(`    a  ${long}\n`);
  });

  test("hold nothing that commands a terminal", () => {
    expect(formatRows([{ label: "a", text: "x\u001b[2Jy" }], 1, paper(80))).toBe("    a  x[2Jy\n");
  });
});

describe("a text is broken", () => {
  test.each([
    ["one two three", 7, 7, ["one two", "three"]],
    ["one two three", 9, 3, ["one", "two three"]],
    ["abcdefghij", 4, 4, ["abcd", "efgh", "ij"]],
    ["a abcdefghij", 4, 4, ["a", "abcd", "efgh", "ij"]],
    ["abcdef", 6, 2, ["", "abcdef"]],
    ["日本語", 4, 4, ["日本", "語"]],
    ["", 4, 4, [""]],
  ])("%j into %d columns, the first line into %d", (text, width, firstWidth, lines) => {
    expect(wrapText(text, width, firstWidth)).toEqual(lines);
  });
});
