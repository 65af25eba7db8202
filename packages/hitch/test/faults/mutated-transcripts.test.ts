/**
 * What becomes of a failure, or of half an answer, when bytes are lost, doubled, out of order or strange: never a success.
 * Lines that are lost, or hold other values, are in `verdict-of-transcripts.test.ts`.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { providers } from "../../src/providers/index.ts";
import { tier } from "../support/tier.ts";
import { judge, listTranscripts, readTranscript, type Expectation, type Transcript } from "../support/transcripts.ts";

type Cases = Readonly<Record<string, Expectation>>;
type Edit = readonly [how: keyof typeof edits, where: number];

/** Each keeps a failure one: nothing is said that the agent has not said, and what it said of its failure stays. */
const edits = {
  "the line twice": (lines: string[], at: number) => lines.toSpliced(at, 0, lines[at] ?? ""),
  "the line after the next one": (lines: string[], at: number) =>
    lines.toSpliced(at, 2, ...lines.slice(at, at + 2).reverse()),
  "a line that means nothing before it": (lines: string[], at: number) => lines.toSpliced(at, 0, "\u0000}{ \ufffd"),
  "a line of JSON that is no record before it": (lines: string[], at: number) =>
    lines.toSpliced(at, 0, '["x", 1, null]'),
  "a record of another agent before it": (lines: string[], at: number) =>
    lines.toSpliced(at, 0, '{"type":"unheard-of"}'),
  "an empty line before it": (lines: string[], at: number) => lines.toSpliced(at, 0, ""),
};

/** Copilot has no word for an answer that was cut: it is told by how often it asks again, so a line twice is another story. */
const toldByNumbers = ["copilot/output-limit"];

/** `npm run test:all` looks further than CI, where nothing that nobody has changed should fail. */
const seed = tier === "all" ? {} : { seed: 1 };

const anyEdits: fc.Arbitrary<Edit[]> = fc.array(
  fc.tuple(fc.constantFrom(...(Object.keys(edits) as (keyof typeof edits)[])), fc.nat()),
  { minLength: 1, maxLength: 6 },
);

describe.each(providers.map((provider) => ({ provider })))("recorded runs of $provider.id", async ({ provider }) => {
  const module = (await import(`../providers/${provider.id}.cases.ts`)) as Record<string, Cases>;
  const [cases = {}] = Object.values(module);
  const all = listTranscripts(provider.id).map((name) => {
    const { code = "ok", request } = cases[name] ?? {};
    return { name, code, request, transcript: readTranscript(provider.id, name) };
  });
  const failures = all.filter(
    ({ name, code, transcript }) =>
      code !== "ok" && transcript.stdout !== "" && !toldByNumbers.includes(`${provider.id}/${name}`),
  );
  const successes = all.filter(({ code }) => code === "ok");

  test("a failure stays one with lines doubled, out of order, or strange ones between", () => {
    fc.assert(
      fc.property(fc.constantFrom(...failures), anyEdits, ({ name, transcript, request }, list) => {
        expect(judge(provider, edited(transcript, list), request).verdict.ok, name).toBe(false);
      }),
      { numRuns: 300, ...seed },
    );
  });

  test("a success is none any more, wherever it is cut before its last line", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...successes),
        fc.double({ min: 0, max: 1, noNaN: true }),
        ({ name, transcript, request }, at) => {
          const { stdout } = transcript;
          const end = stdout.trimEnd().lastIndexOf("\n") + 1;
          const cut = { ...transcript, stdout: stdout.slice(0, Math.floor(end * at)) };
          expect(judge(provider, cut, request).verdict.ok, name).toBe(false);
        },
      ),
      { numRuns: 300, ...seed },
    );
  });

  test("spoilt bytes are read without throwing", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...all),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 20 }),
        (one, spoils) => {
          const bytes = Buffer.from(one.transcript.stdout);
          for (const [at, byte] of spoils) bytes[at % Math.max(1, bytes.length)] = byte;
          judge(provider, { ...one.transcript, stdout: bytes.toString("latin1") }, one.request);
        },
      ),
      { numRuns: 100, ...seed },
    );
  });
});

function edited(transcript: Transcript, list: readonly Edit[]): Transcript {
  const lines = list.reduce(
    (before, [how, where]) => edits[how](before, where % before.length),
    transcript.stdout.trimEnd().split("\n"),
  );
  return { ...transcript, stdout: lines.map((line) => `${line}\n`).join("") };
}
