/** The spine: one run from its checked options to its result. It reads like the picture in ARCHITECTURE.md. */
import { cancelReason, hearCancelRequest } from "../effects/cancel-request.ts";
import { openRun } from "../effects/process/index.ts";
import type { State } from "../effects/state.ts";
import { isOfLimit, tellExpense } from "../policy/limits.ts";
import type { Redact } from "../policy/redaction.ts";
import { HarnessError, toHarnessError } from "../vocabulary/error.ts";
import type { RunEvent } from "../vocabulary/events.ts";
import type { Changes, Containment, RunResult } from "../vocabulary/result.ts";
import type { AttemptOutcome } from "./attempt.ts";
import { cancelledBy, throwIfCancelled } from "./cancelled.ts";
import { runChain } from "./chain.ts";
import type { ReadChanges } from "./changes.ts";
import type { EventLog } from "./event-log.ts";
import { keepHouse } from "./housekeeping.ts";
import { orderLinks } from "./order-links.ts";
import type { ResolvedOptions, Surroundings } from "./resolve.ts";
import { buildResult, offerApply } from "./result.ts";
import { warn } from "./warn.ts";
import { openWorkspace, type OpenWorkspace } from "./workspace.ts";

/** What a run has around it. */
export interface RunContext {
  readonly runId: string;
  readonly resolved: ResolvedOptions;
  /** The same call with the other providers, which take over in this order. */
  readonly fallbacks: readonly ResolvedOptions[];
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
export async function execute(asked: RunContext): Promise<RunResult> {
  const context = orderLinks(asked);
  const { runId, resolved, fallbacks, state, log, cancelled } = context;
  throwIfCancelled(cancelled);
  const startedAtMs = performance.now();
  const processes = await openRun({ runId, activeDirectory: state.active, cwd: resolved.cwd });
  const { containment } = processes;
  const stopHearing = hearCancelRequest(processes.directory, () => context.cancel(cancelReason));
  const outcomes: AttemptOutcome[] = [];
  const closers: (() => void | Promise<void>)[] = [];
  const problem = (error: unknown): void => warn(log, [`cleaning up failed: ${String(error)}`]);
  const closeAll = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await attemptTo(close, problem);
  };
  let provider = { resolved, from: 0 };
  let workspace: OpenWorkspace | undefined;
  // Of the attempts before it nothing is left.
  let lastReset = 0;
  let changes: Changes = { source: "unknown", reason: "no agent was started", files: [] };
  const result = (): RunResult => {
    const durationMs = Math.round(performance.now() - startedAtMs);
    const built = buildResult(runId, provider.resolved, outcomes, outcomes.slice(provider.from), {
      durationMs,
      warnings: [...context.warnings],
      containment,
      changes,
      workspace: workspace?.summary ?? { type: resolved.workspace.type },
    });
    return offerApply(built, workspace?.apply);
  };
  try {
    log.publish(0, [describeStart(resolved, containment)]);
    warn(log, context.early);
    if (containment.detail !== undefined)
      warn(log, [`cleaning up after the agent is weaker here: ${containment.detail}`]);
    keepHouse(state, (message) => warn(log, [message]));
    const opened = await openWorkspace(context, processes, startedAtMs);
    workspace = opened;
    const inside = { ...context, resolved: opened.move(resolved), fallbacks: fallbacks.map((one) => opened.move(one)) };
    const { reset } = opened;
    let readChanges: ReadChanges | undefined;
    try {
      await runChain(inside, {
        processes,
        startedAtMs,
        outcomes,
        resetWorkspace:
          reset &&
          (async () => {
            lastReset = outcomes.length;
            await reset();
          }),
        atEnd: (close) => closers.push(close),
        closeAll,
        async onProvider(next) {
          provider = { resolved: next, from: outcomes.length };
          // Not before: a run that waits for its turn in a session must not be given the changes of the one before.
          readChanges ??= await opened.watch();
        },
      });
    } finally {
      const found = await readChanges?.(outcomes.slice(lastReset).flatMap(({ folded }) => folded.changes));
      if (found) changes = found.changes;
      warn(log, found?.warnings ?? []);
    }
    return result();
  } catch (error) {
    throw withResult(error, context, result());
  } finally {
    await processes.close().catch(problem);
    await workspace?.close().catch(problem);
    await closeAll();
    await attemptTo(stopHearing, problem);
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

async function attemptTo(step: () => void | Promise<void>, onError: (error: unknown) => void): Promise<void> {
  try {
    await step();
  } catch (error) {
    onError(error);
  }
}

/** The failure with what the run had until then, and with the caller's reason if it was the caller. */
function withResult(cause: unknown, { cancelled, redact }: RunContext, result: RunResult): HarnessError {
  const error = toHarnessError(cause);
  const { message, cause: reason } = error.code === "cancelled" && cancelled.aborted ? cancelledBy(cancelled) : error;
  const said = isOfLimit(error.code) ? tellExpense(message, result) : message;
  return new HarnessError({ ...error, message: redact(said), cause: reason, result });
}
