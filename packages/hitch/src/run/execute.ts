/** The spine: one run from its checked options to its result. It reads like the picture in ARCHITECTURE.md. */
import { setTimeout as sleep } from "node:timers/promises";
import { openRun, type RunProcesses } from "../effects/process/index.ts";
import type { State } from "../effects/state.ts";
import type { Redact } from "../policy/redaction.ts";
import { decideRetry, type RetryDecision } from "../policy/retry.ts";
import type { FailedVerdict } from "../policy/verdict.ts";
import { codes } from "../vocabulary/codes.ts";
import { HarnessError, toHarnessError } from "../vocabulary/error.ts";
import type { RunEvent } from "../vocabulary/events.ts";
import type { Containment, RunResult } from "../vocabulary/result.ts";
import { runAttempt, type AttemptOutcome } from "./attempt.ts";
import type { EventLog } from "./event-log.ts";
import { keepHouse } from "./housekeeping.ts";
import type { ResolvedOptions, Surroundings } from "./resolve.ts";
import { buildResult } from "./result.ts";
import { setUp, type Ready } from "./set-up.ts";

/** What a run has around it. */
export interface RunContext {
  readonly runId: string;
  readonly resolved: ResolvedOptions;
  readonly surroundings: Surroundings;
  readonly state: State;
  readonly log: EventLog;
  readonly redact: Redact;
  /** All warnings so far: every `warning` event adds to them. */
  readonly warnings: readonly string[];
  /** Warnings from before the first event. */
  readonly early: readonly string[];
  readonly cancelled: AbortSignal;
}

/** Executes the run. Rejects with a HarnessError that carries the result as far as it got; nothing is alive then. */
export async function execute(context: RunContext): Promise<RunResult> {
  const { runId, resolved, state, log, cancelled } = context;
  throwIfCancelled(cancelled);
  const startedAtMs = performance.now();
  const processes = await openRun({ runId, activeDirectory: state.active, cwd: resolved.cwd });
  const { containment } = processes;
  const outcomes: AttemptOutcome[] = [];
  const result = (): RunResult => {
    const durationMs = Math.round(performance.now() - startedAtMs);
    return buildResult(runId, resolved, outcomes, { durationMs, warnings: [...context.warnings], containment });
  };
  try {
    log.publish(0, [describeStart(resolved, containment)]);
    warn(log, context.early);
    if (containment.detail !== undefined)
      warn(log, [`cleaning up after the agent is weaker here: ${containment.detail}`]);
    keepHouse(state, (message) => warn(log, [message]));
    const ready = await setUp(context, processes);
    warn(log, ready.warnings);
    await runAttempts(context, ready, processes, startedAtMs, outcomes);
    return result();
  } catch (error) {
    throw withResult(error, cancelled, result());
  } finally {
    await processes.close().catch((error: unknown) => warn(log, [`cleaning up failed: ${String(error)}`]));
  }
}

const titleLimit = 80;

function describeStart(
  { provider, model, cwd, prompt, permissions }: ResolvedOptions,
  containment: Containment,
): RunEvent {
  const title = prompt
    .slice(0, 4 * titleLimit)
    .trim()
    .replaceAll(/\s+/g, " ")
    .slice(0, titleLimit);
  const what = { provider: provider.id, ...(model !== undefined && { model }), cwd, title };
  return { type: "run-start", version: 1, ...what, permissions, containment };
}

/** Attempts until one is well or no other one would help. Throws how the last one failed. */
async function runAttempts(
  context: RunContext,
  ready: Ready,
  processes: RunProcesses,
  runStartedAtMs: number,
  outcomes: AttemptOutcome[],
): Promise<void> {
  const { resolved, log, redact, cancelled } = context;
  for (;;) {
    throwIfCancelled(cancelled);
    const outcome = await runAttempt({
      ...resolved,
      number: outcomes.length + 1,
      provider: resolved.provider.id,
      launch: ready.launch,
      decoder: resolved.provider.decoder(ready.request),
      processes,
      log,
      redact,
      now: () => performance.now(),
      runStartedAtMs,
      cancelled,
    });
    outcomes.push(outcome);
    const { verdict, fault } = outcome;
    if (verdict.ok) return warn(log, verdict.warnings);
    const reason = redact(verdict.message);
    const decision = decide(verdict, resolved, outcomes, runStartedAtMs);
    if (!decision.retry) {
      if (resolved.transientRetries > 0 && codes[verdict.code].retryable)
        warn(log, [`not tried again: ${decision.why}`]);
      throw new HarnessError({ code: verdict.code, message: reason, cause: fault });
    }
    throwIfCancelled(cancelled);
    log.publish(0, [{ type: "retry", reason, delayMs: decision.delayMs }]);
    await sleep(decision.delayMs, undefined, { signal: cancelled }).catch(() => undefined);
  }
}

function decide(
  verdict: FailedVerdict,
  { transientRetries, timeouts }: ResolvedOptions,
  outcomes: readonly AttemptOutcome[],
  runStartedAtMs: number,
): RetryDecision {
  return decideRetry({
    ...verdict,
    attempt: outcomes.length,
    retriesLeft: transientRetries - (outcomes.length - 1),
    sideEffects: outcomes.some(({ folded }) => folded.sideEffects),
    timeLeftMs: (timeouts.totalMs ?? Infinity) - (performance.now() - runStartedAtMs),
    random: Math.random(),
  });
}

function warn(log: EventLog, messages: readonly string[]): void {
  const events = messages.map((message) => ({ type: "warning", message }) as const);
  log.publish(0, events);
}

function throwIfCancelled(cancelled: AbortSignal): void {
  if (!cancelled.aborted) return;
  throw new HarnessError({ code: "cancelled", message: "The run was cancelled.", cause: cancelled.reason });
}

/** The failure with what the run had until then, and with the caller's reason if it was the caller. */
function withResult(cause: unknown, cancelled: AbortSignal, result: RunResult): HarnessError {
  const error = toHarnessError(cause);
  const reason: unknown = error.code === "cancelled" ? cancelled.reason : error.cause;
  return new HarnessError({ ...error, message: error.message, cause: reason, result });
}
