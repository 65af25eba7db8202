/** How the process ends: with everything written, or at once. */
import { codes } from "../vocabulary/codes.ts";
import { toHarnessError } from "../vocabulary/error.ts";
import type { Console } from "./console.ts";
import { formatError } from "./error-words.ts";
import { exitCodeOf, finishWith } from "./failure.ts";
import type { RunScreen } from "./run-screen.ts";

/** How long an end at once waits for a reader that may have stopped. */
const lastWordsMs = 500;

/** Waits until everything is written. Resolves with the run's exit code if there was a run, else with `exitCode`. */
export async function concludeWith(
  exitCode: number,
  { stdout, stderr, interruption }: Console,
  { finish }: RunScreen,
): Promise<number> {
  await stdout.flushed();
  await stderr.flushed();
  const { failure } = stdout;
  if (failure === undefined) return finish === undefined ? exitCode : exitCodeOf(finish, interruption);
  if (failure.code !== "EPIPE") await stderr.write(`hitch: stdout cannot be written: ${failure.message}\n`);
  return interruption.exitCode ?? codes.internal.exitCode;
}

/** Ends the process without waiting for the run: its reaper ends what is alive. */
export async function endAtOnce(error: unknown, console: Console, run: RunScreen): Promise<void> {
  const { stderr, redact, interruption } = console;
  const last = toHarnessError(error);
  if (run.finish !== undefined) void stderr.write(`${redact(formatError(last, stderr.paper.columns))}\n`);
  const exitCode = exitCodeOf(finishWith(last, run.next), interruption);
  const whenStuck = (run.finish && exitCodeOf(run.finish, interruption)) || exitCode;
  const written = console.fail(last).then(() => console.conclude(exitCode));
  const limit = new Promise<number>((resolve) => setTimeout(resolve, lastWordsMs, whenStuck));
  process.exit((await Promise.race([written, limit])) || exitCode);
}
