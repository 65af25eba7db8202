/** What the attempts of a run spend, held against its limits. */
import { addExpense, findOverrun, leftOf, readExpense, type Expense, type Overrun } from "../policy/limits.ts";
import { createMeter } from "../policy/meter.ts";
import { HarnessError } from "../vocabulary/error.ts";
import type { AgentEvent, RunEvent } from "../vocabulary/events.ts";
import { limitKinds, type Limits } from "../vocabulary/limits.ts";
import type { AttemptOutcome } from "./attempt.ts";
import type { ResolvedOptions } from "./resolve.ts";

/** What one attempt may spend. */
export interface Spending {
  /** For an agent that keeps its limits itself. */
  readonly left: Limits;
  /** Takes what the attempt told next. */
  readonly heed: (events: readonly (AgentEvent | RunEvent)[]) => void;
  /** Aborts with a HarnessError when the attempt has to end. */
  readonly exhausted: AbortSignal;
}

/** For the next attempt, after these. */
export function openSpending({ limits, provider }: ResolvedOptions, outcomes: readonly AttemptOutcome[]): Spending {
  const spent = spentBy(outcomes);
  const exhausted = new AbortController();
  const metered = limitKinds.filter((kind) => provider.capabilities.limits[kind] === "stream");
  const meter = createMeter(Object.fromEntries(metered.map((kind) => [kind, limits[kind]])), spent);
  return {
    left: leftOf(limits, spent),
    heed(events) {
      const overrun = meter.take(events);
      if (overrun) exhausted.abort(new HarnessError(overrun));
    },
    exhausted: exhausted.signal,
  };
}

/** Why there may be no further attempt; undefined if there may. */
export function findSpent({ limits }: ResolvedOptions, outcomes: readonly AttemptOutcome[]): Overrun | undefined {
  return findOverrun(limits, spentBy(outcomes));
}

/** Before another attempt for what the last one lacks. */
export function throwIfSpent(resolved: ResolvedOptions, outcomes: readonly AttemptOutcome[], lack: HarnessError): void {
  const overrun = findSpent(resolved, outcomes);
  if (overrun) throw new HarnessError({ ...overrun, message: `${overrun.message} ${lack.message}` });
}

/** What is known of it. */
export function spentBy(outcomes: readonly AttemptOutcome[]): Expense {
  return outcomes.map(expenseOf).reduce(addExpense, {});
}

function expenseOf({ attempt, folded }: AttemptOutcome): Expense {
  const whole = readExpense(attempt.usage, attempt.cost, folded.turns);
  // An unknown cost may still have known parts.
  return whole.usd === undefined && folded.usdTold !== undefined ? { ...whole, usd: folded.usdTold } : whole;
}
