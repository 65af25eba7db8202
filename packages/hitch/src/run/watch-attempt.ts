/** The clocks of an attempt, which listen to its process. */
import type { AgentProcess } from "../effects/process/index.ts";
import { explainClock } from "../policy/clocks.ts";
import type { ErrorCode } from "../vocabulary/codes.ts";
import type { AttemptOptions } from "./attempt.ts";
import { startWatch, type Watch } from "./watch.ts";

/** Starts them. `kill` is called when one has fired. */
export function watchAttempt(
  { timeouts, runStartedAtMs, now, processes }: AttemptOptions,
  process: AgentProcess,
  kill: (code: ErrorCode, message: string) => void,
): Watch {
  let heardAtMs = Date.now();
  const watch = startWatch({
    timeouts,
    runStartedAtMs,
    now,
    hasNewborn: () =>
      processes.processes().some(({ pid, startedAtMs }) => pid !== process.pid && startedAtMs > heardAtMs),
    onFired(clock) {
      const { code, message } = explainClock(clock, timeouts);
      kill(code, message);
    },
  });
  return {
    ...watch,
    note(change) {
      if (change.heard) heardAtMs = Date.now();
      watch.note(change);
    },
  };
}
