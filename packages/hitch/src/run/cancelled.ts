/** The error of a run that its caller ended. */
import { HarnessError } from "../vocabulary/error.ts";

/** Says why in its message too, if that can be said. */
export function cancelledBy({ reason }: AbortSignal): HarnessError {
  return new HarnessError({ code: "cancelled", message: describe(reason), cause: reason });
}

export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw cancelledBy(signal);
}

function describe(reason: unknown): string {
  // `AbortController.abort()` without a reason makes an error that says nothing more.
  const isSilent = reason instanceof Error && reason.name === "AbortError";
  const why = typeof reason === "string" ? reason : reason instanceof Error && !isSilent ? reason.message : "";
  if (why === "") return "The run was cancelled.";
  return why.startsWith("cancelled ") ? `The run was ${why}.` : `The run was cancelled: ${why.replace(/\.$/, "")}.`;
}
