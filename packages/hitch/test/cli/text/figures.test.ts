import { describe, expect, test } from "vitest";
import { formatAgo, formatCost, formatTime, formatUsage } from "../../../src/cli/text/figures.ts";

test.each([
  [0, "0s"],
  [3_240, "3.2s"],
  [9_949, "9.9s"],
  [9_960, "10s"],
  [59_400, "59s"],
  [59_600, "1m00s"],
  [65_000, "1m05s"],
  [7_620_000, "2h07m"],
])("%i ms are %s", (timeMs, text) => {
  expect(formatTime(timeMs)).toBe(text);
});

test.each([
  [{}, undefined],
  [{ inputTokens: 0, outputTokens: 0 }, "0 in, 0 out"],
  [{ inputTokens: 999 }, "999 in"],
  [{ inputTokens: 10_000, cacheReadTokens: 2_000, cacheWriteTokens: 300, outputTokens: 5 }, "12.3k in, 5 out"],
  [{ outputTokens: 999_940, reasoningTokens: 20 }, "1M out"],
])("%j is %j", (usage, text) => {
  expect(formatUsage(usage)).toBe(text);
});

test.each([
  [{ source: "unknown" }, undefined],
  [{ usd: 0, source: "reported" }, "$0"],
  [{ usd: 0.01234, source: "reported" }, "$0.0123"],
  [{ usd: 12.345, source: "estimated" }, "~$12.35"],
] as const)("%j is %j", (cost, text) => {
  expect(formatCost(cost)).toBe(text);
});

describe("how long ago", () => {
  test.each([
    [-5_000, "now"],
    [999, "now"],
    [1_000, "1s ago"],
    [59_999, "59s ago"],
    [60_000, "1m ago"],
    [7_199_999, "1h ago"],
    [13 * 86_400_000, "13d ago"],
  ])("%i ms: %s", (agoMs, text) => expect(formatAgo(agoMs)).toBe(text));
});
