import { describe, expect, test } from "vitest";
import {
  estimateCost,
  isNamed,
  mayEstimate,
  nameListed,
  priceUsage,
  type Prices,
  type Spent,
} from "../../src/policy/pricing.ts";
import type { Usage } from "../../src/vocabulary/usage.ts";

const prices: Prices = { input: { usd: 2 }, output: { usd: 10 }, cacheRead: { usd: 0.5 }, cacheWrite: { usd: 4 } };
const tiered: Prices = {
  input: {
    usd: 1,
    tiers: [
      { above: 1000, usd: 2 },
      { above: 5000, usd: 3 },
    ],
  },
  output: { usd: 10, tiers: [{ above: 1000, usd: 20 }] },
};
const million = 1_000_000;

describe("the price of a usage", () => {
  test.each<[string, Usage, Prices, number | undefined]>([
    ["input and output", { inputTokens: million, outputTokens: million }, prices, 12],
    ["reasoning costs what output costs", { inputTokens: 0, outputTokens: 0, reasoningTokens: million }, prices, 10],
    ["what a cache gave is cheaper", { inputTokens: 0, outputTokens: 0, cacheReadTokens: million }, prices, 0.5],
    ["what a cache takes is dearer", { inputTokens: 0, outputTokens: 0, cacheWriteTokens: million }, prices, 4],
    [
      "without prices of its own a cache costs what input costs",
      { inputTokens: 100, outputTokens: 0, cacheReadTokens: 100, cacheWriteTokens: 100 },
      { input: { usd: 2 }, output: { usd: 10 } },
      600 / million,
    ],
    ["without a count of input it is unknown", { outputTokens: 5 }, prices, undefined],
    ["without a count of output it is unknown", { inputTokens: 5 }, prices, undefined],
    ["nothing was counted", {}, prices, undefined],
  ])("%s", (_, usage, list, usd) => {
    expect(priceUsage(usage, list, true)).toEqual(usd);
  });

  test.each<[string, Usage, boolean, number]>([
    ["a prompt at the edge has the lower price", { inputTokens: 1000, outputTokens: 1 }, true, 1000 + 10],
    ["a longer one the higher, for all of its tokens", { inputTokens: 1001, outputTokens: 1 }, true, 2002 + 20],
    ["what a cache gave makes it longer", { inputTokens: 1, outputTokens: 1, cacheReadTokens: 1000 }, true, 2002 + 20],
    ["the longest has the highest", { inputTokens: 6000, outputTokens: 1 }, true, 18_000 + 20],
    ["of several calls nobody knows how long each was", { inputTokens: 6000, outputTokens: 1 }, false, 6000 + 10],
  ])("tiers: %s", (_, usage, isOneCall, microdollars) => {
    expect(priceUsage(usage, tiered, isOneCall)).toBeCloseTo(microdollars / million, 12);
  });
});

test.each<[string, string | undefined, ReturnType<typeof nameListed>]>([
  ["gpt-5.5", "openai", { vendor: "openai", id: "gpt-5.5" }],
  ["openai/gpt-oss-120b", "openai", { vendor: "openai", id: "openai/gpt-oss-120b" }],
  ["anthropic/claude-sonnet-4-5", undefined, { vendor: "anthropic", id: "claude-sonnet-4-5" }],
  ["openrouter/anthropic/claude-sonnet-4.5", undefined, { vendor: "openrouter", id: "anthropic/claude-sonnet-4.5" }],
  ["claude-sonnet-4-5", undefined, undefined],
  ["/x", undefined, undefined],
  ["x/", undefined, undefined],
])("%s of the vendor %s is listed as %j", (model, vendor, listed) => {
  expect(nameListed(model, vendor)).toEqual(listed);
});

test.each<[string, readonly string[], boolean]>([
  ["gpt-5.5", ["gpt-5.5"], true],
  ["GPT-5.5", ["gpt-5.5"], true],
  ["claude-sonnet-4-5-20250929", ["claude-sonnet-4-5"], true],
  ["claude-sonnet-4-5@20250929", ["claude-sonnet-4-5"], true],
  ["claude-sonnet-4", ["claude-sonnet-4-20250514"], true],
  ["gpt-5.5-2026-04-23", ["other", "gpt-5.5"], true],
  ["claude-sonnet-5-5", ["claude-sonnet-5"], false],
  ["gpt-5.5-mini", ["gpt-5.5"], false],
  ["gpt-5", [], false],
])("whether %s is named in %j: %s", (id, names, expected) => {
  expect(isNamed(id, names)).toBe(expected);
});

describe("the cost of all that was spent", () => {
  const list = { "v/a": prices, "v/b": { input: { usd: 1 }, output: { usd: 1 } } } as Record<string, Prices>;
  const usage = { inputTokens: million, outputTokens: 0 };
  const spend = (model: string, more: Partial<Spent> = {}): Spent => ({ model, usage, isOneCall: true, ...more });
  const estimate = (...spent: Spent[]) => estimateCost(spent, undefined, ({ vendor, id }) => list[`${vendor}/${id}`]);

  test("is the sum over its models", () => {
    expect(estimate(spend("v/a"), spend("v/b"))).toEqual({ usd: 3, source: "estimated" });
  });

  test.each<[string, Spent[]]>([
    ["nothing was spent", []],
    ["a model is not on the list", [spend("v/a"), spend("v/c")]],
    ["a model has no vendor", [spend("a")]],
    ["nobody named the model", [{ usage, isOneCall: true }]],
    ["a call has no usage", [spend("v/a"), { model: "v/a", isOneCall: true }]],
    ["a count is missing", [spend("v/a", { usage: { inputTokens: 5 } })]],
    ["the counts are all 0", [spend("v/a", { usage: { inputTokens: 0, outputTokens: 0 } })]],
  ])("is unknown, and never 0, if %s", (_, spent) => {
    expect(estimate(...spent)).toEqual({ source: "unknown" });
  });

  test.each<[Spent[], string | undefined, boolean]>([
    [[spend("v/a")], undefined, true],
    [[spend("a")], "v", true],
    [[spend("a")], undefined, false],
    [[spend("v/a"), { model: "v/a", isOneCall: true }], undefined, false],
    [[{ usage, isOneCall: true }], "v", false],
    [[], "v", false],
  ])("needs the list for %j of %s: %s", (spent, vendor, expected) => {
    expect(mayEstimate(spent, vendor)).toBe(expected);
  });
});
