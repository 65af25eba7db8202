/** What the commands of one process share: both outputs, the last word, and the signals. */
import { createRedactor, redactValue, type Redact } from "../policy/redaction.ts";
import { codes } from "../vocabulary/codes.ts";
import { HarnessError, toHarnessError } from "../vocabulary/error.ts";
import type { HitchEvent } from "../vocabulary/events.ts";
import { exitCodeOf, finishWith, type RunFinish } from "./failure.ts";
import type { View } from "./live/view.ts";
import { openOutput, type Output } from "./output.ts";
import { describeError, showEvent, writeAnswer } from "./report.ts";
import { listenForSignals, type Interruption } from "./signals.ts";

export interface Console {
  readonly json: boolean;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly interruption: Interruption;
  readonly redact: Redact;
  /** Variables and MCP servers that the command was given: what is secret in them is redacted from now on. */
  addSecrets(...environments: Readonly<Record<string, unknown>>[]): void;
  /** Shows an event of the run; nothing comes after a `run-finish`. */
  show(event: HitchEvent): Promise<void>;
  /** The last word on a command that failed: the `run-finish` that is still missing, or a block on stderr. */
  fail(error: unknown): Promise<void>;
  /** What the process ends with, once everything is written; `exitCode` is the command's own. */
  conclude(exitCode: number): Promise<number>;
}

/** 128 + SIGPIPE: whoever read stdout went away. */
const closedExitCode = 141;

/** How long an end at once waits for a reader that may have stopped. */
const lastWordsMs = 500;

export function openConsole(json: boolean): Console {
  let redact = createRedactor(process.env);
  let runId = "";
  let nextSeq = 0;
  let endsWith: number | undefined;
  let finished = false;
  let view: View | undefined;

  const interruption = listenForSignals(() => void endAtOnce(cancelled()));
  const stdout = openOutput(process.stdout, ({ code, message }) => {
    interruption.interrupt(`stdout: ${message}`, code === "EPIPE" ? closedExitCode : codes.internal.exitCode);
  });
  // Without a reader of stderr there is nobody to tell; the run goes on.
  const stderr = openOutput(process.stderr, () => undefined);
  const cancelled = (): HarnessError => {
    const cause: unknown = interruption.signal.reason;
    return new HarnessError({ code: "cancelled", message: "The run was cancelled.", cause });
  };
  process.on("uncaughtException", (error) => void endAtOnce(error));

  /** Debug lines would stand across a live view. */
  function isLive(): boolean {
    return stderr.isTerminal && !json && process.env.TERM !== "dumb" && !process.env.HITCH_DEBUG;
  }

  async function openLiveView(): Promise<View> {
    const { openView } = await import("./live/view.ts");
    return openView({
      terminal: process.stderr,
      output: stderr,
      answerFollows: stdout.isTerminal,
      redact: (text) => redact(text),
      cancelled: interruption.signal,
    });
  }

  /** No waiting for the run: its reaper ends what is alive. */
  async function endAtOnce(error: unknown): Promise<void> {
    const last = toHarnessError(error);
    if (finished) void stderr.write(`${redact(describeError(last))}\n`);
    const exitCode = exitCodeOf(finishWith(last, { runId, seq: nextSeq }), interruption);
    const written = console.fail(last).then(() => console.conclude(exitCode));
    const limit = new Promise<number>((resolve) => setTimeout(resolve, lastWordsMs, endsWith || exitCode));
    process.exit((await Promise.race([written, limit])) || exitCode);
  }

  const console: Console = {
    json,
    stdout,
    stderr,
    interruption,
    redact: (text) => redact(text),
    addSecrets(...environments) {
      redact = createRedactor(process.env, ...environments);
    },
    async show(event) {
      if (finished) return;
      ({ runId } = event);
      nextSeq = event.seq + 1;
      if (event.type === "run-finish") {
        finished = true;
        endsWith = exitCodeOf(event, interruption);
        if (stdout.failure) return view?.close();
      }
      if (event.type === "run-start" && isLive()) view = await openLiveView();
      if (view === undefined) return showEvent({ json, stdout, stderr, redact }, event);
      const shown = redactValue(event, redact);
      if (shown.type !== "run-finish") return view.show(shown);
      await view.finish(shown, () => writeAnswer(stdout, event as RunFinish));
    },
    async fail(error) {
      if (finished) return;
      const harnessError = toHarnessError(error);
      if (process.env.HITCH_DEBUG && harnessError.cause instanceof Error) {
        void stderr.write(`${redact(String(harnessError.cause.stack))}\n`);
      }
      const { newRunId } = await import("../effects/process/index.ts");
      await console.show(finishWith(harnessError, { runId: runId || newRunId(), seq: nextSeq }));
    },
    async conclude(exitCode) {
      await stdout.flushed();
      await stderr.flushed();
      const { failure } = stdout;
      if (failure === undefined) return endsWith ?? exitCode;
      if (failure.code !== "EPIPE") await stderr.write(`hitch: stdout cannot be written: ${failure.message}\n`);
      return interruption.exitCode ?? codes.internal.exitCode;
    },
  };
  return console;
}
