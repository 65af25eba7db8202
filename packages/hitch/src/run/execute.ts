/** The spine: one run from its checked options to its result. It reads like the picture in ARCHITECTURE.md. */
import { cancelReason, hearCancelRequest } from "../effects/cancel-request.ts";
import { openRun } from "../effects/process/index.ts";
import type { State } from "../effects/state.ts";
import type { Redact } from "../policy/redaction.ts";
import { HarnessError, toHarnessError } from "../vocabulary/error.ts";
import type { RunEvent } from "../vocabulary/events.ts";
import type { Changes, Containment, RunResult } from "../vocabulary/result.ts";
import type { AttemptOutcome } from "./attempt.ts";
import { runAttempts } from "./attempts.ts";
import { cancelledBy, throwIfCancelled } from "./cancelled.ts";
import { watchChanges } from "./changes.ts";
import type { EventLog } from "./event-log.ts";
import { keepHouse } from "./housekeeping.ts";
import type { ResolvedOptions, Surroundings } from "./resolve.ts";
import { buildResult } from "./result.ts";
import { setUp } from "./set-up.ts";
import { warn } from "./warn.ts";

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
    const readChanges = await watchChanges(context, ready.request.env, processes, startedAtMs);
    try {
      await runAttempts(context, ready, processes, startedAtMs, outcomes);
    } finally {
      const found = await readChanges(outcomes.flatMap(({ folded }) => folded.changes));
      ({ changes } = found);
      warn(log, found.warnings);
    }
    return result();
  } catch (error) {
    throw withResult(error, context, result());
  } finally {
    const problem = (error: unknown): void => warn(log, [`cleaning up failed: ${String(error)}`]);
    await processes.close().catch(problem);
    for (const close of [...closers, stopHearing]) attemptTo(close, problem);
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

function attemptTo(step: () => void, onError: (error: unknown) => void): void {
  try {
    step();
  } catch (error) {
    onError(error);
  }
}

/** The failure with what the run had until then, and with the caller's reason if it was the caller. */
function withResult(cause: unknown, { cancelled, redact }: RunContext, result: RunResult): HarnessError {
  const error = toHarnessError(cause);
  const { message, cause: reason } = error.code === "cancelled" && cancelled.aborted ? cancelledBy(cancelled) : error;
  return new HarnessError({ ...error, message: redact(message), cause: reason, result });
}
