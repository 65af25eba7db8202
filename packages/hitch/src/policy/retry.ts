/** Whether a failed attempt is tried again, and when. */
import { codes, type ErrorCode } from "../vocabulary/codes.ts";

export interface RetryQuestion {
  readonly code: ErrorCode;
  /** The attempt that failed, from 1. */
  readonly attempt: number;
  readonly retriesLeft: number;
  /** A tool wrote or executed something. */
  readonly sideEffects: boolean;
  /** How long the model's side asked to wait. */
  readonly retryAfterMs?: number | undefined;
  /** What is left of the run's total time; Infinity without a limit. */
  readonly timeLeftMs: number;
  /** From 0 to 1. */
  readonly random: number;
}

export type RetryDecision =
  { readonly retry: true; readonly delayMs: number } | { readonly retry: false; readonly why: string };

/**
 * Decides by the code's table; never after side effects, since nothing may be done twice. Waits as long as the model's
 * side asked (and up to a tenth more, so that a fleet doesn't return all at once), else exponentially with full jitter.
 */
export function decideRetry(question: RetryQuestion): RetryDecision {
  const { code, retriesLeft, sideEffects, timeLeftMs } = question;
  if (!codes[code].retryable) return no(`${code} does not pass by itself`);
  if (retriesLeft <= 0) return no("no retries are left");
  if (sideEffects) return no("the agent had already changed or executed something");
  const delayMs = delayBefore(question);
  if (delayMs >= timeLeftMs) {
    return no(`the next try would start in ${seconds(delayMs)}, and the run has ${seconds(timeLeftMs)} left`);
  }
  return { retry: true, delayMs };
}

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
