/** `hitch cancel`: ends a run, in this or in another process. */
import { setTimeout as sleep } from "node:timers/promises";
import { findLiveRun } from "../effects/process/index.ts";
import type { State } from "../effects/state.ts";
import { redactValue } from "../policy/redaction.ts";
import { cancelRun, type Cancellation } from "../run/cancel-run.ts";
import { findRun, listRunIds } from "../run/history/find-run.ts";
import { readStoredRun, type StoredRun } from "../run/history/stored-run.ts";
import { openStateOrRefuse } from "../run/storage.ts";
import { HarnessError } from "../vocabulary/error.ts";
import type { Console } from "./console.ts";
import { formatProcess } from "./text/process-line.ts";

const openingMs = 100;

/** Resolves with 0 when nothing of the run is alive any more, and tells on stdout how that came. */
export async function cancelCommand(console: Console, wanted: string): Promise<number> {
  const state = openStateOrRefuse(process.env);
  const runId = wanted === "last" ? newestLiveRun(state) : findRun(state, wanted);
  const { done, run } = await cancel(console, state, runId);
  // Without a journal nobody knows how it ended; nor, as yet, if its host has not seen the end.
  const status = run.journal && run.status !== "running" ? run.status : undefined;
  const told = console.json
    ? JSON.stringify({ runId, ...(status && { status }), ...done })
    : describe(runId, done, status, console.stdout.paper.columns);
  await console.stdout.write(`${told}\n`);
  return 0;
}

/** One whose host is dead is meant only if there is no other. */
function newestLiveRun({ active }: State): string {
  const ids = listRunIds({ runs: active, active });
  const isHosted = (runId: string): boolean => {
    const host = findLiveRun(active, runId)?.host.state;
    return host !== "dead" && host !== "from-earlier-boot";
  };
  const newest = ids.find(isHosted) ?? ids[0];
  if (newest !== undefined) return newest;
  const message = "no run is going on here";
  throw new HarnessError({
    code: "invalid-options",
    option: "run",
    reason: "unknown",
    message,
    hint: "See hitch runs.",
  });
}

async function cancel(console: Console, state: State, runId: string): Promise<{ done: Cancellation; run: StoredRun }> {
  for (;;) {
    const done = redactValue(await cancelRun(state, runId, console.interruption.signal), console.redact);
    const { run } = await readStoredRun(state, runId);
    if (done.by !== "nobody" || run.status !== "running") return { done, run };
    // It has only just begun to be opened: there is nobody yet who could be asked.
    await sleep(openingMs);
  }
}

function describe(runId: string, done: Cancellation, status: StoredRun["status"] | undefined, columns: number): string {
  switch (done.by) {
    case "nobody":
      return `Run ${runId} was already over${status === undefined ? "" : `: ${status}`}.`;
    case "host":
      if (status === undefined || status === "cancelled") return `Run ${runId} is cancelled: nothing of it is alive.`;
      return `Run ${runId} ended before it could be cancelled: ${status}.`;
    case "us": {
      const why = done.host === "dead" ? "its host is dead" : "its host did not react";
      const ended = done.processes.map((process) => formatProcess(process, columns));
      return [`Run ${runId} was ended from here, because ${why}: ${countOf(done.processes)}.`, ...ended].join("\n");
    }
  }
}

function countOf({ length }: readonly unknown[]): string {
  return length === 1 ? "1 process" : `${length} processes`;
}
