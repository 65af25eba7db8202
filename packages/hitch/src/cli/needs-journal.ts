/** What only a journal can tell. */
import type { State } from "../effects/state.ts";
import { readStoredRun } from "../run/history/stored-run.ts";
import { HarnessError } from "../vocabulary/error.ts";

/** @throws HarnessError `invalid-options` if the events of the run are not kept here. */
export async function refuseWithoutJournal(state: State, runId: string): Promise<void> {
  const { run } = await readStoredRun(state, runId);
  if (run.journal) return;
  throw new HarnessError({
    code: "invalid-options",
    option: "run",
    reason: "no-journal",
    message: `run ${runId} keeps no journal here, so there are no events to show`,
    hint: "Only its host sees them. hitch cancel works all the same.",
  });
}
