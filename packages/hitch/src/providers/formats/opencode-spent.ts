/** What a step of OpenCode's cost (1.18.33): tokens and money of a `step_finish` line's part. */
import { at, numberAt } from "../../vocabulary/json.ts";
import type { Cost, Usage } from "../../vocabulary/usage.ts";

/**
 * Reads tokens and money. OpenCode's input is without what was read from a cache, its output without reasoning. It
 * prints zeros where the model reported no tokens, so a step of zeros has no usage.
 */
export function decodeSpent(part: unknown): { readonly usage?: Usage; readonly cost: Cost } {
  const tokens = at(part, "tokens");
  const usage: Usage = {
    ...count("inputTokens", numberAt(tokens, "input")),
    ...count("outputTokens", numberAt(tokens, "output")),
    ...count("reasoningTokens", numberAt(tokens, "reasoning")),
    ...count("cacheReadTokens", numberAt(tokens, "cache", "read")),
    ...count("cacheWriteTokens", numberAt(tokens, "cache", "write")),
  };
  const spent = Object.values(usage).some((value) => value > 0);
  return { ...(spent && { usage }), cost: decodeCost(numberAt(part, "cost") ?? 0) };
}

function count(name: keyof Usage, value: number | undefined): Usage {
  return value === undefined || value < 0 ? {} : { [name]: value };
}

/** 0 is also what OpenCode prints for a model whose price it does not know, so it is never taken for free. */
function decodeCost(usd: number): Cost {
  return usd > 0 ? { usd, source: "reported" } : { source: "unknown" };
}
