/** Whether another provider takes over from one that failed, and from where. */
import { codes, type ErrorCode } from "../vocabulary/codes.ts";

export interface FallbackQuestion {
  readonly code: ErrorCode;
  /** A tool of any attempt so far wrote or executed something. */
  readonly sideEffects: boolean;
  /** The workspace can be put back to how it was. */
  readonly mayReset: boolean;
  /** What is left of the run's total time; Infinity without a limit. */
  readonly timeLeftMs: number;
}

/** `prompt`: as if it were the first. `reset`: likewise, in a workspace put back. `hand-over`: it is told what was done. */
export type FallbackStart = "prompt" | "reset" | "hand-over";

/** Never because the task failed: the table of codes says which failures are those of the set-up or the back end. */
export function decideFallback(question: FallbackQuestion): FallbackStart | undefined {
  const { code, sideEffects, mayReset, timeLeftMs } = question;
  if (!codes[code].mayFallBack || timeLeftMs <= 0) return undefined;
  if (!sideEffects) return "prompt";
  return mayReset ? "reset" : "hand-over";
}
