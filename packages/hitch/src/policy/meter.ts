/** Watches what an attempt spends, and says when it has to end for that. */
import type { AgentEvent, RunEvent } from "../vocabulary/events.ts";
import { limitKinds, type LimitKind, type Limits } from "../vocabulary/limits.ts";
import type { Cost, Usage } from "../vocabulary/usage.ts";
import { addExpense, findOverrun, readExpense, type Expense, type Overrun } from "./limits.ts";

/** Of one attempt. */
export interface Meter {
  /** Takes what happened next. Gives why the attempt has to end now, if it has to. */
  take(events: readonly (AgentEvent | RunEvent)[]): Overrun | undefined;
}

/**
 * After so many calls of the model of which nothing was told, a limit is one that cannot be kept. One may be the last,
 * or one that broke off. What was told of others, or of another attempt, says nothing about those to come.
 */
const mostUntold = 2;

/**
 * A fresh meter. `limits`: those that are kept from outside; `earlier`: what the run has spent before the attempt.
 *
 * A call of the model may be the last one, and then its answer counts, whatever it took. So an attempt ends only when a limit
 * is reached and the agent goes on: when the tools of that call are over, or its model was called again.
 */
export function createMeter(limits: Limits, earlier: Expense): Meter {
  const openCalls = new Set<string>();
  let spent = earlier;
  const untold = new Map<LimitKind, number>();
  let overrun: Overrun | undefined;
  /** The latest call of the model asked for tools, so that there will be another one. */
  let usesTools = false;
  let isOver = false;
  let wasCalledAgain = false;

  const finishStep = (usage: Usage, cost: Cost): void => {
    wasCalledAgain ||= overrun !== undefined;
    const taken = readExpense(usage, cost, 1);
    spent = addExpense(spent, taken);
    for (const kind of taken.untold ?? []) untold.set(kind, (untold.get(kind) ?? 0) + 1);
    overrun ??= findOverrun(limits, spent) ?? findUntold(limits, untold);
    isOver = true;
  };

  const take = (event: AgentEvent | RunEvent): void => {
    switch (event.type) {
      case "finish-step":
        finishStep(event.usage ?? {}, event.cost);
        break;
      case "tool-call":
        openCalls.add(event.toolCallId);
        usesTools = true;
        break;
      case "tool-result":
        openCalls.delete(event.toolCallId);
        break;
      case "text-delta":
      case "text":
      case "reasoning-delta":
      case "reasoning":
      case "retry":
        wasCalledAgain ||= overrun !== undefined;
        if (isOver) usesTools = false;
        isOver = false;
        break;
      default:
        break; // The others say nothing about calls of the model.
    }
  };

  return {
    take(events) {
      for (const event of events) {
        take(event);
        if (overrun && (wasCalledAgain || (usesTools && openCalls.size === 0))) return overrun;
      }
      return undefined;
    },
  };
}

/** `untold`: of how many calls the agent did not tell what they took, by kind. */
function findUntold(limits: Limits, untold: ReadonlyMap<LimitKind, number>): Overrun | undefined {
  const kind = limitKinds.find((each) => limits[each] !== undefined && (untold.get(each) ?? 0) >= mostUntold);
  if (kind === undefined) return undefined;
  const message = `limits.${kind}: the agent does not tell what calls of this model take, so the limit cannot be kept.`;
  return { code: "unsupported-option", message };
}
