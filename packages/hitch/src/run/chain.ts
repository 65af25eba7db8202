/** The providers of a run, in the caller's order: each takes over from the one before, if that failed for its own reasons. */
import type { RunProcesses } from "../effects/process/index.ts";
import { decideFallback, isPassedOver, type FallbackStart } from "../policy/fallback.ts";
import { HarnessError, toHarnessError } from "../vocabulary/error.ts";
import type { AttemptOutcome } from "./attempt.ts";
import { runAttempts } from "./attempts.ts";
import { throwIfCancelled } from "./cancelled.ts";
import type { EventLog } from "./event-log.ts";
import type { RunContext } from "./execute.ts";
import { describeHandOver } from "./hand-over.ts";
import { putBack } from "./put-back.ts";
import type { ResolvedOptions } from "./resolve.ts";
import { setUp } from "./set-up.ts";
import { findSpent } from "./spending.ts";
import { timeLeftMs } from "./time-left.ts";
import { warn } from "./warn.ts";

/** What all attempts of a run share, whichever provider they are of. */
export interface Course {
  readonly processes: RunProcesses;
  /** When the run began, by `performance.now()`. */
  readonly startedAtMs: number;
  /** All attempts so far. */
  readonly outcomes: AttemptOutcome[];
  /** Puts the workspace back to how it was at the start, where that can be done. See `putBack`. */
  readonly resetWorkspace?: (() => Promise<void>) | undefined;
  /** To be done when the provider's part is over, however it ends. */
  readonly atEnd: (close: () => void | Promise<void>) => void;
  /** Does it, the last first. Never rejects. */
  readonly closeAll: () => Promise<void>;
  /** A provider's first attempt is about to start. */
  readonly onProvider: (resolved: ResolvedOptions) => Promise<void>;
}

/** Runs until a provider gives what was asked for, or none is left that would help. Throws how that failed. */
export async function runChain(context: RunContext, course: Course): Promise<void> {
  const { log, redact, resolved, fallbacks } = context;
  const links = [resolved, ...fallbacks];
  const failures: LinkFailure[] = [];
  for (const [index, link] of links.entries()) {
    const next = links[index + 1];
    const before = course.outcomes.length;
    try {
      return await runLink({ ...context, resolved: link }, course, failures.at(-1), next !== undefined);
    } catch (cause) {
      const error = toHarnessError(cause);
      const hasRun = course.outcomes.length > before;
      const failure = { link, error, hasRun, hasWorked: before > 0 };
      const start = next && chooseStart(failure, next, course, log);
      if (start === undefined || next === undefined) throw conclude(failures, { ...failure, start: "prompt" });
      throwIfCancelled(context.cancelled);
      failures.push({ ...failure, start });
      const reason = redact(`${error.code}: ${error.message}`);
      if (!hasRun) warn(log, [`${link.provider.id} could not start: ${reason}`]);
      log.publish(0, [{ type: "fallback", from: link.provider.id, to: next.provider.id, reason }]);
      await course.closeAll();
    }
  }
}

/** How one provider failed, and from where the next one starts. */
interface LinkFailure {
  readonly link: ResolvedOptions;
  readonly error: HarnessError;
  /** A process of it was started. */
  readonly hasRun: boolean;
  /** So was one of a provider before it. */
  readonly hasWorked: boolean;
  readonly start: FallbackStart;
}

async function runLink(
  context: RunContext,
  course: Course,
  failed: LinkFailure | undefined,
  hasFallback: boolean,
): Promise<void> {
  const { resolved, log } = context;
  const isHandOver = failed?.start === "hand-over";
  const prompt = isHandOver ? describeHandOver(resolved.prompt, resolved.cwd, course.outcomes) : resolved.prompt;
  const link = { ...context, resolved: { ...resolved, prompt } };
  const ready = await setUp(link, course);
  warn(log, [...resolved.warnings.filter((text) => !context.warnings.includes(text)), ...ready.warnings]);
  // Not before it is known that there is somebody to start anew.
  if (failed?.start === "reset") await putBack(context, course, failed.error);
  await course.onProvider(resolved);
  await runAttempts(link, course, ready, { task: isHandOver ? "hand-over" : "prompt", hasFallback });
}

function chooseStart(
  { error: { code }, hasRun, hasWorked }: Omit<LinkFailure, "start">,
  next: ResolvedOptions,
  { outcomes, resetWorkspace, startedAtMs }: Course,
  log: EventLog,
): FallbackStart | undefined {
  const start = decideFallback({
    code,
    hasRun,
    hasWorked,
    sideEffects: outcomes.some(({ folded }) => folded.sideEffects),
    mayReset: resetWorkspace !== undefined,
    timeLeftMs: timeLeftMs(next.timeouts, startedAtMs),
  });
  const overrun = findSpent(next, outcomes);
  if (start === undefined || overrun === undefined) return start;
  warn(log, [`no fallback to ${next.provider.id}: ${overrun.message}`]);
  return undefined;
}

/** What the run fails with: if the last provider could not even start, what was wrong with the one before tells more. */
function conclude(earlier: readonly LinkFailure[], last: LinkFailure): HarnessError {
  const isOfNoTask = isPassedOver({ ...last, code: last.error.code });
  const decisive = isOfNoTask ? [...earlier, last].findLast(({ hasRun }) => hasRun) : last;
  const { error } = decisive ?? last;
  const others = [...earlier, last].filter((failure) => failure.error !== error);
  if (others.length === 0) return error;
  const words = others.map((other) => `${other.link.provider.id}: ${other.error.code}: ${other.error.message}`);
  const message = `${error.message} (also failed: ${words.join("; ")})`;
  return new HarnessError({ ...error, cause: error.cause, message });
}
