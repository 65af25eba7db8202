import type { Timeouts } from "../policy/clocks.ts";

/** What is left of a run's total time, in milliseconds; Infinity without a limit. `startedAtMs` is of `performance.now()`. */
export function timeLeftMs({ totalMs = Infinity }: Timeouts, startedAtMs: number): number {
  return totalMs - (performance.now() - startedAtMs);
}
