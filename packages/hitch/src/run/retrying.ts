/** Between two attempts of one provider: whether there is to be another one, and the wait for it. */
import { setTimeout as sleep } from "node:timers/promises";
import { isOfLimit } from "../policy/limits.ts";
import { decideRetry, type RetryQuestion, type RetryStart } from "../policy/retry.ts";
import type { FailedVerdict } from "../policy/verdict.ts";
import { codes } from "../vocabulary/codes.ts";
import { HarnessError } from "../vocabulary/error.ts";
import type { AttemptOutcome } from "./attempt.ts";
import { throwIfCancelled } from "./cancelled.ts";
import type { Course } from "./chain.ts";
import type { RunContext } from "./execute.ts";
import { putBack } from "./put-back.ts";
import { findSpent } from "./spending.ts";
import { timeLeftMs } from "./time-left.ts";
import { warn } from "./warn.ts";

/** Waits until the last of the provider's own attempts may be followed by another; throws how it failed if it may not. */
export async function waitForRetry(
  context: RunContext,
  course: Course,
  own: readonly AttemptOutcome[],
  knowing: Pick<RetryQuestion, "mayContinue" | "hasFallback">,
): Promise<RetryStart> {
  const { resolved, log, redact, cancelled } = context;
  const { startedAtMs, resetWorkspace, outcomes } = course;
  const { verdict, fault, folded } = own.at(-1) as AttemptOutcome & { verdict: FailedVerdict };
  const { transient } = resolved.retries;
  const failures = own.filter((outcome) => !outcome.verdict.ok).length;
  const overrun = findSpent(resolved, outcomes);
  const decision = decideRetry({
    ...verdict,
    ...knowing,
    attempt: failures,
    retriesLeft: transient - (failures - 1),
    sideEffects: folded.sideEffects,
    overrun: overrun?.message,
    mayReset: resetWorkspace !== undefined,
    timeLeftMs: timeLeftMs(resolved.timeouts, startedAtMs),
    random: Math.random(),
  });
  const reason = redact(verdict.message);
  if (!decision.retry) {
    if (transient > 0 && codes[verdict.code].retryable) warn(log, [`not tried again: ${decision.why}`]);
    // An agent that keeps the limit itself has words of its own for it, which may name settings of its own.
    const message = isOfLimit(verdict.code) ? (overrun?.message ?? reason) : reason;
    const { code, option } = verdict;
    throw new HarnessError({ code, message, cause: fault, ...(option !== undefined && { option }) });
  }
  throwIfCancelled(cancelled);
  log.publish(0, [{ type: "retry", reason, delayMs: decision.delayMs }]);
  await sleep(decision.delayMs, undefined, { signal: cancelled }).catch(() => undefined);
  if (decision.start === "reset") {
    await putBack(context, course, new HarnessError({ code: verdict.code, message: reason, cause: fault }));
  }
  return decision.start;
}
