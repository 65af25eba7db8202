/** What a run may spend, what it has spent, and what is to be said of it. */
import type { ErrorCode } from "../vocabulary/codes.ts";
import { limitKinds, type LimitKind, type Limits } from "../vocabulary/limits.ts";
import { usageCounts, type Cost, type Usage } from "../vocabulary/usage.ts";

/** What was spent. A kind of which nothing is known is absent. */
export interface Expense extends Limits {
  /** The kinds that are not known as a whole: something was spent of which the agent did not tell them. */
  readonly untold?: readonly LimitKind[];
}

/** Why no further call of the model is allowed. */
export interface Overrun {
  readonly code: ErrorCode;
  readonly message: string;
}

/** What something took, of which the agent told so much. */
export function readExpense(usage: Usage, cost: Cost, turns: number): Expense {
  const counts = usageCounts.map((name) => usage[name]).filter((count) => count !== undefined);
  const tokens = counts.reduce((sum, count) => sum + count, 0);
  const known: Limits = {
    ...(cost.usd !== undefined && { usd: cost.usd }),
    ...(counts.length > 0 && { tokens }),
    turns,
  };
  const hasSpent = turns > 0 || tokens > 0;
  return withUntold(known, hasSpent ? limitKinds.filter((kind) => known[kind] === undefined) : []);
}

/** Adds up what is known. */
export function addExpense(left: Expense, right: Expense): Expense {
  const sums = build((kind) => {
    const known = [left[kind], right[kind]].filter((amount) => amount !== undefined);
    return known.length === 0 ? undefined : known.reduce((sum, amount) => sum + amount);
  });
  const untold = [...(left.untold ?? []), ...(right.untold ?? [])];
  return withUntold(
    sums,
    limitKinds.filter((kind) => untold.includes(kind)),
  );
}

/** What is left of the limits, never less than the least there is: what is spent wholly is `findOverrun`'s affair. */
export function leftOf(limits: Limits, spent: Expense): Limits {
  return build((kind) => {
    const limit = limits[kind];
    if (limit === undefined || spent[kind] === undefined) return limit;
    const { digits } = units[kind];
    return Math.max(10 ** -digits, Number((limit - spent[kind]).toFixed(digits)));
  });
}

/** The first limit that is reached; undefined if more may be spent of each. */
export function findOverrun(limits: Limits, spent: Expense): Overrun | undefined {
  for (const kind of limitKinds) {
    const limit = limits[kind];
    if (limit === undefined || (spent[kind] ?? 0) < limit) continue;
    return { code: units[kind].code, message: `The run's limit of ${show(kind, limit)} is reached.` };
  }
  return undefined;
}

/** What is to be said of the limits of a run that has completed: they end no answer that is there. */
export function judgeCompleted(limits: Limits, spent: Expense): readonly string[] {
  return limitKinds.flatMap((kind) => {
    const [limit, amount] = [limits[kind], spent[kind]];
    if (limit === undefined) return [];
    if (amount === undefined) return [`limits.${kind}: what the run spent is unknown`];
    if (amount > limit)
      return [
        `limits.${kind}: the answer took the run over its limit of ${show(kind, limit)}, to ${show(kind, amount)}`,
      ];
    return spent.untold?.includes(kind)
      ? [`limits.${kind}: whether it was kept is unknown, since not all calls of the model told what they took`]
      : [];
  });
}

/** Whether a failure with this code is the end of what may be spent, be it by the caller's limits or the agent's own. */
export function isOfLimit(code: ErrorCode): boolean {
  return limitKinds.some((kind) => units[kind].code === code);
}

/** A message with what was spent: `… The run spent 3 turns, 3150 tokens, 0.0075 USD.` */
export function tellExpense(
  message: string,
  { usage, cost, turns }: { readonly usage: Usage; readonly cost: Cost; readonly turns: number },
): string {
  return `${message.replace(/\.?$/, ".")} The run spent ${describeLimits(readExpense(usage, cost, turns))}.`;
}

/** Limits, or what was spent of them, in words: `3 turns, 3150 tokens, 0.0075 USD`. */
export function describeLimits(amounts: Limits): string {
  const known = limitKinds.toReversed().flatMap((kind) => {
    const amount = amounts[kind];
    return amount === undefined ? [] : [show(kind, amount)];
  });
  return known.join(", ");
}

interface Unit {
  readonly name: string;
  /** Behind the decimal point. */
  readonly digits: number;
  readonly code: ErrorCode;
}

const units: Readonly<Record<LimitKind, Unit>> = {
  usd: { name: "USD", digits: 6, code: "budget-exceeded" },
  tokens: { name: "tokens", digits: 0, code: "budget-exceeded" },
  turns: { name: "turns", digits: 0, code: "turn-limit" },
};

function show(kind: LimitKind, amount: number): string {
  const { name, digits } = units[kind];
  return `${Number(amount.toFixed(digits))} ${amount === 1 ? name.replace(/s$/, "") : name}`;
}

function withUntold(known: Limits, untold: readonly LimitKind[]): Expense {
  return untold.length === 0 ? known : { ...known, untold };
}

function build(amountOf: (kind: LimitKind) => number | undefined): Limits {
  return Object.fromEntries(
    limitKinds.flatMap((kind) => {
      const amount = amountOf(kind);
      return amount === undefined ? [] : [[kind, amount]];
    }),
  );
}
