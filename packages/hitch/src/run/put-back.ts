import { HarnessError } from "../vocabulary/error.ts";
import { throwIfCancelled } from "./cancelled.ts";
import type { Course } from "./chain.ts";
import type { RunContext } from "./execute.ts";

/**
 * Puts the workspace back before something starts in it anew. Not once the run is cancelled: what was done is its result.
 * If it does not work, `failed` is what the run fails with, since it was to be tried again.
 */
export async function putBack(
  { cancelled }: RunContext,
  { resetWorkspace }: Course,
  failed: HarnessError,
): Promise<void> {
  throwIfCancelled(cancelled);
  try {
    await resetWorkspace?.();
  } catch (error) {
    throwIfCancelled(cancelled);
    if (HarnessError.isInstance(error) && error.code === "timeout") throw error;
    const why = error instanceof Error ? error.message : String(error);
    const message = `${failed.message} (the worktree could not be put back: ${why})`;
    throw new HarnessError({ ...failed, cause: error, message });
  }
}
