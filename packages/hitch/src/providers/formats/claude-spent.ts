/** What a run of Claude Code 2.1.330 used, by its own counts. */
import type { Evidence } from "../../provider.ts";
import { asObject, numberAt, stringAt, type JsonObject } from "../../vocabulary/json.ts";
import { addUsage, type Usage } from "../../vocabulary/usage.ts";
import { isCounted, toUsage } from "./claude-message.ts";

/**
 * Adds up the `model_usage_since_last_result` of all results, since `total_cost_usd` and `modelUsage` are those of the
 * session, and `usage` is without subagents. The money is told only if Claude Code knows the price of each model: else
 * it is its guess (`costBasis: "unknown"`).
 */
export function readTotals(results: readonly JsonObject[]): readonly Evidence[] {
  const counted = results
    .flatMap((result) => Object.entries(asObject(result["model_usage_since_last_result"]) ?? {}))
    .filter(([, counts]) => isCounted(readCounts(counts)));
  if (counted.length === 0) return [];
  const usageByModel: Record<string, Usage> = {};
  let usd = 0;
  for (const [model, counts] of counted) {
    usageByModel[model] = addUsage(usageByModel[model] ?? {}, readCounts(counts));
    // Tokens that cost nothing at all are tokens of unknown cost.
    usd += stringAt(counts, "costBasis") === "unknown" ? NaN : numberAt(counts, "costUSD") || NaN;
  }
  const usage = Object.values(usageByModel).reduce(addUsage, {});
  return [{ type: "totals", scope: "attempt", usage, usageByModel, ...(!Number.isNaN(usd) && { usd }) }];
}

function readCounts(counts: unknown): Usage {
  return toUsage({
    input: numberAt(counts, "inputTokens"),
    output: numberAt(counts, "outputTokens"),
    thinking: numberAt(counts, "thinkingTokens"),
    cacheRead: numberAt(counts, "cacheReadInputTokens"),
    cacheWrite: numberAt(counts, "cacheCreationInputTokens"),
  });
}
