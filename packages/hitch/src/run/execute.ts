/** The spine: one run from its checked options to its result. It reads like the picture in ARCHITECTURE.md. */
import { setTimeout as sleep } from "node:timers/promises";
import { cancelReason, hearCancelRequest } from "../effects/cancel-request.ts";
import { openRun, type RunProcesses } from "../effects/process/index.ts";
import type { State } from "../effects/state.ts";
import type { Redact } from "../policy/redaction.ts";
import { decideRetry } from "../policy/retry.ts";
import type { FailedVerdict } from "../policy/verdict.ts";
import { codes } from "../vocabulary/codes.ts";
import { HarnessError, toHarnessError } from "../vocabulary/error.ts";
import type { RunEvent } from "../vocabulary/events.ts";
import type { Changes, Containment, RunResult } from "../vocabulary/result.ts";
import { runAttempt, type AttemptOutcome } from "./attempt.ts";
import { watchChanges } from "./changes.ts";
import type { EventLog } from "./event-log.ts";
import { keepHouse } from "./housekeeping.ts";
import type { ResolvedOptions, Surroundings } from "./resolve.ts";
import { buildResult } from "./result.ts";
import { setUp, type Ready } from "./set-up.ts";
import type { Values } from "./values.ts";

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
  /** Cancels it from inside. */
  readonly cancel: (reason: unknown) => void;
}

/** Executes the run. Rejects with a HarnessError that carries the result as far as it got; nothing is alive then. */
export async function execute(context: RunContext): Promise<RunResult> {
  const { runId, resolved, state, log, cancelled } = context;
  throwIfCancelled(cancelled);
  const startedAtMs = performance.now();
  const processes = await openRun({ runId, activeDirectory: state.active, cwd: resolved.cwd });
  const { containment } = processes;
  const stopHearing = hearCancelRequest(processes.directory, () => context.cancel(cancelReason));
  const outcomes: AttemptOutcome[] = [];
  const closers: (() => void)[] = [];
  let changes: Changes = { source: "unknown", reason: "no agent was started", files: [] };
  const result = (): RunResult => {
    const durationMs = Math.round(performance.now() - startedAtMs);
    return buildResult(runId, resolved, outcomes, {
      durationMs,
      warnings: [...context.warnings],
      containment,
      changes,
    });
  };
  try {
    log.publish(0, [describeStart(resolved, containment)]);
    warn(log, context.early);
    if (containment.detail !== undefined)
      warn(log, [`cleaning up after the agent is weaker here: ${containment.detail}`]);
    keepHouse(state, (message) => warn(log, [message]));
    const ready = await setUp(context, processes, (close) => closers.push(close));
    warn(log, ready.warnings);
    const readChanges = await watchChanges(context, ready.request.env, processes);
    try {
      await runAttempts(context, ready, processes, startedAtMs, outcomes);
    } finally {
      const found = await readChanges(outcomes.flatMap(({ folded }) => folded.changes));
      ({ changes } = found);
      warn(log, found.warnings);
    }
    return result();
  } catch (error) {
    throw withResult(error, cancelled, result());
  } finally {
    for (const close of closers) close();
    await processes.close().catch((error: unknown) => warn(log, [`cleaning up failed: ${String(error)}`]));
    stopHearing();
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

/** Attempts until one gives what was asked for, or no other one would help. Throws how the last one failed. */
async function runAttempts(
  context: RunContext,
  ready: Ready,
  processes: RunProcesses,
  runStartedAtMs: number,
  outcomes: AttemptOutcome[],
): Promise<void> {
  const { resolved, log, redact, cancelled } = context;
  const { asking } = ready;
  let { request } = ready;
  let isFollowUp = false;
  for (;;) {
    throwIfCancelled(cancelled);
    const number = outcomes.length + 1;
    const values = asking?.begin(isFollowUp, (event) => log.publish(number, [event]));
    const outcome = await runAttempt({
      ...resolved,
      number,
      provider: resolved.provider.id,
      launch: ready.launch(request),
      decoder: resolved.provider.decoder(request),
      session: request.session,
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
    if (!verdict.ok) {
      const given = values && givenUp(values);
      if (given?.code === verdict.code) throw given;
      await waitForRetry(context, outcomes, runStartedAtMs);
      continue;
    }
    warn(log, verdict.warnings);
    if (asking === undefined || values === undefined || values.accepted) return;
    const given = givenUp(values);
    if (given) throw given;
    request = asking.followUp(request, folded.session ?? request.session, values.summary.issues);
    isFollowUp = true;
  }
}

/** Why no further value would help. */
function givenUp({ hopeless }: Values): HarnessError | undefined {
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
