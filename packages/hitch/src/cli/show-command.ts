/** `hitch show`: one stored run, as a summary, as its events or as its patch. */
import { homedir } from "node:os";
import { redactValue } from "../policy/redaction.ts";
import { findRun } from "../run/history/find-run.ts";
import { readStoredEvents } from "../run/history/follow-run.ts";
import { lostRun, readStoredRun, type StoredEnd, type StoredRun } from "../run/history/stored-run.ts";
import { openStateOrRefuse } from "../run/storage.ts";
import { HarnessError } from "../vocabulary/error.ts";
import type { Console } from "./console.ts";
import { formatEvent } from "./event-line.ts";
import { finishWith } from "./failure.ts";
import { columnsOf, formatAgo, withTilde } from "./for-people.ts";
import { fit, toOneLine } from "./live/cells.ts";
import { formatTime } from "./live/figures.ts";
import { styleFor, type Style } from "./live/style.ts";
import { summarize } from "./live/summary.ts";
import { refuseWithoutJournal } from "./needs-journal.ts";
import { showPatch } from "./show-patch.ts";

/** What of the run is to be shown. */
export interface ShowFlags {
  readonly events?: boolean;
  readonly patch?: boolean;
}

/** Resolves with 0, or with 1 if the patch is not known. How the run ended does not matter. */
export async function showCommand(console: Console, wanted: string | undefined, flags: ShowFlags): Promise<number> {
  if (flags.events && flags.patch) {
    const message = "--events and --patch are two things to show";
    throw new HarnessError({ code: "invalid-options", option: "patch", reason: "conflict", message });
  }
  const state = openStateOrRefuse(process.env);
  const runId = findRun(state, wanted);
  if (flags.events) {
    await refuseWithoutJournal(state, runId);
    for await (const { event, line } of readStoredEvents(state, runId)) {
      const { redact } = console;
      const shown = console.json ? redact(line) : formatEvent(redactValue(event, redact), columnsOf(process.stdout));
      if (shown !== undefined) await console.stdout.write(`${shown}\n`);
      if (console.interruption.signal.aborted) break;
    }
    return console.interruption.exitCode ?? 0;
  }
  const found = redactValue(await readStoredRun(state, runId), console.redact);
  if (flags.patch) return showPatch(console, found);
  await console.stdout.write(console.json ? `${JSON.stringify(found.finish ?? found.run)}\n` : describe(found));
  return 0;
}

/** What it was, and how it ended. */
function describe({ run, finish }: StoredEnd): string {
  const style = styleFor(process.stdout);
  const lost = finishWith(lostRun(run.runId), { runId: run.runId, seq: 0 });
  return heading(run, style) + (run.status === "running" ? stillRunning(run, style) : summarize(finish ?? lost, style));
}

function heading(run: StoredRun, style: Style): string {
  const { runId, provider, model, startedAt, cwd, title } = run;
  const startedAgo = startedAt === undefined ? undefined : formatAgo(Date.now() - Date.parse(startedAt));
  const what = [`run ${runId}`, provider, model, startedAgo].filter((part) => part !== undefined).join(" · ");
  const where = [cwd && withTilde(cwd, process.env.HOME || homedir()), title].filter((part) => part).join(" · ");
  const columns = columnsOf(process.stdout) ?? Infinity;
  const lines = [what, where].map(toOneLine).filter((line) => line !== "");
  return `${lines.map((line) => style("dim", fit(line, columns))).join("\n")}\n\n`;
}

function stillRunning({ runId, startedAt, journal }: StoredRun, style: Style): string {
  const elapsed = startedAt === undefined ? "" : ` · ${formatTime(Date.now() - Date.parse(startedAt))}`;
  const follow = journal ? `\n  ${style("dim", "follow  ")} hitch tail ${runId}` : "";
  return `${style("cyan", "● running")}${elapsed}${follow}\n  ${style("dim", "end     ")} hitch cancel ${runId}\n`;
}
