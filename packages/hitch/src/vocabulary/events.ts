/**
 * What can happen in a run, for its caller to see. Names follow the AI SDK (kebab-case, `text-delta`), tools follow the
 * Agent Client Protocol. `events.schema.json` in the package says the same as JSON Schema; a test holds both together.
 */
import type { ErrorCode } from "./codes.ts";
import type { Containment, FileChange, OutputVia, PermissionState, RunResult, Session } from "./result.ts";
import type { Cost, Usage } from "./usage.ts";

/** What a tool does, in ACP's words. */
export type ToolKind = "read" | "edit" | "delete" | "move" | "search" | "execute" | "think" | "fetch" | "other";

/** An event as a decoder emits it: what the agent said or did. */
export type AgentEvent =
  /** The agent's conversation got its id. */
  | { readonly type: "session"; readonly session: Session }
  /** A piece of the answer, only from agents that stream. */
  | { readonly type: "text-delta"; readonly id: string; readonly text: string }
  /** A whole piece of the answer; repeats the deltas of the same `id`. */
  | { readonly type: "text"; readonly id: string; readonly text: string }
  | { readonly type: "reasoning-delta"; readonly id: string; readonly text: string }
  | { readonly type: "reasoning"; readonly id: string; readonly text: string }
  /** The agent uses a tool. Agents that work per step print it only when it is over. */
  | {
      readonly type: "tool-call";
      readonly toolCallId: string;
      readonly toolName: string;
      readonly kind: ToolKind;
      readonly input: unknown;
      readonly parentToolCallId?: string;
    }
  | { readonly type: "tool-result"; readonly toolCallId: string; readonly output: unknown; readonly isError: boolean }
  | ({ readonly type: "file-change" } & FileChange)
  /** The agent's list of things to do. */
  | { readonly type: "plan"; readonly entries: readonly PlanEntry[] }
  /** One call of the model is over. `usage` is that of the call. */
  | { readonly type: "finish-step"; readonly usage?: Usage; readonly cost: Cost; readonly reason?: string }
  /** Something was refused by the permissions of the run. */
  | { readonly type: "permission"; readonly toolName?: string; readonly message: string }
  /** The agent shortened its own conversation to fit the model. */
  | { readonly type: "compaction" }
  | { readonly type: "warning"; readonly message: string }
  /** A failed call of the model is tried again: by the agent itself, or by Hitch as a new attempt. */
  | { readonly type: "retry"; readonly reason: string; readonly delayMs?: number }
  /** A native line of the agent, only with `raw: true`. */
  | { readonly type: "raw"; readonly line: string };

/** One item of a plan. */
export interface PlanEntry {
  readonly content: string;
  readonly status: "pending" | "in-progress" | "completed" | "cancelled";
}

/** An event that Hitch adds around what the agent says. */
export type RunEvent =
  /** The first event of a run that was accepted. `version` is the version of this vocabulary. */
  | {
      readonly type: "run-start";
      readonly version: 1;
      readonly provider: string;
      readonly model?: string;
      readonly cwd: string;
      /** How the prompt begins, on one line. */
      readonly title: string;
      readonly permissions: PermissionState;
      readonly containment: Containment;
    }
  /** A process of the run starts. `command` is redacted. */
  | { readonly type: "attempt-start"; readonly provider: string; readonly command: readonly string[] }
  | { readonly type: "stderr"; readonly text: string }
  /** A value for the caller's schema was read from an answer, or looked for and not found, and whether it fits. */
  | { readonly type: "output"; readonly via: OutputVia; readonly valid: boolean; readonly issues: readonly string[] }
  | { readonly type: "fallback"; readonly from: string; readonly to: string; readonly reason: string }
  | { readonly type: "attempt-finish"; readonly verdict: VerdictSummary }
  /** Always the last event, exactly once. */
  | {
      readonly type: "run-finish";
      readonly status: RunStatus;
      readonly result: Partial<RunResult>;
      readonly error?: ErrorSummary;
    };

/** How a run ended. */
export type RunStatus = "completed" | "failed" | "cancelled";

/** How an attempt ended. */
export interface VerdictSummary {
  readonly ok: boolean;
  readonly code?: ErrorCode;
  readonly message?: string;
}

/** A `HarnessError` as plain data. */
export interface ErrorSummary {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly retryable: boolean;
  readonly option?: string;
  readonly reason?: string;
}

/** What every event carries. */
export interface EventEnvelope {
  readonly runId: string;
  /** From 1; 0 for events of the run as a whole. */
  readonly attempt: number;
  /** From 0, without gaps. */
  readonly seq: number;
  /** ISO 8601, UTC. */
  readonly time: string;
}

/** An event as callers see it. */
export type HitchEvent = EventEnvelope & (AgentEvent | RunEvent);
