/** `hitch tail`: follows the events of a run until it is over. */
import { redactValue } from "../policy/redaction.ts";
import { findRun } from "../run/history/find-run.ts";
import { followRun } from "../run/history/follow-run.ts";
import { openStateOrRefuse } from "../run/storage.ts";
import { codes } from "../vocabulary/codes.ts";
import { HarnessError } from "../vocabulary/error.ts";
import type { Console } from "./console.ts";
import { formatEvent } from "./event-line.ts";
import { exitCodeOf, finishWith } from "./failure.ts";
import { columnsOf } from "./for-people.ts";
import { refuseWithoutJournal } from "./needs-journal.ts";

/** Resolves with the exit code of the run. A signal ends the tail and leaves the run alone. */
export async function tailCommand(console: Console, wanted: string | undefined): Promise<number> {
  const { interruption, stdout, stderr, redact } = console;
  const state = openStateOrRefuse(process.env);
  const runId = findRun(state, wanted);
  await refuseWithoutJournal(state, runId);
  let seq = 0;
  try {
    for await (const { event, line } of followRun(state, runId, interruption.signal)) {
      seq = event.seq + 1;
      const shown = console.json ? redact(line) : formatEvent(redactValue(event, redact), columnsOf(process.stdout));
      if (shown !== undefined) await stdout.write(`${shown}\n`);
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
