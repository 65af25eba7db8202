/** Folds the attempts of a run into its result. */
import type { Attempt, Changes, Containment, RunResult, Workspace } from "../vocabulary/result.ts";
import { addUsage, type Usage } from "../vocabulary/usage.ts";
import type { AttemptOutcome } from "./attempt.ts";
import { addCosts } from "./fold.ts";
import type { ResolvedOptions } from "./resolve.ts";

/**
 * What the run knows when it ends, well or not. `own` are the attempts of the provider that came last: what it said is
 * the answer, and all that was spent counts.
 */
export function buildResult(
  runId: string,
  { provider, permissions, isolation, metadata, session, fork, ...asked }: ResolvedOptions,
  outcomes: readonly AttemptOutcome[],
  own: readonly AttemptOutcome[],
  rest: {
    readonly durationMs: number;
    readonly warnings: readonly string[];
    readonly containment: Containment;
    readonly changes: Changes;
    readonly workspace: Workspace;
  },
): RunResult {
  const last = own.at(-1)?.folded;
  const attempts: readonly Attempt[] = outcomes.map((outcome) => outcome.attempt);
  const usage = attempts.map((attempt) => attempt.usage).reduce(addUsage, {});
  const model = own.findLast(({ folded }) => folded.model !== undefined)?.folded.model ?? asked.model;
  const reached = own.findLast((outcome) => outcome.folded.session)?.folded.session ?? (fork ? undefined : session);
  return {
    runId,
    output: own.findLast(({ accepted }) => accepted !== undefined)?.accepted?.value,
    text: last?.text ?? "",
    provider: provider.id,
    ...(model !== undefined && { model }),
    ...(reached && { session: reached }),
    permissions,
    ...(isolation === "clean" && { isolation }),
    usage,
    usageByModel: byModel(outcomes),
    cost: addCosts(outcomes.filter(hasSpent).map(({ attempt }) => attempt.cost)),
    turns: outcomes.reduce((sum, { folded }) => sum + folded.turns, 0),
    attempts,
    ...(metadata && { metadata }),
    ...rest,
  };
}

/** Gives the result its `apply`, for whoever holds it: it is in no copy and no JSON of it. */
export function offerApply(result: RunResult, apply: RunResult["apply"]): RunResult {
  if (apply) Object.defineProperty(result, "apply", { value: apply });
  return result;
}

/** An attempt that got no answer of the model cost nothing that anybody reports. */
function hasSpent({ folded, attempt }: AttemptOutcome): boolean {
  return folded.turns > 0 || attempt.cost.usd !== undefined || Object.keys(attempt.usage).length > 0;
}

function byModel(outcomes: readonly AttemptOutcome[]): Readonly<Record<string, Usage>> {
  const sums = new Map<string, Usage>();
  for (const { model, usage } of outcomes.flatMap(({ folded }) => folded.spent)) {
    if (model !== undefined && usage) sums.set(model, addUsage(sums.get(model) ?? {}, usage));
  }
  return Object.fromEntries(sums);
}
