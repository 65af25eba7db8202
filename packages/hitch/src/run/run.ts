/** A run as its caller holds it: a promise, a stream of events, and a handle to cancel. */
import { newRunId } from "../effects/process/index.ts";
import { createRedactor } from "../policy/redaction.ts";
import { HarnessError, summarizeError, toHarnessError } from "../vocabulary/error.ts";
import type { HitchEvent, RunStatus } from "../vocabulary/events.ts";
import type { RunResult } from "../vocabulary/result.ts";
import type { ProviderLookup } from "./check-provider.ts";
import { createEventLog, type EventLog } from "./event-log.ts";
import { execute } from "./execute.ts";
import { createListener } from "./listener.ts";
import type { HarnessOptions } from "./options.ts";
import { resolveCall } from "./resolve-call.ts";
import type { ResolvedOptions, Surroundings } from "./resolve.ts";
import { openStorage, type Storage } from "./storage.ts";

/** How a run ended, whatever happened. */
export interface Outcome<Output = unknown> {
  readonly status: RunStatus;
  readonly result?: RunResult<Output>;
  readonly error?: HarnessError;
}

/**
 * A run. It has started already. Await it for its result, iterate it for its events, or both.
 *
 * Iterating never throws: it ends after `run-finish`, and leaving the loop early cancels the run. A run that is neither
 * awaited nor iterated nor cancelled, and whose `settled` nobody reads, raises `unhandledRejection` when it fails, like any
 * promise. `await using` cancels it at the end of the block.
 */
export interface Run<Output = unknown>
  extends PromiseLike<RunResult<Output>>, AsyncIterable<HitchEvent>, AsyncDisposable {
  readonly id: string;
  /** Rejects with a HarnessError. A plain promise, for handing a run through async functions. */
  readonly result: Promise<RunResult<Output>>;
  /** Never rejects. */
  readonly settled: Promise<Outcome<Output>>;
  /** Ends the run; resolves when nothing of it is alive any more. `reason` becomes the error's `cause`. */
  cancel(reason?: unknown): Promise<void>;
}

/** Starts a run. Never throws: what is wrong with the call rejects the run, before anything is started. */
export function startRun(
  prompt: unknown,
  options: HarnessOptions,
  lookup: ProviderLookup,
  surroundings: Surroundings,
  id = newRunId(),
): Run {
  const canceller = new AbortController();
  const stopFollowing = follow(options.signal, canceller);
  const opened = open(id, prompt, options, lookup, surroundings);
  const warnings: string[] = [];
  const redact = createRedactor(surroundings.env, opened.resolved?.env ?? {}, opened.resolved?.mcpServers ?? {});
  const listener = createListener(opened.resolved?.onEvent, (error) => canceller.abort(error));
  const log = createEventLog({
    runId: id,
    now: () => new Date(),
    ...(opened.storage?.journal && { journal: opened.storage.journal }),
    redact,
    onEvent(event) {
      if (event.type === "warning") warnings.push(event.message);
      listener.hear(event);
    },
    onJournalError(error) {
      log.publish(0, [{ type: "warning", message: `the journal cannot be written any more: ${String(error)}` }]);
    },
  });

  const concluded = conclude(log, async () => {
    if (opened.failure) throw opened.failure;
    const { resolved, fallbacks, storage } = opened;
    const early = [...opened.warnings, ...storage.warnings];
    const { signal: cancelled } = canceller;
    const context = {
      runId: id,
      resolved,
      fallbacks,
      surroundings,
      state: storage.state,
      log,
      redact,
      warnings,
      early,
    };
    const done = await execute({ ...context, cancelled, cancel: (reason) => canceller.abort(reason) });
    listener.throwIfFailed(done);
    return done;
  }).finally(() => {
    stopFollowing();
    opened.storage?.journal?.close();
  });
  // Of its own, so that it raises `unhandledRejection` though `settled` handles what it comes from.
  const result = concluded.then((value) => value);
  const settled = concluded.then(
    (value): Outcome => ({ status: "completed", result: value }),
    (error: HarnessError): Outcome => ({ status: statusOf(error), error }),
  );
  const handled = (): void => void result.catch(() => undefined);
  const cancel = async (reason?: unknown): Promise<void> => {
    handled();
    canceller.abort(reason);
    await settled;
  };

  return {
    id,
    result,
    get settled() {
      handled();
      return settled;
    },
    cancel,
    then: (onResult, onError) => result.then(onResult, onError),
    async *[Symbol.asyncIterator]() {
      handled();
      let finished = false;
      try {
        for await (const event of log.read()) {
          finished = event.type === "run-finish";
          yield event;
        }
      } finally {
        if (!finished) await cancel("the consumer left the event loop");
      }
    },
    [Symbol.asyncDispose]: () => cancel("the run was disposed of"),
  };
}

type Opened = { readonly warnings: readonly string[] } & (
  | { readonly failure: HarnessError; readonly resolved?: undefined; readonly storage?: undefined }
  | {
      readonly failure?: undefined;
      readonly resolved: ResolvedOptions;
      readonly fallbacks: readonly ResolvedOptions[];
      readonly storage: Storage;
    }
);

function open(
  id: string,
  prompt: unknown,
  options: HarnessOptions,
  lookup: ProviderLookup,
  surroundings: Surroundings,
): Opened {
  try {
    const { resolved, fallbacks, refusals, warnings } = resolveCall(prompt, options, lookup, surroundings);
    if (resolved) return { resolved, fallbacks, warnings, storage: openStorage(id, resolved, surroundings) };
    return { warnings, failure: joinRefusals(refusals) };
  } catch (error) {
    return { warnings: [], failure: toHarnessError(error) };
  }
}

/** The first refusal decides; the others are told too, so that a call is corrected at once. */
function joinRefusals(refusals: readonly HarnessError[]): HarnessError {
  const [first] = refusals as [HarnessError];
  if (refusals.length === 1) return first;
  return new HarnessError({ ...first, cause: first.cause, message: refusals.map(({ message }) => message).join("; ") });
}

/** Runs to the end and says so as the last event. */
async function conclude(log: EventLog, run: () => Promise<RunResult>): Promise<RunResult> {
  try {
    const result = await run();
    log.publish(0, [{ type: "run-finish", status: "completed", result }]);
    return result;
  } catch (cause) {
    const error = toHarnessError(cause);
    const status = statusOf(error);
    log.publish(0, [{ type: "run-finish", status, result: error.result, error: summarizeError(error) }]);
    throw error;
  } finally {
    log.finish();
  }
}

function statusOf(error: HarnessError): RunStatus {
  return error.code === "cancelled" ? "cancelled" : "failed";
}

/** Cancels along with the caller's signal. Gives how to stop that: a signal may outlive many runs. */
function follow(signal: AbortSignal | undefined, canceller: AbortController): () => void {
  if (!(signal instanceof AbortSignal)) return () => undefined;
  const abort = (): void => canceller.abort(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener("abort", abort, { once: true });
  return () => signal.removeEventListener("abort", abort);
}
