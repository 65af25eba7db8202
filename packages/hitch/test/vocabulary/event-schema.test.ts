import { expect, expectTypeOf, test } from "vitest";
import { codes } from "../../src/vocabulary/codes.ts";
import type { HitchEvent } from "../../src/vocabulary/events.ts";
import { assertEvent, errorCodes, eventTypes } from "../support/event-schema.ts";

/** One example of every event; the type makes sure that none is missing. */
const examples: {
  [Type in HitchEvent["type"]]: Omit<
    Extract<HitchEvent, { type: Type }>,
    "runId" | "attempt" | "seq" | "time" | "type"
  >;
} = {
  "run-start": {
    version: 1,
    provider: "pi",
    model: "scripted/one",
    cwd: "/home/me/project",
    title: "Fix the bug",
    permissions: { level: "workspace", enforcedBy: "nothing" },
    containment: { tier: "marker", detail: "no prlimit" },
  },
  "attempt-start": { provider: "pi", command: ["pi", "-p"] },
  session: {
    session: { provider: "pi", id: "s1", cwd: "/home/me/project", totals: { usd: 1, usage: { inputTokens: 3 } } },
  },
  "text-delta": { id: "1", text: "He" },
  text: { id: "1", text: "Hello" },
  "reasoning-delta": { id: "2", text: "Hm" },
  reasoning: { id: "2", text: "Hmm" },
  "tool-call": {
    toolCallId: "c1",
    toolName: "bash",
    kind: "execute",
    input: { command: "ls" },
    parentToolCallId: "c0",
  },
  "tool-result": { toolCallId: "c1", output: "a\n", isError: false },
  "file-change": { path: "/home/me/project/a", change: "create" },
  plan: { entries: [{ content: "look", status: "in-progress" }] },
  "finish-step": {
    usage: { inputTokens: 1, outputTokens: 2, cacheReadTokens: 0 },
    cost: { usd: 0.1, source: "reported" },
    reason: "stop",
  },
  permission: { toolName: "bash", message: "refused" },
  compaction: {},
  output: { via: "tool", valid: false, issues: ["age: too large"] },
  warning: { message: "careful" },
  stderr: { text: "noise" },
  retry: { reason: "busy", delayMs: 12.5 },
  fallback: { from: "pi", to: "opencode", reason: "busy" },
  raw: { line: "{}" },
  "attempt-finish": { verdict: { ok: false, code: "overloaded", message: "busy" } },
  "run-finish": {
    status: "failed",
    result: {
      text: "",
      usage: {},
      cost: { source: "unknown" },
      changes: {
        source: "git",
        files: [{ path: "/home/me/project/b", change: "move", from: "/home/me/project/a", additions: 1, deletions: 0 }],
        additions: 1,
        deletions: 0,
        patch: "diff --git a/a b/b\n",
      },
      attempts: [
        {
          provider: "pi",
          task: "prompt",
          verdict: { ok: true },
          exit: { code: 0, signal: null },
          stderr: { head: "", tail: "" },
          command: ["pi"],
          durationMs: 1,
          usage: {},
          cost: { source: "unknown" },
          output: { via: "tool", issues: ["age: too large"], raw: ['{"age":1000}', '{"age":10}'] },
        },
      ],
    },
    error: { code: "overloaded", message: "busy", hint: "wait", retryable: true },
  },
};

const envelope = { runId: "0123456789a", attempt: 1, seq: 0, time: "2026-01-02T03:04:05.678Z" };

test.each(Object.entries(examples))("the schema allows %s, and nothing unknown in it", (type, fields) => {
  const event = { ...envelope, type, ...fields };
  expect(() => assertEvent(event)).not.toThrow();
  expect(() => assertEvent({ ...event, surprise: 1 })).toThrow("is no event");
  expect(() => assertEvent({ ...event, seq: -1 })).toThrow("is no event");
});

test("schema and types know the same events and codes", () => {
  expect(eventTypes.toSorted()).toEqual(Object.keys(examples).toSorted());
  expect(errorCodes.toSorted()).toEqual(Object.keys(codes).toSorted());
  expectTypeOf<HitchEvent>().toHaveProperty("seq");
});
