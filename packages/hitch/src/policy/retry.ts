/** Whether a failed attempt is followed by another one of the same agent, when, and from where. */
import { codes, type ErrorCode } from "../vocabulary/codes.ts";

export interface RetryQuestion {
  readonly code: ErrorCode;
  /** The attempt that failed, from 1. */
  readonly attempt: number;
  readonly retriesLeft: number;
  /** A tool of the attempt wrote or executed something. */
  readonly sideEffects: boolean;
  /** The workspace can be put back to how it was. */
  readonly mayReset: boolean;
  /** The session of the attempt is known, and the agent can continue one. */
  readonly mayContinue: boolean;
  /** Another provider could take over, so there is no point in waiting for long. */
  readonly hasFallback: boolean;
  /** The run has spent what it may: which of its limits is reached. */
  readonly overrun?: string | undefined;
  /** How long the model's side asked to wait. */
  readonly retryAfterMs?: number | undefined;
  /** What is left of the run's total time; Infinity without a limit. */
  readonly timeLeftMs: number;
  /** From 0 to 1. */
  readonly random: number;
}

/** `again`: what the attempt was asked. `reset`: from nothing, in a workspace put back. `continue`: in the same session. */
export type RetryStart = "again" | "reset" | "continue";

export type RetryDecision =
  | { readonly retry: true; readonly start: RetryStart; readonly delayMs: number }
  | { readonly retry: false; readonly why: string };

/**
 * Decides by the code's table. After side effects nothing starts again from nothing in place, since it would be done
 * twice: the workspace is put back, or the session goes on. Waits as long as the model's side asked (and up to a tenth
 * more, so that a fleet doesn't return all at once), else exponentially with full jitter.
 */
export function decideRetry(question: RetryQuestion): RetryDecision {
  const { code, retriesLeft, overrun, timeLeftMs, retryAfterMs = 0, hasFallback } = question;
  if (!codes[code].retryable) return no(`${code} does not pass by itself`);
  if (retriesLeft <= 0) return no("no retries are left");
  if (overrun !== undefined) return no(overrun);
  const start = startAfter(question);
  if (start === undefined)
    return no("the agent had already changed or executed something, and has no session to go on");
  if (hasFallback && retryAfterMs > longestWaitBesideFallbackMs) {
    return no(`the model's side asks to wait ${seconds(retryAfterMs)}, and another provider could take over`);
  }
  const delayMs = delayBefore(question);
  if (delayMs >= timeLeftMs) {
    return no(`the next try would start in ${seconds(delayMs)}, and the run has ${seconds(timeLeftMs)} left`);
  }
  return { retry: true, start, delayMs };
}

function startAfter({ sideEffects, mayReset, mayContinue }: RetryQuestion): RetryStart | undefined {
  if (!sideEffects) return "again";
  if (mayReset) return "reset";
  return mayContinue ? "continue" : undefined;
}

/** A wait that is asked for and longer than this is left to another provider, if there is one. */
const longestWaitBesideFallbackMs = 10_000;
const firstDelayMs = 2_000;
const longestDelayMs = 60_000;

/** `setTimeout` fires at once when asked for more. */
const longestTimerMs = 2 ** 31 - 1;

function delayBefore({ attempt, retryAfterMs, random }: RetryQuestion): number {
  if (retryAfterMs !== undefined) {
    return Math.min(longestTimerMs, Math.ceil(Math.max(0, retryAfterMs) * (1 + random / 10)));
  }
  return Math.round(random * Math.min(longestDelayMs, firstDelayMs * 2 ** (attempt - 1)));
}

function no(why: string): RetryDecision {
  return { retry: false, why };
}

function seconds(timeMs: number): string {
  return `${Math.max(0, Math.ceil(timeMs / 1000))} s`;
}
