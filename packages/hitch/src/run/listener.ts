/** The caller's `onEvent`. It may throw at any event, and what it throws is never swallowed. */
import { HarnessError } from "../vocabulary/error.ts";
import type { HitchEvent } from "../vocabulary/events.ts";
import type { RunResult } from "../vocabulary/result.ts";

export interface Listener {
  hear(event: HitchEvent): void;
  /** For what it threw when there was nothing left to cancel. */
  throwIfFailed(result: RunResult): void;
}

/** `onFailure` hears of the first exception; from then on the listener hears nothing more. */
export function createListener(
  onEvent: ((event: HitchEvent) => void) | undefined,
  onFailure: (error: unknown) => void,
): Listener {
  let failure: { readonly error: unknown } | undefined;
  return {
    hear(event) {
      if (failure !== undefined) return;
      try {
        onEvent?.(event);
      } catch (error) {
        failure = { error };
        // After the last event nobody could be told otherwise: like any exception in a callback.
        if (event.type === "run-finish") queueMicrotask(() => throwAgain(error));
        else onFailure(error);
      }
    },
    throwIfFailed(result) {
      if (failure === undefined) return;
      const message = "The run was cancelled: its event listener threw.";
      throw new HarnessError({ code: "cancelled", message, cause: failure.error, result });
    },
  };
}

function throwAgain(error: unknown): never {
  throw error;
}
