/** `hitch tail`: follows the events of a run until it is over. */
import { findRun } from "../run/history/find-run.ts";
import { followRun } from "../run/history/follow-run.ts";
import { openStateOrRefuse } from "../run/storage.ts";
import { codes } from "../vocabulary/codes.ts";
import { HarnessError } from "../vocabulary/error.ts";
import type { Console } from "./console.ts";
import { exitCodeOf, finishWith } from "./failure.ts";
import { refuseWithoutJournal } from "./needs-journal.ts";
import { writeStoredEvent } from "./write-stored-event.ts";

/** Resolves with the exit code of the run. A signal ends the tail and leaves the run alone. */
export async function tailCommand(console: Console, wanted: string | undefined): Promise<number> {
  const { interruption, stderr } = console;
  const state = openStateOrRefuse(process.env);
  const runId = findRun(state, wanted);
  await refuseWithoutJournal(state, runId);
  let seq = 0;
  try {
    for await (const stored of followRun(state, runId, interruption.signal)) {
      const { event } = stored;
      seq = event.seq + 1;
      await writeStoredEvent(console, stored);
      if (event.type === "run-finish") return exitCodeOf(event, interruption);
    }
  } catch (error) {
    if (!HarnessError.isInstance(error) || error.code !== "lost") throw error;
    await console.show(finishWith(error, { runId, seq }));
    return codes.lost.exitCode;
  }
  if (!console.json) await stderr.write(`hitch: run ${runId} goes on; hitch cancel ${runId} ends it\n`);
  return interruption.exitCode ?? codes.cancelled.exitCode;
}
