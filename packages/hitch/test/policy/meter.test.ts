import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Expense } from "../../src/policy/limits.ts";
import { createMeter } from "../../src/policy/meter.ts";
import type { AgentEvent } from "../../src/vocabulary/events.ts";
import type { Limits } from "../../src/vocabulary/limits.ts";

const say = (id: string): AgentEvent => ({ type: "text", id, text: "…" });
const call = (toolCallId: string): AgentEvent => ({
  type: "tool-call",
  toolCallId,
  toolName: "t",
  kind: "read",
  input: {},
});
const result = (toolCallId: string): AgentEvent => ({ type: "tool-result", toolCallId, output: "", isError: false });
const step: AgentEvent = {
  type: "finish-step",
  usage: { inputTokens: 10, outputTokens: 5 },
  cost: { usd: 0.01, source: "reported" },
};
const untold: AgentEvent = { type: "finish-step", cost: { source: "unknown" } };
/** It tells tokens and no price. */
const unpriced: AgentEvent = { ...step, cost: { source: "unknown" } };
const retry: AgentEvent = { type: "retry", reason: "busy" };

/** After how many of these events an attempt has to end; undefined if it may go on. */
function endsAfter(events: readonly AgentEvent[], limits: Limits, earlier: Expense = {}): number | undefined {
  const meter = createMeter(limits, earlier);
  const index = events.findIndex((event) => meter.take([event]) !== undefined);
  return index === -1 ? undefined : index + 1;
}

describe("an attempt", () => {
  // Agents tell of tools before the end of the step that asked for them, or after it.
  const toolsBefore = [say("0"), call("a"), result("a"), step, say("1"), call("b"), result("b"), step, say("2"), step];
  const toolsAfter = [say("0"), step, call("a"), result("a"), say("1"), step, call("b"), result("b"), say("2"), step];

  test.each<[string, readonly AgentEvent[], Limits, Expense, number | undefined]>([
    ["without limits goes on", toolsBefore, {}, {}, undefined],
    ["goes on below its limits", toolsBefore, { usd: 0.031, tokens: 46, turns: 4 }, {}, undefined],
    ["ends with the step that reaches it, if tools were used", toolsBefore, { turns: 1 }, {}, 4],
    ["ends with a later step", toolsBefore, { turns: 2 }, {}, 8],
    ["ends when the tools of the step are over", toolsAfter, { turns: 1 }, {}, 4],
    ["ends when those of a later step are", toolsAfter, { turns: 2 }, {}, 8],
    ["may reach it with its answer", toolsBefore, { turns: 3 }, {}, undefined],
    ["may reach it with its answer, however it tells", toolsAfter, { turns: 3 }, {}, undefined],
    ["may pass it with its answer", toolsBefore, { tokens: 44 }, {}, undefined],
    ["ends for tokens", toolsBefore, { tokens: 30 }, {}, 8],
    ["ends for dollars", toolsBefore, { usd: 0.015 }, {}, 8],
    ["ends for the limit that is reached first", toolsBefore, { usd: 0.005, turns: 3 }, {}, 4],
    ["counts what the run spent before it", toolsBefore, { turns: 3 }, { turns: 2 }, 4],
    ["ends when it was called again without a tool", [say("0"), step, say("1"), step], { turns: 1 }, {}, 3],
    ["ends when a failed call is made again", [say("0"), step, retry], { turns: 1 }, {}, 3],
    ["ends when another step is over though a tool is still open", [call("a"), step, step], { turns: 1 }, {}, 3],
    ["waits for a tool that is open", [call("a"), call("b"), result("a"), step, result("b")], { turns: 1 }, {}, 5],
    ["may tell nothing of one call", [untold], { usd: 1 }, {}, undefined],
    [
      "may tell nothing of one call among others",
      [say("0"), untold, say("1"), step, say("2"), untold],
      { usd: 1 },
      {},
      undefined,
    ],
    [
      "ends when it tells of no call what it took",
      [say("0"), call("a"), result("a"), untold, say("1"), untold, call("b"), result("b")],
      { usd: 1 },
      {},
      8,
    ],
    [
      "ends when it tells nothing of two calls after one of which it told",
      [say("0"), step, say("1"), untold, say("2"), untold, say("3")],
      { usd: 1 },
      {},
      7,
    ],
    [
      "ends when it tells of some calls, but not of two",
      [say("0"), untold, say("1"), step, say("2"), untold, say("3")],
      { tokens: 100 },
      {},
      7,
    ],
    [
      "ends when it tells no prices though an attempt before it did",
      [say("0"), unpriced, say("1"), unpriced, say("2")],
      { usd: 1 },
      { usd: 0.01, turns: 1 },
      5,
    ],
    [
      "may tell of one kind nothing that has no limit",
      [say("0"), unpriced, say("1"), unpriced, say("2"), unpriced],
      { tokens: 100 },
      { usd: 0.01 },
      undefined,
    ],
    [
      "needs to tell of turns alone nothing",
      [call("a"), result("a"), untold, call("b"), result("b"), untold],
      { turns: 3 },
      {},
      undefined,
    ],
  ])("%s", (_, events, limits, earlier, expected) => expect(endsAfter(events, limits, earlier)).toBe(expected));

  test("of which nothing is told ends as one that cannot be held to its limit", () => {
    const meter = createMeter({ tokens: 100 }, {});
    const overrun = meter.take([say("0"), untold, say("1"), call("a"), result("a"), untold]);
    expect(overrun).toMatchObject({
      code: "unsupported-option",
      message: expect.stringContaining("limits.tokens") as string,
    });
  });

  test("gives one reason, and the same again", () => {
    const meter = createMeter({ turns: 1 }, {});
    expect(meter.take(toolsBefore)).toEqual(meter.take([say("3")]));
  });

  const event = fc.constantFrom(say("0"), call("a"), result("a"), call("b"), result("b"), step, untold, retry);

  test("never makes more than three calls of which it tells nothing", () => {
    const earlier = fc.constantFrom<Expense>({}, { usd: 0.01, tokens: 1, turns: 1 });
    const limits = fc.constantFrom<Limits>({ usd: 9 }, { tokens: 9_000 });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), limits, earlier, (events, limit, before) => {
        const end = endsAfter(events, limit, before) ?? events.length;
        expect(events.slice(0, end).filter((one) => one === untold).length).toBeLessThanOrEqual(3);
      }),
    );
  });

  test("never makes more steps than its limit and one", () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), fc.integer({ min: 1, max: 5 }), (events, turns) => {
        const end = endsAfter(events, { turns }) ?? events.length;
        expect(events.slice(0, end).filter(({ type }) => type === "finish-step").length).toBeLessThanOrEqual(turns + 1);
      }),
    );
  });
});
