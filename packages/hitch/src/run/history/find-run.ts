/** Which runs there are, and which one somebody means. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { isRunId } from "../../effects/process/index.ts";
import type { State } from "../../effects/state.ts";
import { HarnessError } from "../../vocabulary/error.ts";

/** How many are named when a beginning fits several. */
const shownIds = 5;

/** The ids of all runs that have a journal or are alive, the newest first. Reads no journal. */
export function listRunIds({ runs, active }: Pick<State, "runs" | "active">): readonly string[] {
  const startedMs = new Map<string, number>();
  // The folder of a live run changes while it lives; that of a journal was last changed when the journal was made.
  for (const folder of [active, runs]) {
    for (const runId of readdirSync(folder).filter(isRunId)) {
      const stats = statSync(join(folder, runId), { throwIfNoEntry: false });
      if (stats !== undefined) startedMs.set(runId, stats.mtimeMs);
    }
  }
  return [...startedMs].sort(([, left], [, right]) => right - left).map(([runId]) => runId);
}

/**
 * The id of the run that is meant: an id, a beginning of one that fits no other, or `last`, which is also meant by saying
 * nothing.
 *
 * @throws HarnessError `invalid-options` with the reason `unknown` or `ambiguous`.
 */
export function findRun(state: Pick<State, "runs" | "active">, wanted = "last"): string {
  const ids = listRunIds(state);
  const [newest] = ids;
  if (newest === undefined) throw refuse("unknown", "there are no runs yet", "Start one with hitch run.");
  if (wanted === "last") return newest;
  const fitting = ids.includes(wanted) ? [wanted] : ids.filter((id) => wanted !== "" && id.startsWith(wanted));
  const [only, ...others] = fitting;
  if (only === undefined) {
    throw refuse("unknown", `there is no run ${JSON.stringify(wanted)}`, "See hitch runs; last is the newest.");
  }
  if (others.length === 0) return only;
  const named = fitting.slice(0, shownIds).join(", ");
  const more = fitting.length > shownIds ? ` and ${fitting.length - shownIds} more` : "";
  throw refuse("ambiguous", `${wanted} is the beginning of several runs: ${named}${more}`, "Type more of the id.");
}

function refuse(reason: string, message: string, hint: string): HarnessError {
  return new HarnessError({ code: "invalid-options", option: "run", reason, message, hint });
}
