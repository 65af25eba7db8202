import { describe, expect, test } from "vitest";
import {
  addExpense,
  findOverrun,
  isOfLimit,
  judgeCompleted,
  leftOf,
  readExpense,
  tellExpense,
  type Expense,
} from "../../src/policy/limits.ts";
import { codes, type ErrorCode } from "../../src/vocabulary/codes.ts";
import type { Limits } from "../../src/vocabulary/limits.ts";

const all = { inputTokens: 1, outputTokens: 2, reasoningTokens: 4, cacheReadTokens: 8, cacheWriteTokens: 16 };

describe("what was spent", () => {
  test.each<[string, Parameters<typeof readExpense>, Expense]>([
    ["counts tokens of every kind", [all, { usd: 0.5, source: "reported" }, 3], { usd: 0.5, tokens: 31, turns: 3 }],
    ["counts an estimate", [{}, { usd: 0.5, source: "estimated" }, 1], { usd: 0.5, turns: 1, untold: ["tokens"] }],
    [
      "has nothing for what is unknown, and says so",
      [{}, { source: "unknown" }, 2],
      { turns: 2, untold: ["usd", "tokens"] },
    ],
    [
      "counts what is told of the tokens",
      [{ inputTokens: 7 }, { source: "unknown" }, 1],
      { tokens: 7, turns: 1, untold: ["usd"] },
    ],
    [
      "leaves untold what tokens cost without a turn",
      [all, { source: "unknown" }, 0],
      { tokens: 31, turns: 0, untold: ["usd"] },
    ],
    [
      "leaves nothing untold where nothing was spent",
      [{ inputTokens: 0 }, { source: "unknown" }, 0],
      { tokens: 0, turns: 0 },
    ],
  ])("%s", (_, told, expected) => expect(readExpense(...told)).toEqual(expected));

  test("is added up as far as it is known", () => {
    expect(addExpense({ usd: 1, turns: 2 }, { tokens: 5, turns: 1 })).toEqual({ usd: 1, tokens: 5, turns: 3 });
    expect(addExpense({}, {})).toEqual({});
    expect(addExpense({ usd: 1, untold: ["tokens"] }, { tokens: 5, untold: ["usd"] })).toEqual({
      usd: 1,
      tokens: 5,
      untold: ["usd", "tokens"],
    });
  });

  test("is told with the message", () => {
    const spent = {
      usage: { inputTokens: 1_000, outputTokens: 50 },
      cost: { usd: 0.0025, source: "reported" },
      turns: 1,
    };
    expect(tellExpense("It is over", spent as Parameters<typeof tellExpense>[1])).toBe(
      "It is over. The run spent 1 turn, 1050 tokens, 0.0025 USD.",
    );
    expect(tellExpense("It is over.", { usage: {}, cost: { source: "unknown" }, turns: 2 })).toBe(
      "It is over. The run spent 2 turns.",
    );
  });
});

describe("what is left", () => {
  test.each<[string, Limits, Expense, Limits]>([
    ["all of it at first", { usd: 1, tokens: 100, turns: 5 }, {}, { usd: 1, tokens: 100, turns: 5 }],
    [
      "less what was spent",
      { usd: 0.3, tokens: 100, turns: 5 },
      { usd: 0.1, tokens: 30, turns: 2 },
      { usd: 0.2, tokens: 70, turns: 3 },
    ],
    ["nothing of what has no limit", { turns: 5 }, { usd: 1, tokens: 7, turns: 1 }, { turns: 4 }],
    ["all of what nothing is known of", { usd: 1 }, { turns: 3 }, { usd: 1 }],
    ["never less than the least", { usd: 1, turns: 1 }, { usd: 2, turns: 4 }, { usd: 0.000001, turns: 1 }],
  ])("%s", (_, limits, spent, expected) => expect(leftOf(limits, spent)).toEqual(expected));
});

describe("a limit", () => {
  test.each<[string, Limits, Expense, Partial<ReturnType<typeof findOverrun>> | undefined]>([
    ["that is not there", {}, { usd: 9, tokens: 9, turns: 9 }, undefined],
    ["that is not reached", { usd: 1, tokens: 10, turns: 2 }, { usd: 0.99, tokens: 9, turns: 1 }, undefined],
    [
      "of dollars that is reached",
      { usd: 1 },
      { usd: 1 },
      { code: "budget-exceeded", message: "The run's limit of 1 USD is reached." },
    ],
    [
      "of tokens that is passed",
      { tokens: 10 },
      { tokens: 11 },
      { code: "budget-exceeded", message: "The run's limit of 10 tokens is reached." },
    ],
    [
      "of turns that is reached",
      { turns: 2 },
      { turns: 2 },
      { code: "turn-limit", message: "The run's limit of 2 turns is reached." },
    ],
    ["of which nothing is known", { usd: 1 }, { turns: 5 }, undefined],
  ])("%s", (_, limits, spent, expected) => expect(findOverrun(limits, spent)).toEqual(expected));

  test("has a code of its own", () => {
    expect((Object.keys(codes) as ErrorCode[]).filter(isOfLimit)).toEqual(["turn-limit", "budget-exceeded"]);
  });

  test("does no harm to an answer that is there, but something is said of it", () => {
    expect(judgeCompleted({ usd: 1, tokens: 10, turns: 2 }, { usd: 1, tokens: 10, turns: 2 })).toEqual([]);
    expect(judgeCompleted({}, { usd: 1 })).toEqual([]);
    expect(judgeCompleted({ usd: 0.01, tokens: 10 }, { usd: 0.0125, turns: 1 })).toEqual([
      "limits.usd: the answer took the run over its limit of 0.01 USD, to 0.0125 USD",
      "limits.tokens: what the run spent is unknown",
    ]);
    expect(judgeCompleted({ usd: 1, turns: 9 }, { usd: 0.5, turns: 3, untold: ["usd", "tokens"] })).toEqual([
      "limits.usd: whether it was kept is unknown, since not all calls of the model told what they took",
    ]);
    expect(judgeCompleted({ usd: 1 }, { usd: 2, untold: ["usd"] })).toEqual([
      expect.stringContaining("over its limit"),
    ]);
  });
});
