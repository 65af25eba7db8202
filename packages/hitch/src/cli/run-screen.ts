/** The events of a run on the screen: as JSON lines, live on a terminal, or as plain lines. */
import { createEventRedactor } from "../policy/event-redaction.ts";
import type { HitchEvent } from "../vocabulary/events.ts";
import { isDebugging } from "./debug.ts";
import type { RunFinish } from "./failure.ts";
import type { View } from "./live/view.ts";
import { showEvent, writeAnswer, type Screen } from "./report.ts";

export interface RunScreen {
  /** Where the next event would stand; the id is empty before the first one. */
  readonly next: { readonly runId: string; readonly seq: number };
  /** The last event, as soon as it is being shown. */
  readonly finish: RunFinish | undefined;
  /** Shows an event of the run; nothing comes after a `run-finish`. Resolves when there is room for the next one. */
  show(event: HitchEvent): Promise<void>;
}

/** `cancelled` aborts when the user wants the run to end. */
export function openRunScreen(screen: Screen, cancelled: AbortSignal): RunScreen {
  const { stdout } = screen;
  const redactor = createEventRedactor(screen.redact);
  let next = { runId: "", seq: 0 };
  let finish: RunFinish | undefined;
  let view: View | undefined;
  return {
    get next() {
      return next;
    },
    get finish() {
      return finish;
    },
    async show(event) {
      if (finish !== undefined) return;
      next = { runId: event.runId, seq: event.seq + 1 };
      const shown = redactor.redact(event);
      if (event.type === "run-finish") {
        finish = event;
        if (stdout.failure) return view?.close();
      }
      if (event.type === "run-start" && isLive(screen)) view = await openLiveView(screen, cancelled);
      if (view === undefined) return showEvent(screen, event, shown);
      if (shown.type !== "run-finish") return view.show(shown);
      await view.finish(shown, () => writeAnswer(stdout, event as RunFinish));
    },
  };
}

/** Debug lines would stand across a live view. */
function isLive({ stderr, json }: Screen): boolean {
  return stderr.isTerminal && !json && process.env.TERM !== "dumb" && !isDebugging();
}

async function openLiveView({ stdout, stderr, redact }: Screen, cancelled: AbortSignal): Promise<View> {
  const { openView } = await import("./live/view.ts");
  return openView({
    terminal: process.stderr,
    output: stderr,
    answerFollows: stdout.isTerminal,
    redact,
    cancelled,
  });
}
