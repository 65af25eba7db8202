/** The agent prints what is no line of its protocol, between two lines that are; what it says stays what it says. */
import { across, row, type Row } from "../row.ts";

const between = ["spawn", "mid-text", "mid-tool", "mid-output", "after result"] as const;
const hex = (text: string, encoding: BufferEncoding = "utf8"): string => Buffer.from(text, encoding).toString("hex");
const megabyte = 1_000_000;

const junk: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  "NUL bytes": [{ hex: "00007b0022000a" }],
  "invalid UTF-8": [{ hex: `c3${hex('{"text":1}')}fffeed${"a0"}80f0280a` }],
  "carriage returns, and a form feed": [{ hex: hex("progress 1%\rprogress 2%\r\f\r\n") }],
  "a byte order mark, U+2028 and U+0085": [{ hex: hex('\ufeff{"a":1}\u2028{"b":2}\u0085\n') }],
  "escape sequences of a terminal": [{ print: "\u001b[2J\u001b]0;title\u0007\u001b[31mred\u001b[0m\n" }],
  "JSON that is 100,000 deep": [{ repeat: { text: "[", count: 100_000 } }, { print: "\n" }],
  "keys called __proto__ and constructor": [
    { print: '{"__proto__":{"text":"x"},"constructor":{"prototype":{"ok":1}}}\n' },
  ],
  "lone surrogates": [{ print: '{"other":"\\ud800 \\udc00\\ud800"}\n' }],
  "half an object": [{ print: '{"text":"On\n' }],
  "10,000 empty lines": [{ repeat: { text: "\n", count: 10_000 } }],
  "a line of 70 MB": [{ repeat: { text: "x".repeat(1000), count: 70 * 1000 } }, { print: "\n" }],
  "20 MB on stderr": [{ repeat: { text: `${"e".repeat(99)}\n`, count: megabyte / 5, to: "stderr" } }],
};

export const bytes: readonly Row[] = [
  ...Object.entries(junk).flatMap(([name, does]) => across(name, { does, expected: "completed" }, between)),
  row("a line of 1 GB", "mid-text", {
    does: [{ repeat: { text: "x".repeat(10_000), count: 100_000 } }, { print: "\n" }],
    options: { timeouts: { total: 120_000 } },
    expected: "completed",
    isLong: true,
    // Some 300: a line is kept up to its cap, in bytes and as text, and collected late.
    check: ({ grownMb }) => (grownMb < 400 ? undefined : `it took ${grownMb} MB`),
  }),
];
