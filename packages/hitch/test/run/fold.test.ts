import { describe, expect, test } from "vitest";
import type { Evidence } from "../../src/provider.ts";
import { addCosts, createFold, isShareUnknown, type Folded } from "../../src/run/fold.ts";
import type { AgentEvent } from "../../src/vocabulary/events.ts";
import type { Session } from "../../src/vocabulary/result.ts";

const unknown = { source: "unknown" } as const;
const step: AgentEvent = {
  type: "finish-step",
  usage: { inputTokens: 10, outputTokens: 2 },
  cost: { usd: 0.5, source: "reported" },
};
const say = (id: string, text: string): AgentEvent => ({ type: "text", id, text });

function fold(
  events: readonly AgentEvent[],
  totals?: Extract<Evidence, { type: "totals" }>,
  earlier?: Session,
): Folded {
  const folding = createFold(earlier);
  events.forEach(folding.add);
  if (totals) folding.addTotals(totals);
  return folding.folded;
}

test.each<[string, AgentEvent[], Partial<Folded>]>([
  ["the text of the last step is the answer", [say("1", "I begin."), step, say("2", "Done."), step], { text: "Done." }],
  ["a last step without text has no answer", [say("1", "I begin."), step, step], { text: "" }],
  [
    "a step that was cut off gives what it had",
    [say("1", "Old"), step, { type: "text-delta", id: "2", text: "Ne" }, { type: "text-delta", id: "2", text: "w" }],
    { text: "New" },
  ],
  [
    "a whole text replaces its deltas",
    [{ type: "text-delta", id: "1", text: "Hel" }, say("1", "Hello")],
    { text: "Hello" },
  ],
  ["several texts of a step are joined", [say("1", "a"), say("2", "b"), step], { text: "a\nb" }],
  [
    "usage and cost are summed over steps",
    [step, step],
    { usage: { inputTokens: 20, outputTokens: 4 }, cost: { usd: 1, source: "reported" }, turns: 2 },
  ],
  ["one unknown cost makes the sum unknown", [step, { ...step, cost: unknown }], { cost: unknown }],
  ["what was told of an unknown cost is kept apart", [step, { ...step, cost: unknown }, step], { usdTold: 1 }],
  ["without a step nothing is known of the cost", [], { cost: unknown, usage: {} }],
  [
    "a file made and then edited was made",
    [
      { type: "file-change", path: "/a", change: "create" },
      { type: "file-change", path: "/a", change: "edit" },
    ],
    { changes: [{ path: "/a", change: "create" }] },
  ],
  [
    "a file made and then deleted is deleted",
    [
      { type: "file-change", path: "/a", change: "create" },
      { type: "file-change", path: "/a", change: "delete" },
    ],
    { changes: [{ path: "/a", change: "delete" }] },
  ],
])("%s", (_, events, expected) => {
  expect(fold(events)).toMatchObject(expected);
});

test.each(["edit", "delete", "move", "execute", "other"] as const)("a tool that may %s has side effects", (kind) => {
  expect(fold([{ type: "tool-call", toolCallId: "1", toolName: "t", kind, input: {} }])).toMatchObject({
    sideEffects: true,
    openToolCalls: 1,
  });
});

test("a changed file is a side effect, whatever the tools were said to do", () => {
  const read: AgentEvent = { type: "tool-call", toolCallId: "1", toolName: "t", kind: "read", input: {} };
  expect(fold([read, { type: "file-change", path: "/a", change: "edit" }])).toMatchObject({ sideEffects: true });
});

test.each(["read", "search", "think", "fetch"] as const)("a tool that can only %s has none", (kind) => {
  const call: AgentEvent = { type: "tool-call", toolCallId: "1", toolName: "t", kind, input: {} };
  const result: AgentEvent = { type: "tool-result", toolCallId: "1", output: "", isError: false };
  expect(fold([call, result])).toMatchObject({ sideEffects: false, openToolCalls: 0, toolCalls: 1 });
});

test("totals of the attempt replace the sum of its steps", () => {
  const totals = { type: "totals", scope: "attempt", usage: { inputTokens: 99 }, usd: 9 } as const;
  expect(fold([step], totals)).toMatchObject({ usage: { inputTokens: 99 }, cost: { usd: 9 } });
});

