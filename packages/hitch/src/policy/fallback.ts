/** Whether another provider takes over from one that failed, and from where. */
import { codes, type ErrorCode } from "../vocabulary/codes.ts";

export interface FallbackQuestion {
  readonly code: ErrorCode;
  /** An agent has worked before in this run. */
  readonly hasWorked: boolean;
  /** A process of this provider was started. */
  readonly hasRun: boolean;
  /** A tool of any attempt so far wrote or executed something. */
  readonly sideEffects: boolean;
  /** The workspace can be put back to how it was. */
  readonly mayReset: boolean;
  /** What is left of the run's total time; Infinity without a limit. */
  readonly timeLeftMs: number;
}

/** `prompt`: as if it were the first. `reset`: likewise, in a workspace put back. `hand-over`: it is told what was done. */
export type FallbackStart = "prompt" | "reset" | "hand-over";

/** Never because the task failed. */
export function decideFallback(question: FallbackQuestion): FallbackStart | undefined {
  const { sideEffects, mayReset, timeLeftMs } = question;
  if (!isPassedOver(question) || timeLeftMs <= 0) return undefined;
  if (!sideEffects) return "prompt";
  return mayReset ? "reset" : "hand-over";
}

/**
 * It says nothing about the task: the table of codes knows the failures of the set-up and the back end. Nor does it when a
 * provider refuses to be started after another has worked: that gave it more to take than the caller did.
 */
export function isPassedOver({
  code,
  hasWorked,
  hasRun,
}: Pick<FallbackQuestion, "code" | "hasWorked" | "hasRun">): boolean {
  return (
    codes[code].mayFallBack || (hasWorked && !hasRun && (code === "invalid-options" || code === "unsupported-option"))
  );
}
