/** Agents in their own formats: recorded runs that break off, or with bytes between their lines that mean nothing. */
import { row, type Replay, type Row } from "../row.ts";
import { readTranscript } from "../../support/transcripts.ts";

/** A recorded run of each that used a tool and ended well. */
const recorded = {
  opencode: "tc-tools",
  pi: "tools",
  codex: "tools",
  "claude-code": "tools",
  gemini: "tools",
  qwen: "tools",
  copilot: "tools",
  cline: "tools",
  kilo: "tools",
};

/** How much of the lines is printed whole, and how much of the one after them. */
const cuts: Readonly<Record<string, (lines: readonly string[]) => [whole: number, ofNext: number]>> = {
  "inside its first line": () => [0, 0.5],
  "in the middle": (lines) => [lines.length >> 1, 0],
  "before its last line": (lines) => [lines.length - 1, 0],
  "inside its last line": (lines) => [lines.length - 1, 0.5],
};

const ends = [
  { how: "exit 0", end: 0, code: "protocol" },
  { how: "kill -9", end: "SIGKILL", code: "crashed" },
];

const junk = Buffer.from([0, 0x7b, 0xff, 0xfe, 0xc3, 0x28, 0x0d, 0x0a]);

export const formats: readonly Row[] = Object.entries(recorded).flatMap(([provider, name]) => {
  const lines = readTranscript(provider, name).stdout.trimEnd().split("\n");
  const replay = (stdout: Buffer, end: number | string): Replay => ({ provider, stdout, end });
  const cut = Object.entries(cuts).flatMap(([moment, at]) =>
    ends.map(({ how, end, code }) => {
      const [whole, ofNext] = at(lines);
      const next = lines[whole] ?? "";
      const printed =
        lines
          .slice(0, whole)
          .map((line) => `${line}\n`)
          .join("") + next.slice(0, next.length * ofNext);
      return row(`${provider} breaks off with ${how}`, moment, {
        replay: replay(Buffer.from(printed), end),
        expected: code,
      });
    }),
  );
  const spoilt = Buffer.concat(lines.flatMap((line) => [junk, Buffer.from(`${line}\n`)]));
  const between = row(`${provider} prints NUL and invalid UTF-8`, "between all its lines", {
    replay: replay(spoilt, 0),
    expected: "completed",
  });
  return [...cut, between];
});
