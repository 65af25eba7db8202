/** The attempts of one provider, one after the other: what another one would be good for, and when there is none. */
import { judgeCompleted } from "../policy/limits.ts";
import { toHarnessError, type HarnessError } from "../vocabulary/error.ts";
import type { AttemptTask, Session } from "../vocabulary/result.ts";
import type { RunRequest } from "../provider.ts";
import { runAttempt, type AttemptOutcome } from "./attempt.ts";
import { throwIfCancelled } from "./cancelled.ts";
import type { Course } from "./chain.ts";
import { cooldownKey, cooldowns } from "./cooldowns.ts";
import { estimateLater } from "./estimate.ts";
import type { RunContext } from "./execute.ts";
import { waitForRetry } from "./retrying.ts";
import type { Ready } from "./set-up.ts";
import { openSpending, spentBy, throwIfSpent } from "./spending.ts";
import { invalidOutput, type Values } from "./values.ts";
import { warn } from "./warn.ts";

/** What the next attempt is asked. */
interface Next {
  readonly request: RunRequest;
  readonly task: AttemptTask;
}

/** Attempts until one gives what was asked for, or no other one would help. Throws how the last one failed. */
export async function runAttempts(
  context: RunContext,
  course: Course,
  ready: Ready,
  { task, hasFallback }: { readonly task: AttemptTask; readonly hasFallback: boolean },
): Promise<void> {
  const { resolved, log, redact, cancelled } = context;
  const { processes, outcomes, startedAtMs: runStartedAtMs } = course;
  const { asking, stop } = ready;
  const first: Next = { request: ready.request, task };
  const own: AttemptOutcome[] = [];
  const estimate = estimateLater(resolved.provider, (message) => warn(log, [message]));
  let next = first;
  for (;;) {
    throwIfCancelled(cancelled);
    const spending = openSpending(resolved, outcomes);
    const request = { ...next.request, limits: spending.left };
    const number = outcomes.length + 1;
    const values = asking?.begin({ stop, publish: (event) => log.publish(number, [event]) });
    const outcome = await runAttempt({
      ...resolved,
      number,
      provider: resolved.provider.id,
      task: next.task,
      launch: ready.launch(request),
      decoder: resolved.provider.decoder(request),
      estimate,
      session: request.session && latestOf(request.session, own),
      onSession: ready.onSession,
      explain: ready.explain,
      continues: request.fork ? undefined : request.session?.id,
      values,
      spending,
      processes,
      log,
      redact,
      now: () => performance.now(),
      runStartedAtMs,
      cancelled,
    });
    outcomes.push(outcome);
    own.push(outcome);
    const { verdict } = outcome;
    const session = sessionOf(outcome, request);
    const givenUp = values && hopelessError(values);
    if (verdict.ok) {
      warn(log, verdict.warnings);
      if (asking === undefined || values === undefined || values.accepted) {
        return warn(log, judgeCompleted(resolved.limits, spentBy(outcomes)));
      }
      if (givenUp) throw givenUp;
      throwIfSpent(resolved, outcomes, invalidOutput(values.lastIssues));
      next = { request: asking.followUp(request, session, values.lastIssues), task: "follow-up" };
      continue;
    }
    if (givenUp?.code === verdict.code) throw givenUp;
    cooldowns.note(cooldownKey(resolved), verdict);
    const mayContinue = session !== undefined && resolved.provider.capabilities.options.session;
    const start = await waitForRetry(context, course, own, { mayContinue, hasFallback });
    if (start === "reset") next = first;
    else if (start === "continue" && session) next = { request: ready.carryOn(session), task: "carry-on" };
  }
}

/**
 * A branch that nobody has named is not the session that it came from. What an agent tells is an argument of its next start, so
 * it must not look like a flag or a path.
 */
function sessionOf({ folded }: AttemptOutcome, { fork, session }: RunRequest): Session | undefined {
  const told = folded.session;
  if (told !== undefined && !/^-|[/\0]/.test(told.id)) return told;
  return fork ? undefined : session;
}

/** The session with the totals that it had after the last attempt that told them. */
function latestOf(session: Session, outcomes: readonly AttemptOutcome[]): Session {
  const sessions = outcomes.map(({ folded }) => folded.session);
  return sessions.findLast((told) => told?.id === session.id && told.totals !== undefined) ?? session;
}

function hopelessError({ hopeless }: Values): HarnessError | undefined {
  return hopeless.aborted ? toHarnessError(hopeless.reason) : undefined;
}
