/** Cancels a run in whatever process, without a signal to that process, which may have other runs. */
import { isCancelRequested, requestCancel } from "../effects/cancel-request.ts";
import { endLiveRun, findLiveRun, type ProcessInfo } from "../effects/process/index.ts";
import type { State } from "../effects/state.ts";
import { watchForChanges, type Changes } from "../effects/watch-path.ts";
import { HarnessError } from "../vocabulary/error.ts";

/** How a run was cancelled. Nothing of it is alive then. */
export type Cancellation =
  /** It was over before. */
  | { readonly by: "nobody" }
  /** Its host has ended it. It may have ended by itself at that moment. */
  | { readonly by: "host" }
  /** These processes were ended from here: its host is dead, or alive and did not react. */
  | { readonly by: "us"; readonly host: "dead" | "silent"; readonly processes: readonly ProcessInfo[] };

/** How long a host may take. */
export interface CancelLimits {
  /** To hear of the request. */
  readonly hearMs: number;
  /** To end everything after that: an agent gets 3 s to end by itself, killing may take 10 s. */
  readonly endMs: number;
}

const defaultLimits: CancelLimits = { hearMs: 15_000, endMs: 30_000 };

/** Between two looks, where nothing tells of a change. */
const lookAgainMs = 250;

/**
 * Resolves when nothing of the run is alive any more.
 *
 * @throws HarnessError `timeout` if something cannot be ended from here; `cancelled` if the signal aborts, and then the
 * request stands.
 */
export async function cancelRun(
  { active }: Pick<State, "active">,
  runId: string,
  signal: AbortSignal,
  limits: CancelLimits = defaultLimits,
): Promise<Cancellation> {
  const live = findLiveRun(active, runId);
  if (live === undefined) return { by: "nobody" };
  if (live.host.state === "dead" || live.host.state === "from-earlier-boot") return endFromHere(active, runId, "dead");
  if (!requestCancel(live.directory)) return { by: "nobody" };
  const isOver = (): boolean => findLiveRun(active, runId) === undefined;
  const isHeard = (): boolean => !isCancelRequested(live.directory);
  const changes = watchForChanges(live.directory);
  try {
    const heard = await until(isHeard, limits.hearMs, changes, signal);
    if (heard && (await until(isOver, limits.endMs, changes, signal))) return { by: "host" };
  } finally {
    changes.close();
  }
  if (signal.aborted) {
    const message = `run ${runId} was asked to end; whether it has is not known`;
    throw new HarnessError({ code: "cancelled", message, cause: signal.reason, hint: "See hitch runs." });
  }
  if (live.host.state === "out-of-sight") {
    const message = `run ${runId} was asked to end, but its host, process ${live.host.pid} on ${live.host.machine}, did not`;
    throw new HarnessError({ code: "timeout", message, hint: "Call hitch cancel there." });
  }
  return endFromHere(active, runId, "silent");
}

async function endFromHere(active: string, runId: string, host: "dead" | "silent"): Promise<Cancellation> {
  const { ended, alive } = await endLiveRun(active, runId);
  if (alive.length === 0) return { by: "us", host, processes: ended };
  const message = `processes of run ${runId} could not be killed: ${alive.map(({ pid }) => pid).join(", ")}`;
  throw new HarnessError({ code: "timeout", message, hint: "They may be another user's: end them as that user." });
}

async function until(isSo: () => boolean, withinMs: number, changes: Changes, signal: AbortSignal): Promise<boolean> {
  const deadlineMs = performance.now() + withinMs;
  while (!isSo()) {
    const leftMs = deadlineMs - performance.now();
    if (leftMs <= 0 || signal.aborted) return false;
    await changes.next(Math.min(leftMs, lookAgainMs), signal);
  }
  return true;
}
