/**
 * The live view of a run on a terminal: what is over scrolls up, what goes on is redrawn below it. At most ten frames a
 * second, and none while the terminal has not taken the one before.
 */
import type { WriteStream } from "node:tty";
import type { HitchEvent } from "../../vocabulary/events.ts";
import type { RunFinish } from "../failure.ts";
import type { Output } from "../output.ts";
import { paperOf, type Paper } from "../text/paper.ts";
import { summarize } from "../text/summary.ts";
import { liveLines } from "./live-lines.ts";
import { replaceFrame } from "./paint.ts";
import { permanentLines } from "./permanent.ts";
import { advance, initialState } from "./state.ts";

export interface View {
  /** Resolves when there is room for the next event. Events are redacted before. */
  show(event: Exclude<HitchEvent, RunFinish>): Promise<void>;
  /** Takes the live lines away, lets the answer be written, and ends with a summary. */
  finish(event: RunFinish, writeAnswer: () => Promise<void>): Promise<void>;
  /** Takes the live lines away, without a further word. */
  close(): Promise<void>;
}

export interface ViewOptions {
  /** Asked for its size and colours only. */
  readonly terminal: WriteStream;
  /** Where the view is written. */
  readonly output: Output;
  /** The answer goes to the same terminal. */
  readonly answerFollows: boolean;
  readonly redact: (text: string) => string;
  /** Aborts when the user wants the run to end. */
  readonly cancelled: AbortSignal;
}

/** What is shown from then on, whatever the agent does. */
const ending = { activity: "ending it; Ctrl-C again: at once", openCalls: [], waitsUntilMs: undefined };

const frameMs = 100;
const tickMs = 1000;

/** Permanent text that may wait for the terminal, in characters. */
const pendingLimit = 64 * 1024;

export function openView({ terminal, output, answerFollows, redact, cancelled }: ViewOptions): View {
  let state = initialState(answerFollows);
  let pending = "";
  let shown: readonly string[] = [];
  let frames = 0;
  let isClosed = false;
  let painting: Promise<void> | undefined;
  let nextFrame: NodeJS.Timeout | undefined;

  const tick = setInterval(schedule, tickMs).unref();
  terminal.on("resize", schedule);
  cancelled.addEventListener("abort", schedule, { once: true });

  function schedule(): void {
    if (isClosed) return;
    // While a frame is being taken the next one waits for it: it shows what is true then.
    nextFrame ??= setTimeout(() => void (painting ?? Promise.resolve()).then(paint), frameMs).unref();
  }

  function paint(): Promise<void> {
    clearTimeout(nextFrame);
    nextFrame = undefined;
    painting ??= writeFrame().finally(() => (painting = undefined));
    return painting;
  }

  /** Without the last column: terminals disagree on where the cursor is when it is full. */
  function paperNow(): Paper {
    const { columns, style } = paperOf(terminal);
    return { columns: columns - 1, style };
  }

  async function writeFrame(): Promise<void> {
    // A pseudo terminal that nobody gave a size has 0 rows.
    const now = { ...paperNow(), rows: terminal.rows || 24, nowMs: Date.now(), number: frames++ };
    const lines = isClosed ? [] : liveLines(cancelled.aborted ? { ...state, ...ending } : state, { ...now, redact });
    const bytes = replaceFrame(shown, pending, lines, now.columns + 1);
    pending = "";
    shown = lines;
    void output.write(bytes);
    await output.flushed();
  }

  function add(event: HitchEvent): void {
    for (const line of permanentLines(event, state, paperNow(), redact)) pending += `${line}\n`;
    state = advance(state, event);
  }

  async function close(): Promise<void> {
    isClosed = true;
    clearInterval(tick);
    clearTimeout(nextFrame);
    terminal.off("resize", schedule);
    await painting;
    await paint();
  }

  return {
    close,
    async show(event) {
      add(event);
      schedule();
      while (pending.length > pendingLimit) await paint();
    },
    async finish(event, writeAnswer) {
      add(event);
      const isAnswered = answerFollows && event.status === "completed";
      if (isAnswered) pending += "\n";
      await close();
      await writeAnswer();
      // A text has been shown already, as all that the agent said.
      const withAnswer = !isAnswered && event.result.output !== undefined;
      await output.write(`\n${summarize(event, paperNow(), { withAnswer })}`);
    },
  };
}
