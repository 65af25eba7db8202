import stringWidth from "string-width";
import { expect, test } from "vitest";
import { formatEvent } from "../../src/cli/event-line.ts";
import type { AgentEvent, HitchEvent, RunEvent } from "../../src/vocabulary/events.ts";

const time = "2026-03-01T12:00:00.000Z";

function event(body: AgentEvent | RunEvent): HitchEvent {
  return { runId: "3f2a9c01b7e", attempt: 1, seq: 3, time, ...body };
}

const failed = { code: "timeout", message: "It took\ntoo long.", hint: "Wait.", retryable: false } as const;

test.each<readonly [AgentEvent | RunEvent, string]>([
  [{ type: "text", id: "1", text: "One\n\n two\u001b[2J three" }, "text           One two three"],
  [
    {
      type: "tool-call",
      toolCallId: "1",
      toolName: "bash",
      kind: "execute",
      input: { command: "npm test", timeout: 9 },
    },
    "tool-call      bash npm test",
  ],
  [
    { type: "tool-call", toolCallId: "1", toolName: "todo", kind: "other", input: { todos: [] } },
    `tool-call      todo {"todos":[]}`,
  ],
  [
    { type: "tool-result", toolCallId: "1", output: "no such file", isError: true },
    "tool-result    failed: no such file",
  ],
  [{ type: "tool-result", toolCallId: "1", output: undefined, isError: false }, "tool-result"],
  [
    { type: "finish-step", usage: { inputTokens: 1200, outputTokens: 85 }, cost: { usd: 0.5, source: "estimated" } },
    "finish-step    1.2k in, 85 out, ~$0.5000",
  ],
  [{ type: "compaction" }, "compaction"],
  [{ type: "retry", reason: "overloaded", delayMs: 2500 }, "retry          trying again in 2.5s: overloaded"],
  [{ type: "attempt-finish", verdict: { ok: true } }, "attempt-finish ok"],
  [{ type: "run-finish", status: "failed", result: {}, error: failed }, "run-finish     timeout: It took too long."],
  [{ type: "later-invented" } as unknown as RunEvent, "later-invented"],
])("%j", (body, line) => {
  const shown = formatEvent(event(body), Infinity);
  expect(shown?.slice(0, 9)).toMatch(/^\d\d:\d\d:\d\d $/);
  expect(shown?.slice(9)).toBe(line);
});

test("pieces of a text are left to the whole", () => {
  expect(formatEvent(event({ type: "text-delta", id: "1", text: "O" }), Infinity)).toBeUndefined();
  expect(formatEvent(event({ type: "reasoning-delta", id: "1", text: "O" }), Infinity)).toBeUndefined();
});

test("a long text is cut to the screen, and without one after 500 characters", () => {
  const long = event({ type: "text", id: "1", text: "日本語 ".repeat(100_000) });
  expect(stringWidth(formatEvent(long, 80) ?? "")).toBeLessThanOrEqual(80);
  expect(formatEvent(long, 40)).toMatch(/^text {11}日本語 .*…$/);
  expect(formatEvent(long, Infinity)?.length).toBe("12:00:00 text           ".length + 501);
  const emoji = event({ type: "text", id: "1", text: `x${"😀".repeat(1000)}` });
  expect(formatEvent(emoji, Infinity)).toMatch(/^[^\uFFFD]* x(😀){249}…$/u);
});
