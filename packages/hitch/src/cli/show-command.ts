/** `hitch show`: one stored run, as a summary, as its events or as its patch. */
import { storedEndFields } from "../policy/own-fields.ts";
import { redactAround } from "../policy/redaction.ts";
import { findRun } from "../run/history/find-run.ts";
import { readStoredEvents } from "../run/history/follow-run.ts";
import { lostRun, readStoredRun, type StoredEnd, type StoredRun } from "../run/history/stored-run.ts";
import { openStateOrRefuse } from "../run/storage.ts";
import { HarnessError } from "../vocabulary/error.ts";
import type { Console } from "./console.ts";
import { finishWith } from "./failure.ts";
import { homeOf, withTilde } from "./home.ts";
import { refuseWithoutJournal } from "./needs-journal.ts";
import { showPatch } from "./show-patch.ts";
import { fit, toOneLine } from "./text/cells.ts";
import { formatAgo, formatTime } from "./text/figures.ts";
import type { Paper } from "./text/paper.ts";
import type { Style } from "./text/style.ts";
import { summarize } from "./text/summary.ts";
import { writeStoredEvent } from "./write-stored-event.ts";

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
    for await (const stored of readStoredEvents(state, runId)) {
      await writeStoredEvent(console, stored);
      if (console.interruption.signal.aborted) break;
    }
    return console.interruption.exitCode ?? 0;
  }
  const found = redactAround(await readStoredRun(state, runId), console.redact, storedEndFields);
  if (flags.patch) return showPatch(console, found);
  const { json, stdout } = console;
  await stdout.write(json ? `${JSON.stringify(found.finish ?? found.run)}\n` : describe(found, stdout.paper));
  return 0;
}

/** What it was, and how it ended. */
function describe({ run, finish }: StoredEnd, paper: Paper): string {
  const lost = finishWith(lostRun(run.runId), { runId: run.runId, seq: 0 });
  const ending = run.status === "running" ? stillRunning(run, paper.style) : summarize(finish ?? lost, paper);
  return heading(run, paper) + ending;
}

function heading(run: StoredRun, { columns, style }: Paper): string {
  const { runId, provider, model, startedAt, cwd, title } = run;
  const startedAgo = startedAt === undefined ? undefined : formatAgo(Date.now() - Date.parse(startedAt));
  const what = [`run ${runId}`, provider, model, startedAgo].filter((part) => part !== undefined).join(" · ");
  const where = [cwd && withTilde(cwd, homeOf(process.env)), title].filter((part) => part).join(" · ");
  const lines = [what, where].map(toOneLine).filter((line) => line !== "");
  return `${lines.map((line) => style("dim", fit(line, columns))).join("\n")}\n\n`;
}

function stillRunning({ runId, startedAt, journal }: StoredRun, style: Style): string {
  const elapsed = startedAt === undefined ? "" : ` · ${formatTime(Date.now() - Date.parse(startedAt))}`;
  const follow = journal ? `\n  ${style("dim", "follow  ")} hitch tail ${runId}` : "";
  return `${style("cyan", "● running")}${elapsed}${follow}\n  ${style("dim", "end     ")} hitch cancel ${runId}\n`;
}
