import type { AgentEvent, HitchEvent, RunEvent } from "../../../src/vocabulary/events.ts";

const startMs = Date.UTC(2030, 0, 1);

/** An event of the first attempt, so many milliseconds after the run began. */
export function at(afterMs: number, event: AgentEvent | RunEvent): HitchEvent {
  return { runId: "r", attempt: 1, seq: 0, time: new Date(startMs + afterMs).toISOString(), ...event };
}

/** The clock of the computer, so many milliseconds after the run began. */
export function clock(afterMs: number): number {
  return startMs + afterMs;
}

export const started: RunEvent = {
  type: "run-start",
  version: 1,
  provider: "opencode",
  model: "anthropic/claude-sonnet-4-5",
  cwd: "/home/me/project",
  title: "Fix it",
  permissions: { level: "workspace", enforcedBy: "agent-rules" },
  containment: { tier: "tag" },
};

export function called(toolCallId: string, kind: "read" | "edit" | "execute" | "other", input: unknown): AgentEvent {
  return { type: "tool-call", toolCallId, toolName: "my_tool", kind, input };
}

export function returned(toolCallId: string, isError = false, output: unknown = ""): AgentEvent {
  return { type: "tool-result", toolCallId, output, isError };
}

export const stepFinished: AgentEvent = {
  type: "finish-step",
  usage: { inputTokens: 12_000, cacheReadTokens: 345, outputTokens: 400 },
  cost: { usd: 0.0123, source: "reported" },
};
