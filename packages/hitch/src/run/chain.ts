/** The providers of a run, in the caller's order: each takes over from the one before, if that failed for its own reasons. */
import type { RunProcesses } from "../effects/process/index.ts";
import { decideFallback, type FallbackStart } from "../policy/fallback.ts";
import { HarnessError, toHarnessError } from "../vocabulary/error.ts";
import type { AttemptOutcome } from "./attempt.ts";
import { runAttempts } from "./attempts.ts";
import { throwIfCancelled } from "./cancelled.ts";
import { cooldownKey, cooldowns } from "./cooldowns.ts";
import type { RunContext } from "./execute.ts";
import { describeHandOver } from "./hand-over.ts";
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
  /** Puts the workspace back to how it was at the start, where that can be done. */
  readonly resetWorkspace?: (() => Promise<void>) | undefined;
  /** To be done when the provider's part is over, however it ends. */
  readonly atEnd: (close: () => void) => void;
  /** Does it. */
  readonly closeAll: () => void;
  /** A provider's first attempt is about to start. */
  readonly onProvider: (resolved: ResolvedOptions) => Promise<void>;
}

/** Runs until a provider gives what was asked for, or none is left that would help. Throws how the last one failed. */
export async function runChain(context: RunContext, course: Course): Promise<void> {
  const links = chooseReady(context);
  const failures: string[] = [];
  let start: FallbackStart = "prompt";
  for (const [index, link] of links.entries()) {
    const next = links[index + 1];
    const before = course.outcomes.length;
    try {
      return await runLink({ ...context, resolved: link }, course, start, next !== undefined);
    } catch (cause) {
      const error = toHarnessError(cause);
      const following = next && chooseStart(error, link, course);
      if (following === undefined || next === undefined) throw withEarlier(error, failures);
      throwIfCancelled(context.cancelled);
      start = following;
      const reason = context.redact(`${error.code}: ${error.message}`);
      failures.push(`${link.provider.id}: ${reason}`);
      if (course.outcomes.length === before) warn(context.log, [`${link.provider.id} could not start: ${reason}`]);
      context.log.publish(0, [{ type: "fallback", from: link.provider.id, to: next.provider.id, reason }]);
      course.closeAll();
      if (start === "reset") await course.resetWorkspace?.();
    }
  }
}

/** Those of which nothing is known that would make them fail at once. */
function chooseReady({ resolved, fallbacks, log }: RunContext): readonly ResolvedOptions[] {
  const links = [resolved, ...fallbacks];
  const ready = cooldowns.ready(links, cooldownKey);
  const passedOver = links.filter((link) => !ready.includes(link));
  warn(
    log,
    passedOver.map(
      ({ provider }) => `${provider.id} is passed over: its model's side asked to wait, earlier in this process`,
    ),
  );
  return ready;
}

async function runLink(context: RunContext, course: Course, start: FallbackStart, hasFallback: boolean): Promise<void> {
  const { resolved } = context;
  const isHandOver = start === "hand-over";
  const prompt = isHandOver ? describeHandOver(resolved.prompt, resolved.cwd, course.outcomes) : resolved.prompt;
  const link = { ...context, resolved: { ...resolved, prompt } };
  const ready = await setUp(link, course);
  warn(context.log, ready.warnings);
  await course.onProvider(resolved);
  await runAttempts(link, course, ready, { task: isHandOver ? "hand-over" : "prompt", hasFallback });
}

function chooseStart({ code }: HarnessError, resolved: ResolvedOptions, course: Course): FallbackStart | undefined {
  if (findSpent(resolved, course.outcomes)) return undefined;
  return decideFallback({
    code,
    sideEffects: course.outcomes.some(({ folded }) => folded.sideEffects),
    mayReset: course.resetWorkspace !== undefined,
    timeLeftMs: timeLeftMs(resolved.timeouts, course.startedAtMs),
  });
}

/** The last failure, with those that led to it. */
function withEarlier(error: HarnessError, failures: readonly string[]): HarnessError {
  if (failures.length === 0) return error;
  return new HarnessError({ ...error, message: `${error.message} (before it, ${failures.join("; ")})` });
}
