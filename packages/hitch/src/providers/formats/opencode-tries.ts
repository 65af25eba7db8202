/**
 * How often OpenCode (1.18.33) has tried a call of the model. It says so in two streams whose order is not certain: a
 * try that gets an answer begins with `step_start` on stdout, one that fails is in the log on stderr, and a try may be
 * in either, in both, or first in one and then in the other. So only what is certain is told.
 */
import type { AgentEvent } from "../../vocabulary/events.ts";

export interface Tries {
  /** A `step_start`. Gives the retries that it proves. */
  begin(): readonly AgentEvent[];
  /** A failed call in the log. Of another caller it is another call. */
  fail(reason: string, caller: string | undefined): readonly AgentEvent[];
  /** The call has failed more often than OpenCode itself tries. Kilo (7.7.7) tries to reach a model for ever. */
  readonly areHopeless: boolean;
  /** The model's answer came: this try is none that failed. */
  succeed(): readonly AgentEvent[];
  /** The call is over, or given up. */
  end(): void;
}

const mostTries = 6;

/** For the calls of one attempt, one after the other. */
export function countTries(): Tries {
  let begun = 0;
  let failed = 0;
  let told = 0;
  let lastCaller: string | undefined;
  // An answer that breaks off is in the log only when OpenCode gives up.
  const unknown = "The model's answer broke off.";
  let reason = unknown;

  const tell = (retries: number): readonly AgentEvent[] => {
    const news = Array.from({ length: Math.max(0, retries - told) }, () => ({ type: "retry" as const, reason }));
    told += news.length;
    return news;
  };

  const end = (): void => {
    [begun, failed, told, reason] = [0, 0, 0, unknown];
  };

  return {
    begin() {
      begun += 1;
      return tell(Math.max(begun, failed) - 1);
    },
    fail(latest, caller) {
      if (lastCaller !== undefined && caller !== lastCaller) end();
      lastCaller = caller;
      failed += 1;
      const events = tell(Math.max(begun, failed) - 1);
      reason = latest;
      return events;
    },
    get areHopeless() {
      return failed > mostTries;
    },
    succeed: () => tell(Math.max(begun - 1, failed)),
    end,
  };
}
