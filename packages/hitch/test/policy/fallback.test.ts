import { describe, expect, test } from "vitest";
import { decideFallback } from "../../src/policy/fallback.ts";
import { codes, type ErrorCode } from "../../src/vocabulary/codes.ts";

const question = { hasRun: true, hasWorked: false, sideEffects: false, mayReset: false, timeLeftMs: Infinity };

const setUpOrBackEnd: readonly string[] = [
  "executable-not-found",
  "executable-outdated",
  "authentication",
  "model-not-found",
  "rate-limited",
  "overloaded",
  "network",
  "quota-exhausted",
];

describe("another provider", () => {
  test.each(Object.keys(codes) as ErrorCode[])("takes over after %s if it is no failure of the task", (code) => {
    const start = setUpOrBackEnd.includes(code) ? "prompt" : undefined;
    expect(decideFallback({ ...question, code })).toBe(start);
  });

  test.each([
    { sideEffects: false, mayReset: true, start: "prompt" },
    { sideEffects: true, mayReset: false, start: "hand-over" },
    { sideEffects: true, mayReset: true, start: "reset" },
  ])("with side effects $sideEffects in a worktree $mayReset starts by $start", ({ start, ...row }) => {
    expect(decideFallback({ ...question, code: "overloaded", ...row })).toBe(start);
  });

  test.each([
    { code: "invalid-options", hasWorked: true, hasRun: false, start: "prompt" },
    { code: "unsupported-option", hasWorked: true, hasRun: false, start: "prompt" },
    { code: "unsupported-option", hasWorked: true, hasRun: true, start: undefined },
    { code: "unsupported-option", hasWorked: false, hasRun: false, start: undefined },
    { code: "internal", hasWorked: true, hasRun: false, start: undefined },
  ] as const)("after $code of one that has run: $hasRun, behind another that has: $hasWorked", ({ start, ...row }) => {
    expect(decideFallback({ ...question, ...row })).toBe(start);
  });

  test("has no time when the run has none", () => {
    expect(decideFallback({ ...question, code: "overloaded", timeLeftMs: 0 })).toBeUndefined();
  });
});
