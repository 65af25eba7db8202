import { describe, expect, test } from "vitest";
import type { Paper } from "../../../src/cli/text/paper.ts";
import { formatFacts, formatRows } from "../../../src/cli/text/rows.ts";
import { unstyled } from "./unstyled.ts";

const paper = (columns: number): Paper => ({ columns, style: unstyled });

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
    expect(formatRows([{ label: "a", text: "x\u001b[2Jy" }], 1, paper(80))).toBe("    a  xy\n");
  });
});

describe("facts", () => {
  const facts = [
    { label: "command", text: `/usr/bin/pi --model  "a b" ${"x".repeat(60)}`, isCommand: true },
    { label: "directory", text: "/home/me/my first project and all of its notes" },
  ] as const;

  test("begin at the edge, and what is to be copied stays in one piece", () => {
    const command = facts[0].text;
    expect(formatFacts(facts, 9, paper(Infinity))).toBe(
      `command    ${command}\ndirectory  /home/me/my first project and all of its notes\n`,
    );
    expect(formatFacts(facts, 9, paper(30))).toBe(
      [`command: ${command}`, "directory: /home/me/my first", "    project and all of its", "    notes", ""].join("\n"),
    );
  });
});
