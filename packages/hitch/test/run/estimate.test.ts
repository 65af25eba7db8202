/** With the real list of prices. What stands here of a model was its price when the list's version was pinned. */
import { describe, expect, test } from "vitest";
import { estimateLater } from "../../src/run/estimate.ts";
import { loadPriceList } from "../../src/run/price-list.ts";
import type { Cost } from "../../src/vocabulary/usage.ts";
import { scripted, script } from "../support/scripted-agent.ts";
import { start } from "../support/start.ts";

const find = await loadPriceList(new Date("2026-10-01"));

describe("the list of prices", () => {
  test.each([
    ["openai", "gpt-5.5", 5, 30, 0.5],
    ["openai", "gpt-5.5-2026-04-23", 5, 30, 0.5],
    ["openai", "gpt-5.3-codex", 1.75, 14, 0.175],
    ["anthropic", "claude-sonnet-4-5-20250929", 3, 15, 0.3],
    ["google", "gemini-2.5-pro", 1.25, 10, 0.125],
    ["openrouter", "anthropic/claude-sonnet-4.5", 3, 15, 0.3],
  ])("knows %s %s", (vendor, id, input, output, cacheRead) => {
    expect(find({ vendor, id })).toMatchObject({
      input: { usd: input },
      output: { usd: output },
      cacheRead: { usd: cacheRead },
    });
  });

  test("knows that long prompts cost more", () => {
    expect(find({ vendor: "openai", id: "gpt-5.5" })?.input.tiers).toEqual([{ above: 271_999, usd: 10 }]);
  });

  test("has the prices of the day", async () => {
    const [before, after] = [await loadPriceList(new Date("2026-12-31")), await loadPriceList(new Date("2027-01-02"))];
    const model = { vendor: "google", id: "gemini-3.6-flash" };
    expect([before(model)?.input.usd, after(model)?.input.usd]).toEqual([0.75, 1.5]);
  });

  test.each([
    ["openai", "gpt-99"],
    ["openai", "mock-model"],
    ["openai", ""],
    ["anthropic", "claude-sonnet-5-9"],
    ["anthropic", "claude-sonnet-4-5-mine"],
    ["google", "gemini-2.5-pro-mine"],
    ["my-openai-proxy", "gpt-5.5"],
    ["", "gpt-5.5"],
  ])("does not guess the price of %s %s", (vendor, id) => {
    expect(find({ vendor, id })).toBeUndefined();
  });
});

describe("a run whose agent tells tokens but no money", () => {
  const usage = { inputTokens: 1_000_000, outputTokens: 100_000, reasoningTokens: 100_000 };
  const unknown: Cost = { source: "unknown" };
  const step = (cost: Cost = unknown) => ({ line: { events: [{ type: "finish-step", usage, cost }] } });
  const say = { line: { text: "Done." } };
  const end = { line: { ended: true } };

  test("costs what the list says for the model that was asked for", async () => {
    const result = await start(script(say, step(), end), { model: "anthropic/claude-opus-4-5" });
    expect(result.cost).toEqual({ usd: 10, source: "estimated" });
    expect(result.attempts).toMatchObject([{ cost: { usd: 10, source: "estimated" } }]);
    expect(result.usageByModel).toEqual({ "anthropic/claude-opus-4-5": usage });
  });

  test("costs what the list says for the model that answered, if the agent tells it", async () => {
    const told = { line: { evidence: [{ type: "model", id: "anthropic/claude-haiku-4-5" }] } };
    const result = await start(script(told, say, step(), end), { model: "anthropic/claude-opus-4-5" });
    expect(result).toMatchObject({
      model: "anthropic/claude-haiku-4-5",
      cost: { usd: 2, source: "estimated" },
      usageByModel: { "anthropic/claude-haiku-4-5": usage },
    });
  });

  test("costs what its totals say also where it failed before a step was over", async () => {
    const totals = { line: { evidence: [{ type: "totals", scope: "attempt", usage }] } };
    const failed = { line: { evidence: [{ type: "failure", message: "no more" }] } };
    const run = start(script(totals, failed, { exit: 1 }), { model: "anthropic/claude-opus-4-5" });
    const { error } = await run.settled;
    expect(error?.result).toMatchObject({ turns: 0, usage, cost: { usd: 10, source: "estimated" } });
  });

  test("costs what the list says for each of its models", async () => {
    const [opus, haiku] = ["anthropic/claude-opus-4-5", "anthropic/claude-haiku-4-5"];
    const part = { inputTokens: 500_000, outputTokens: 0 };
    const usageByModel = { [opus]: part, [haiku]: part };
    const totals = { line: { evidence: [{ type: "totals", scope: "attempt", usage, usageByModel }] } };
    const result = await start(script(say, step(), totals, end));
    expect(result).toMatchObject({ cost: { usd: 3, source: "estimated" }, usage, usageByModel });
  });

  test("is priced by the vendor whose models the agent has", async () => {
    const { capabilities } = scripted;
    const options = { ...capabilities.options, model: { required: false, example: "x", vendor: "openai" } };
    const provider = { ...scripted, capabilities: { ...capabilities, options } };
    const run = start(script(say, step(), end), { provider, model: "gpt-5.3-codex" });
    expect((await run).cost).toEqual({ usd: 1.75 + 2.8, source: "estimated" });
  });

  test("keeps what the agent reports", async () => {
    const run = start(script(say, step({ usd: 0.25, source: "reported" }), end), {
      model: "anthropic/claude-opus-4-5",
    });
    expect((await run).cost).toEqual({ usd: 0.25, source: "reported" });
  });

  test.each(["nobody/knows-it", "claude-opus-4-5", undefined])(
    "has an unknown cost with the model %s",
    async (model) => {
      const result = await start(script(say, step(), end), model === undefined ? {} : { model });
      expect(result.cost).toEqual(unknown);
    },
  );
});

test("a list of prices that cannot be used costs no run its result", async () => {
  const warnings: string[] = [];
  const broken = () => Promise.reject(new Error("there is no such package"));
  const estimate = estimateLater(scripted, (message) => void warnings.push(message), broken);
  const spent = { model: "openai/gpt-5.5", usage: { inputTokens: 1, outputTokens: 1 }, isOneCall: true };
  expect(await estimate([spent])).toEqual({ source: "unknown" });
  expect(warnings).toEqual([expect.stringContaining("there is no such package")]);
});
