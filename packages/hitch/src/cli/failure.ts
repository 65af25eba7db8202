/** A command that fails: as an error, as the last event, and as an exit code. */
import { codes } from "../vocabulary/codes.ts";
import { summarizeError, type HarnessError } from "../vocabulary/error.ts";
import type { HitchEvent } from "../vocabulary/events.ts";
import type { Interruption } from "./signals.ts";

/** The last event of a run. */
export type RunFinish = Extract<HitchEvent, { type: "run-finish" }>;

/** The last event of a run that the library did not finish, or that never became one. */
export function finishWith(error: HarnessError, at: { readonly runId: string; readonly seq: number }): RunFinish {
  return {
    ...at,
    attempt: 0,
    time: new Date().toISOString(),
    type: "run-finish",
    status: error.code === "cancelled" ? "cancelled" : "failed",
    result: error.result,
    error: summarizeError(error),
  };
}

/** What the command ends with after this. */
export function exitCodeOf({ status, error }: Pick<RunFinish, "status" | "error">, { exitCode }: Interruption): number {
  if (status === "completed") return 0;
  const code = error?.code ?? "internal";
  return code === "cancelled" ? (exitCode ?? codes.cancelled.exitCode) : codes[code].exitCode;
}
