/** Runs the clocks of one attempt with real time. What the clocks say is decided in `policy/clocks.ts`. */
import {
  readClocks,
  startClocks,
  updateClocks,
  type Clock,
  type ClockChange,
  type Timeouts,
} from "../policy/clocks.ts";

export interface Watch {
  /** Something happened. */
  note(change: ClockChange): void;
  stop(): void;
}

export interface WatchOptions {
  readonly timeouts: Timeouts;
  /** When the run began, by `now`. */
  readonly runStartedAtMs: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
  /** Whether a process of the run that was born after the last output is alive. */
  readonly hasNewborn: () => boolean;
  readonly onFired: (clock: Clock) => void;
}

export function startWatch({ timeouts, runStartedAtMs, now, hasNewborn, onFired }: WatchOptions): Watch {
  let state = startClocks(now(), runStartedAtMs);
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const looksAlive = (): boolean => {
    try {
      return hasNewborn();
    } catch {
      return true; // The processes can't be listed now (no free descriptors, say): better to look again than to kill.
    }
  };

  const look = (): void => {
    clearTimeout(timer);
    let reading = readClocks(state, timeouts, now());
    // Looking at processes costs milliseconds, so it is done only when it matters.
    if (reading.fired === "idle" || state.bornAfterLastLine) {
      state = updateClocks(state, { bornAfterLastLine: looksAlive() }, now());
      reading = readClocks(state, timeouts, now());
    }
    if (reading.fired) {
      stopped = true;
      onFired(reading.fired);
    } else timer = setTimeout(look, reading.nextLookMs);
  };
  look();

  return {
    note(change) {
      if (stopped) return;
      state = updateClocks(state, change, now());
      look();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
