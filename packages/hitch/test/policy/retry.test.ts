import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decideRetry, type RetryQuestion } from "../../src/policy/retry.ts";
import { codes, type ErrorCode } from "../../src/vocabulary/codes.ts";

const question: RetryQuestion = {
  code: "rate-limited",
  attempt: 1,
  retriesLeft: 2,
  sideEffects: false,
  mayReset: false,
  mayContinue: false,
  hasFallback: false,
  timeLeftMs: 600_000,
  random: 0.5,
};

describe("whether to try again", () => {
  test.each(Object.keys(codes) as ErrorCode[])("%s follows the table of codes", (code) => {
    expect(decideRetry({ ...question, code }).retry).toBe(codes[code].retryable);
  });

  test("never without retries left", () => {
    expect(decideRetry({ ...question, retriesLeft: 0 })).toEqual({ retry: false, why: "no retries are left" });
  });

  test("never when the run has spent what it may", () => {
    expect(decideRetry({ ...question, overrun: "All is spent." })).toEqual({ retry: false, why: "All is spent." });
  });

  test("never when the wait is longer than the run may last", () => {
    const decision = decideRetry({ ...question, retryAfterMs: 120_000, timeLeftMs: 60_000 });
    expect(decision).toEqual({ retry: false, why: "the next try would start in 126 s, and the run has 60 s left" });
  });

  test("never after a long wait that is asked for when another provider could take over", () => {
    const decision = decideRetry({ ...question, retryAfterMs: 120_000, hasFallback: true });
    const why = "the model's side asks to wait 120 s, and another provider could take over";
    expect(decision).toEqual({ retry: false, why });
    expect(decideRetry({ ...question, retryAfterMs: 9_000, hasFallback: true }).retry).toBe(true);
  });
});

describe("from where, by what the attempt had done", () => {
  const transient = (Object.keys(codes) as ErrorCode[]).filter((code) => codes[code].retryable);
  const circumstances = [
    { sideEffects: false, mayReset: false, mayContinue: false, start: "again" },
    { sideEffects: false, mayReset: false, mayContinue: true, start: "again" },
    { sideEffects: false, mayReset: true, mayContinue: false, start: "again" },
    { sideEffects: false, mayReset: true, mayContinue: true, start: "again" },
    { sideEffects: true, mayReset: false, mayContinue: true, start: "continue" },
    { sideEffects: true, mayReset: true, mayContinue: false, start: "reset" },
    { sideEffects: true, mayReset: true, mayContinue: true, start: "reset" },
    { sideEffects: true, mayReset: false, mayContinue: false, start: undefined },
  ] as const;
  const table = transient.flatMap((code) => circumstances.map((row) => ({ code, ...row })));

  test.each(table)(
    "$code, side effects $sideEffects, worktree $mayReset, session $mayContinue: $start",
    ({ start, ...row }) => {
      const decision = decideRetry({ ...question, ...row });
      expect(decision).toMatchObject(start === undefined ? { retry: false } : { retry: true, start });
    },
  );
});

describe("how long to wait", () => {
  const delays = [
    { attempt: 1, random: 1, delayMs: 2_000 },
    { attempt: 1, random: 0, delayMs: 0 },
    { attempt: 2, random: 1, delayMs: 4_000 },
    { attempt: 3, random: 0.5, delayMs: 4_000 },
    { attempt: 6, random: 1, delayMs: 60_000 },
    { attempt: 60, random: 1, delayMs: 60_000 },
  ];
  test.each(delays)("attempt $attempt with chance $random: $delayMs ms", ({ attempt, random, delayMs }) => {
    expect(decideRetry({ ...question, attempt, random })).toMatchObject({ retry: true, delayMs });
  });

  test("as long as the model's side asks, and at most a tenth more", () => {
    expect(decideRetry({ ...question, retryAfterMs: 30_000, random: 0 })).toMatchObject({ delayMs: 30_000 });
    expect(decideRetry({ ...question, retryAfterMs: 30_000, random: 1 })).toMatchObject({ delayMs: 33_000 });
  });

  test("always less than what is left of the run", () => {
    const questions = fc.record({
      attempt: fc.integer({ min: 1, max: 100 }),
      retryAfterMs: fc.option(fc.integer({ min: -10, max: 1_000_000 }), { nil: undefined }),
      timeLeftMs: fc.oneof(fc.integer({ min: -10, max: 1_000_000 }), fc.constant(Infinity)),
      random: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(questions, (some) => {
        const decision = decideRetry({ ...question, ...some });
        if (!decision.retry) return;
        expect(decision.delayMs).toBeGreaterThanOrEqual(0);
        expect(decision.delayMs).toBeLessThan(some.timeLeftMs);
      }),
    );
  });
});
