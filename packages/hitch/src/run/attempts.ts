/** The attempts of a run, one after the other: what another one would be good for, and when there is none. */
import { setTimeout as sleep } from "node:timers/promises";
import type { RunProcesses } from "../effects/process/index.ts";
import { decideRetry } from "../policy/retry.ts";
import type { FailedVerdict } from "../policy/verdict.ts";
import { codes } from "../vocabulary/codes.ts";
import { HarnessError, toHarnessError } from "../vocabulary/error.ts";
import type { Session } from "../vocabulary/result.ts";
import { runAttempt, type AttemptOutcome } from "./attempt.ts";
import { throwIfCancelled } from "./cancelled.ts";
import { estimateLater } from "./estimate.ts";
import type { RunContext } from "./execute.ts";
import type { Ready } from "./set-up.ts";
import type { Values } from "./values.ts";
import { warn } from "./warn.ts";

/** Attempts until one gives what was asked for, or no other one would help. Throws how the last one failed. */
export async function runAttempts(
  context: RunContext,
  ready: Ready,
  processes: RunProcesses,
  runStartedAtMs: number,
  outcomes: AttemptOutcome[],
): Promise<void> {
  const { resolved, log, redact, cancelled } = context;
  const { asking, stop } = ready;
  const estimate = estimateLater(resolved.provider, (message) => warn(log, [message]));
  let { request } = ready;
  let followUp = false;
  for (;;) {
    throwIfCancelled(cancelled);
    const number = outcomes.length + 1;
    const values = asking?.begin({ followUp, stop, publish: (event) => log.publish(number, [event]) });
    const outcome = await runAttempt({
      ...resolved,
      number,
      provider: resolved.provider.id,
      launch: ready.launch(request),
      decoder: resolved.provider.decoder(request),
      estimate,
      session: request.session && latestOf(request.session, outcomes),
      onSession: (session) => ready.turns.hold(session),
      continues: request.fork ? undefined : request.session?.id,
      values,
      processes,
      log,
      redact,
      now: () => performance.now(),
      runStartedAtMs,
      cancelled,
    });
    outcomes.push(outcome);
    const { verdict, folded } = outcome;
    const givenUp = values && hopelessError(values);
    if (!verdict.ok) {
      if (givenUp?.code === verdict.code) throw givenUp;
      await waitForRetry(context, outcomes, runStartedAtMs);
      continue;
    }
    warn(log, verdict.warnings);
    if (asking === undefined || values === undefined || values.accepted) return;
    if (givenUp) throw givenUp;
    // A branch that nobody has named is not the session that it came from.
    const session = folded.session ?? (request.fork ? undefined : request.session);
    request = asking.followUp(request, session, values.lastIssues);
    followUp = true;
  }
}

/** The session with the totals that it had after the last attempt that told them. */
function latestOf(session: Session, outcomes: readonly AttemptOutcome[]): Session {
  const sessions = outcomes.map(({ folded }) => folded.session);
  return sessions.findLast((told) => told?.id === session.id && told.totals !== undefined) ?? session;
}

function hopelessError({ hopeless }: Values): HarnessError | undefined {
  return hopeless.aborted ? toHarnessError(hopeless.reason) : undefined;
}

/** Waits until the last attempt may be tried again; throws how it failed if it may not. */
async function waitForRetry(
  { resolved, log, redact, cancelled }: RunContext,
  outcomes: readonly AttemptOutcome[],
  runStartedAtMs: number,
): Promise<void> {
  const { verdict, fault } = outcomes.at(-1) as AttemptOutcome & { verdict: FailedVerdict };
  const { transient } = resolved.retries;
  const failures = outcomes.filter((outcome) => !outcome.verdict.ok).length;
  const decision = decideRetry({
    ...verdict,
    attempt: failures,
    retriesLeft: transient - (failures - 1),
    sideEffects: outcomes.some(({ folded }) => folded.sideEffects),
    timeLeftMs: (resolved.timeouts.totalMs ?? Infinity) - (performance.now() - runStartedAtMs),
    random: Math.random(),
  });
  const reason = redact(verdict.message);
  if (!decision.retry) {
    if (transient > 0 && codes[verdict.code].retryable) warn(log, [`not tried again: ${decision.why}`]);
    throw new HarnessError({ code: verdict.code, message: reason, cause: fault });
  }
  throwIfCancelled(cancelled);
  log.publish(0, [{ type: "retry", reason, delayMs: decision.delayMs }]);
  await sleep(decision.delayMs, undefined, { signal: cancelled }).catch(() => undefined);
}
