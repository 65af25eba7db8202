import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Provider } from "../src/provider.ts";
import { claudeCode } from "../src/providers/claude-code.ts";
import { acp } from "../src/providers/acp.ts";
import { cline } from "../src/providers/cline.ts";
import { codex } from "../src/providers/codex.ts";
import { copilot } from "../src/providers/copilot.ts";
import { gemini } from "../src/providers/gemini.ts";
import { kilo } from "../src/providers/kilo.ts";
import { opencode } from "../src/providers/opencode.ts";
import { pi } from "../src/providers/pi.ts";
import { qwen } from "../src/providers/qwen.ts";
import { claudeCodeCases } from "./providers/claude-code.cases.ts";
import { acpCases } from "./providers/acp.cases.ts";
import { clineCases } from "./providers/cline.cases.ts";
import { codexCases } from "./providers/codex.cases.ts";
import { copilotCases } from "./providers/copilot.cases.ts";
import { geminiCases } from "./providers/gemini.cases.ts";
import { kiloCases } from "./providers/kilo.cases.ts";
import { opencodeCases } from "./providers/opencode.cases.ts";
import { piCases } from "./providers/pi.cases.ts";
import { qwenCases } from "./providers/qwen.cases.ts";
import { judge, listTranscripts, readTranscript, type Expectation, type Transcript } from "./support/transcripts.ts";

const agents: readonly { provider: Provider; cases: Readonly<Record<string, Expectation>> }[] = [
  { provider: opencode, cases: opencodeCases },
  { provider: pi, cases: piCases },
  { provider: codex, cases: codexCases },
  { provider: copilot, cases: copilotCases },
  { provider: claudeCode, cases: claudeCodeCases },
  { provider: gemini, cases: geminiCases },
  { provider: qwen, cases: qwenCases },
  { provider: acp, cases: acpCases },
  { provider: cline, cases: clineCases },
  { provider: kilo, cases: kiloCases },
];

describe.each(agents)("recorded runs of $provider.id", ({ provider, cases }) => {
  test("every transcript has its expectation", () => {
    expect(Object.keys(cases).sort()).toEqual(listTranscripts(provider.id));
  });

  const expected = Object.entries(cases).map(([name, expectation]) => ({ name, ...expectation }));

  test.each(expected)("$name is judged $code", ({ name, code, says, text, request }) => {
    const { verdict, folded } = judge(provider, readTranscript(provider.id, name), request);
    expect(verdict.ok ? "ok" : verdict.code).toBe(code);
    if (!verdict.ok) expect(verdict.message).toContain(says ?? "");
    if (text !== undefined) expect(folded.text).toBe(text);
  });

  const failing = Object.entries(cases)
    .filter(([, { code }]) => code !== "ok")
    .map(([name, { request }]) => ({ name, request, transcript: readTranscript(provider.id, name) }))
    .filter(({ transcript }) => transcript.stdout !== "");

  test.each(failing)("$name stays a failure with any line lost, cut or broken", ({ transcript, request }) => {
    const mutants = [...mutate(transcript)];
    expect(mutants.length).toBeGreaterThan(2);
    for (const { how, stdout } of mutants) {
      expect(judge(provider, { ...transcript, stdout }, request).verdict.ok, how).toBe(false);
    }
  });

  test.each(failing)("$name stays a failure with values of other types", ({ transcript, request }) => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.jsonValue(), (line, position, value) => {
        const stdout = replaceValue(transcript.stdout, line, position, value);
        expect(judge(provider, { ...transcript, stdout }, request).verdict.ok).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  test("no transcript of a success is one without its last line", () => {
    for (const [name, { code, request }] of Object.entries(cases)) {
      if (code !== "ok") continue;
      const transcript = readTranscript(provider.id, name);
      const lines = transcript.stdout.trimEnd().split("\n");
      const half = `${lines.slice(0, -1).join("\n")}\n${lines.at(-1)?.slice(0, -5)}`;
      expect(judge(provider, { ...transcript, stdout: half }, request).verdict.ok, name).toBe(false);
    }
  });

  test("whatever an agent prints, reading it never throws", () => {
    const someLines = Object.keys(cases)
      .flatMap((name) => readTranscript(provider.id, name).stdout.split("\n"))
      .filter((line) => line !== "");
    const line = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .tuple(fc.constantFrom(...someLines), fc.nat(), fc.jsonValue())
        .map(([text, position, value]) => replaceValue(text, 0, position, value)),
    );
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.string()), (lines, errors) => {
        const transcript = { stdout: lines.join("\n"), stderr: errors.join("\n"), exit: { code: 0, signal: null } };
        judge(provider, transcript);
      }),
      { numRuns: 200 },
    );
  });
});

/** Each line lost; the output cut after each line and inside it; junk in its place. */
function* mutate({ stdout }: Transcript): Generator<{ how: string; stdout: string }> {
  const lines = stdout.trimEnd().split("\n");
  for (const [index, line] of lines.entries()) {
    const before = lines.slice(0, index);
    const after = lines.slice(index + 1);
    const join = (parts: readonly string[]): string => parts.map((part) => `${part}\n`).join("");
    yield { how: `line ${index} lost`, stdout: join([...before, ...after]) };
    yield { how: `cut before line ${index}`, stdout: join(before) };
    yield { how: `cut inside line ${index}`, stdout: join(before) + line.slice(0, line.length / 2) };
    yield { how: `junk for line ${index}`, stdout: join([...before, "\u0000{]", ...after]) };
  }
}

/** Puts another value in the place of one in a line of JSON. */
function replaceValue(stdout: string, line: number, position: number, value: unknown): string {
  const lines = stdout.split("\n");
  const index = line % lines.length;
  let parsed: unknown;
  try {
    parsed = JSON.parse(lines[index] ?? "");
  } catch {
    return stdout; // The empty line at the end.
  }
  let count = 0;
  const total = countValues(parsed);
  const replaced: unknown = JSON.parse(JSON.stringify(parsed), (_key, old: unknown) =>
    count++ === position % total ? value : old,
  );
  return lines.with(index, JSON.stringify(replaced)).join("\n");
}

function countValues(value: unknown): number {
  if (typeof value !== "object" || value === null) return 1;
  return 1 + Object.values(value).reduce<number>((sum, item) => sum + countValues(item), 0);
}
