/** Opens what a run is kept in: the state directory and the journal. */
import { openJournal, type Journal } from "../effects/journal.ts";
import { makePrivateDirectory, openState, StateError, type State } from "../effects/state.ts";
import { HarnessError } from "../vocabulary/error.ts";
import type { ResolvedOptions, Surroundings } from "./resolve.ts";

export interface Storage {
  readonly state: State;
  readonly journal?: Journal;
  readonly warnings: readonly string[];
}

/**
 * Opens both. A place that nobody asked for is replaced or left out with a warning.
 *
 * @throws HarnessError `invalid-options` if a place that was asked for cannot be written.
 */
export function openStorage(runId: string, resolved: ResolvedOptions, { env }: Surroundings): Storage {
  const state = openStateOrRefuse(env);
  const warnings = state.warning === undefined ? [] : [state.warning];
  if (resolved.journal === false) return { state, warnings };
  const { journal: place, journalAsked } = resolved;
  if (journalAsked && place === true && state.warning !== undefined) throw unwritable("journal", state.warning);
  const open = (): Journal => openJournal(makePrivateDirectory(place === true ? state.runs : String(place)), runId);
  if (journalAsked) return { state, journal: orRefuse("journal", open), warnings };
  try {
    return { state, journal: open(), warnings };
  } catch (error) {
    return { state, warnings: [...warnings, `there is no journal: ${(error as Error).message}`] };
  }
}

/** @throws HarnessError `invalid-options` if `HITCH_STATE_DIR` cannot be written. */
export function openStateOrRefuse(env: Surroundings["env"]): State {
  return orRefuse("HITCH_STATE_DIR", () => openState(env));
}

function orRefuse<Value>(option: string, open: () => Value): Value {
  try {
    return open();
  } catch (error) {
    throw unwritable(option, (error as Error).message, error);
  }
}

function unwritable(option: string, message: string, cause?: unknown): HarnessError {
  const init = { code: "invalid-options", option, reason: "unwritable", message: `${option}: ${message}` } as const;
  return new HarnessError({ ...init, ...(cause instanceof StateError && { cause }) });
}
