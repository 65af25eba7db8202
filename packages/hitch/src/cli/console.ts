/** What the commands of one process share: both outputs, what is secret, the screen of a run, and the signals. */
import { createRedactor, type Redact } from "../policy/redaction.ts";
import { cancelledBy } from "../run/cancelled.ts";
import { codes } from "../vocabulary/codes.ts";
import { toHarnessError } from "../vocabulary/error.ts";
import type { HitchEvent } from "../vocabulary/events.ts";
import { isDebugging } from "./debug.ts";
import { finishWith } from "./failure.ts";
import { concludeWith, endAtOnce } from "./last-words.ts";
import { openOutput, type Output } from "./output.ts";
import { openRunScreen } from "./run-screen.ts";
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

export function openConsole(json: boolean): Console {
  let redactNow = createRedactor(process.env);
  const redact: Redact = Object.assign((text: string) => redactNow(text), {
    part: (text: string) => redactNow.part?.(text) ?? { done: redactNow(text), held: "" },
  });
  const interruption = listenForSignals(() => void endAtOnce(cancelledBy(interruption.signal), console, run));
  const stdout = openOutput(process.stdout, ({ code, message }) => {
    interruption.interrupt(`stdout: ${message}`, code === "EPIPE" ? closedExitCode : codes.internal.exitCode);
  });
  // Without a reader of stderr there is nobody to tell; the run goes on.
  const stderr = openOutput(process.stderr, () => undefined);
  const run = openRunScreen({ json, stdout, stderr, redact }, interruption.signal);

  const console: Console = {
    json,
    stdout,
    stderr,
    interruption,
    redact,
    addSecrets(...environments) {
      redactNow = createRedactor(process.env, ...environments);
    },
    show: (event) => run.show(event),
    async fail(error) {
      if (run.finish !== undefined) return;
      const harnessError = toHarnessError(error);
      if (isDebugging() && harnessError.cause instanceof Error) {
        void stderr.write(`${redact(String(harnessError.cause.stack))}\n`);
      }
      const { newRunId } = await import("../effects/process/index.ts");
      const { runId, seq } = run.next;
      await run.show(finishWith(harnessError, { runId: runId || newRunId(), seq }));
    },
    conclude: (exitCode) => concludeWith(exitCode, console, run),
  };
  process.on("uncaughtException", (error) => void endAtOnce(error, console, run));
  return console;
}