test("totals of the session count only what this run added, and travel on in the session", () => {
  const earlier: Session = { provider: "p", id: "1", cwd: "/", totals: { usage: { inputTokens: 60 }, usd: 4 } };
  const totals = { type: "totals", scope: "session", usage: { inputTokens: 99 }, usd: 9 } as const;
  const folded = fold([{ type: "session", session: { provider: "p", id: "1", cwd: "/" } }], totals, earlier);
  expect(folded).toMatchObject({ usage: { inputTokens: 39 }, cost: { usd: 5, source: "reported" } });
  expect(folded.session?.totals).toEqual({ usage: { inputTokens: 99 }, usd: 9 });
});

test("tokens and money that are counted apart do not take each other's place", () => {
  const session = { provider: "p", id: "1", cwd: "/" };
  const earlier: Session = { ...session, totals: { usd: 4 } };
  const folding = createFold(earlier);
  folding.add({ type: "session", session });
  folding.addTotals({ type: "totals", scope: "attempt", usage: { inputTokens: 99 } });
  folding.addTotals({ type: "totals", scope: "session", usd: 9 });
  const { folded } = folding;
  expect(folded).toMatchObject({ usage: { inputTokens: 99 }, cost: { usd: 5, source: "reported" } });
  expect(folded.spent).toEqual([{ usage: { inputTokens: 99 }, isOneCall: false }]);
  expect(folded.session?.totals).toEqual({ usd: 9 });
});

test("totals of a session whose earlier ones nobody knows say nothing of this run", () => {
  const earlier: Session = { provider: "p", id: "1", cwd: "/" };
  const totals = { type: "totals", scope: "session", usage: { inputTokens: 99 }, usd: 9 } as const;
  const folded = fold([{ type: "session", session: earlier }], totals, earlier);
  expect(folded).toMatchObject({ usage: {}, cost: { source: "unknown" } });
  expect(folded.usage).toEqual({});
  expect(folded.session?.totals).toEqual({ usage: { inputTokens: 99 }, usd: 9 });
  expect(isShareUnknown(totals, earlier)).toBe(true);
  expect(isShareUnknown(totals, undefined)).toBe(false);
  expect(isShareUnknown(totals, { ...earlier, totals: { usage: {}, usd: 0 } })).toBe(false);
});

describe("what was spent, by model", () => {
  const plainStep: AgentEvent = { type: "finish-step", usage: { inputTokens: 10 }, cost: unknown };

  test("is of the model that was asked for until the agent tells another one", () => {
    const folding = createFold(undefined, "asked");
    folding.add(plainStep);
    folding.setModel("told");
    folding.add({ type: "finish-step", cost: unknown });
    expect(folding.folded).toMatchObject({
      model: "told",
      spent: [
        { model: "asked", usage: { inputTokens: 10 }, isOneCall: true },
        { model: "told", isOneCall: true },
      ],
    });
  });

  test("is of no model if nobody names one", () => {
    expect(fold([plainStep]).spent).toEqual([{ usage: { inputTokens: 10 }, isOneCall: true }]);
    expect(fold([plainStep])).not.toHaveProperty("model");
  });

  test("is this run's share of a session's totals, over several calls", () => {
    const earlier: Session = { provider: "p", id: "1", cwd: "/", totals: { usage: { inputTokens: 60 } } };
    const folding = createFold(earlier, "m");
    [plainStep, plainStep].forEach(folding.add);
    folding.addTotals({ type: "totals", scope: "session", usage: { inputTokens: 99 } });
    expect(folding.folded.spent).toEqual([{ model: "m", usage: { inputTokens: 39 }, isOneCall: false }]);
  });

  test("is what an attempt's totals tell of each model", () => {
    const [a, b] = [{ inputTokens: 7 }, { inputTokens: 3 }];
    const folding = createFold(undefined, "asked");
    folding.add(plainStep);
    folding.addTotals({ type: "totals", scope: "attempt", usage: { inputTokens: 10 }, usageByModel: { a, b } });
    expect(folding.folded.spent).toEqual([
      { model: "a", usage: a, isOneCall: true },
      { model: "b", usage: b, isOneCall: true },
    ]);
  });
});

test("an estimate makes the sum an estimate", () => {
  expect(
    addCosts([
      { usd: 1, source: "reported" },
      { usd: 2, source: "estimated" },
    ]),
  ).toEqual({ usd: 3, source: "estimated" });
});
