/** Watches what an attempt spends, and says when it has to end for that. */
import type { AgentEvent, RunEvent } from "../vocabulary/events.ts";
import { limitKinds, type Limits } from "../vocabulary/limits.ts";
import type { Cost, Usage } from "../vocabulary/usage.ts";
import { addExpense, findOverrun, readExpense, type Expense, type Overrun } from "./limits.ts";

/** Of one attempt. */
export interface Meter {
  /** Takes what happened next. Gives why the attempt has to end now, if it has to. */
  take(events: readonly (AgentEvent | RunEvent)[]): Overrun | undefined;
}

/** After so many calls of the model of which nothing was told, a limit is one that cannot be kept. */
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
  let steps = 0;
  let overrun: Overrun | undefined;
  /** The latest call of the model asked for tools, so that there will be another one. */
  let usesTools = false;
  let isOver = false;
  let wasCalledAgain = false;

  const finishStep = (usage: Usage, cost: Cost): void => {
    steps += 1;
    wasCalledAgain ||= overrun !== undefined;
    spent = addExpense(spent, readExpense(usage, cost, 1));
    overrun ??= findOverrun(limits, spent) ?? findUntold(limits, spent, steps);
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

function findUntold(limits: Limits, spent: Expense, steps: number): Overrun | undefined {
  const kind = limitKinds.find((each) => limits[each] !== undefined && spent[each] === undefined);
  if (kind === undefined || steps < mostUntold) return undefined;
  const message = `limits.${kind}: the agent does not tell what calls of this model take, so the limit cannot be kept.`;
  return { code: "unsupported-option", message };
}
