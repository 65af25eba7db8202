/** Folds the attempts of a run into its result. */
import type { Attempt, Changes, Containment, RunResult, Workspace } from "../vocabulary/result.ts";
import { addUsage, type Usage } from "../vocabulary/usage.ts";
import type { AttemptOutcome } from "./attempt.ts";
import { addCosts } from "./fold.ts";
import type { ResolvedOptions } from "./resolve.ts";

/**
 * What the run knows when it ends, well or not. `own` are the attempts of the provider that came last: what it said is
 * the answer, and all that was spent counts. If it gave no value, one that was accepted before it still counts.
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
    output: lasting(outcomes, rest.workspace).findLast(({ accepted }) => accepted !== undefined)?.accepted?.value,
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

/**
 * The attempts whose work is still there. What was done in a worktree is put back before an agent starts in it from
 * nothing; a value that was given for it says nothing of what is there then.
 */
function lasting(outcomes: readonly AttemptOutcome[], { type }: Workspace): readonly AttemptOutcome[] {
  if (type === "in-place") return outcomes;
  let from = 0;
  for (const [index, { attempt }] of outcomes.entries()) {
    const hasChanged = outcomes.slice(from, index).some(({ folded }) => folded.sideEffects);
    if (attempt.task === "prompt" && hasChanged) from = index;
  }
  return outcomes.slice(from);
}

/** An attempt that got no answer of the model cost nothing that anybody reports. */
function hasSpent({ folded, attempt }: AttemptOutcome): boolean {
  const counts = Object.values(attempt.usage as Readonly<Record<string, number>>);
  return folded.turns > 0 || attempt.cost.usd !== undefined || counts.some((count) => count > 0);
}

function byModel(outcomes: readonly AttemptOutcome[]): Readonly<Record<string, Usage>> {
  const sums = new Map<string, Usage>();
  for (const { model, usage } of outcomes.flatMap(({ folded }) => folded.spent)) {
    if (model !== undefined && usage) sums.set(model, addUsage(sums.get(model) ?? {}, usage));
  }
  return Object.fromEntries(sums);
}
