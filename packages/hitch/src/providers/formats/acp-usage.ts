/** Tokens and money as agents tell them over the Agent Client Protocol. */
import { numberAt, stringAt } from "../../vocabulary/json.ts";
import type { Usage } from "../../vocabulary/usage.ts";

/**
 * Reads counts of tokens. The protocol does not say whether `inputTokens` holds what went through a cache,
 * and `outputTokens` the thoughts: with Copilot (1.0.102) and Qwen (0.24.4) they do, with OpenCode (1.18.33) not. The
 * total tells.
 */
export function readUsage(told: unknown): Usage | undefined {
  const input = numberAt(told, "inputTokens");
  const output = numberAt(told, "outputTokens");
  if (input === undefined || output === undefined) return undefined;
  const thought = numberAt(told, "thoughtTokens");
  const cacheRead = numberAt(told, "cachedReadTokens");
  const cacheWrite = numberAt(told, "cachedWriteTokens");
  const areCountedIn = numberAt(told, "totalTokens") === input + output;
  const usage: Usage = {
    inputTokens: areCountedIn ? Math.max(0, input - (cacheRead ?? 0) - (cacheWrite ?? 0)) : input,
    outputTokens: areCountedIn ? Math.max(0, output - (thought ?? 0)) : output,
    ...(thought !== undefined && { reasoningTokens: thought }),
    ...(cacheRead !== undefined && { cacheReadTokens: cacheRead }),
    ...(cacheWrite !== undefined && { cacheWriteTokens: cacheWrite }),
  };
  return Object.values(usage).some((count) => count > 0) ? usage : undefined;
}

/** What the whole session has cost. 0 is also what agents tell of a model whose price they do not know. */
export function readSessionUsd(update: unknown): number | undefined {
  const amount = numberAt(update, "cost", "amount");
  return amount !== undefined && amount > 0 && stringAt(update, "cost", "currency") === "USD" ? amount : undefined;
}
