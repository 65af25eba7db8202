/** How pi 0.87.1 writes a message of its model: pieces of text and reasoning, and what the call cost. */
import type { Evidence } from "../../provider.ts";
import type { AgentEvent } from "../../vocabulary/events.ts";
import { asArray, asObject, numberAt, stringAt, type JsonObject } from "../../vocabulary/json.ts";
import { addUsage, type Cost, type Usage } from "../../vocabulary/usage.ts";

/** What a `message_update` adds to the message with this number. */
export function readDelta(event: JsonObject, number: number): readonly AgentEvent[] {
  const { type, contentIndex, delta } = asObject(event["assistantMessageEvent"]) ?? {};
  if (typeof delta !== "string") return [];
  const id = `${number}.${String(contentIndex)}`;
  if (type === "text_delta") return [{ type: "text-delta", id, text: delta }];
  return type === "thinking_delta" ? [{ type: "reasoning-delta", id, text: delta }] : [];
}

/** The whole pieces of a finished message; the ids are those of its deltas. */
export function readContent(message: JsonObject, number: number): readonly AgentEvent[] {
  return asArray(message["content"]).flatMap((block, index): AgentEvent[] => {
    const id = `${number}.${index}`;
    const text = stringAt(block, "text");
    if (text !== undefined) return [{ type: "text", id, text }];
    const thinking = stringAt(block, "thinking");
    return thinking === undefined ? [] : [{ type: "reasoning", id, text: thinking }];
  });
}

/** What a call of the model used. */
export interface Spent {
  readonly usage?: Usage;
  readonly cost: Cost;
}

/**
 * Reads `usage`. Zero tokens in all mean that the back end reported none, and no cost means that the
 * model has no prices in pi. pi's `output` includes the reasoning, its `input` excludes what came from a cache.
 */
export function readSpent(counts: unknown): Spent {
  const usd = numberAt(counts, "cost", "total") ?? 0;
  const cost: Cost = usd > 0 ? { usd, source: "reported" } : { source: "unknown" };
  if ((numberAt(counts, "totalTokens") ?? 0) === 0) return { cost };
  const reasoningTokens = numberAt(counts, "reasoning") ?? 0;
  const usage: Usage = {
    inputTokens: numberAt(counts, "input") ?? 0,
    outputTokens: Math.max(0, (numberAt(counts, "output") ?? 0) - reasoningTokens),
    reasoningTokens,
    cacheReadTokens: numberAt(counts, "cacheRead") ?? 0,
    cacheWriteTokens: numberAt(counts, "cacheWrite") ?? 0,
  };
  return { usage, cost };
}

/** What several calls used together; the money only if it is known of each. */
export function sumSpent(calls: readonly Spent[]): Evidence {
  const usage = calls.reduce<Usage>((sum, call) => addUsage(sum, call.usage ?? {}), {});
  const costs = calls.map(({ cost }) => cost.usd ?? NaN);
  const usd = costs.reduce((sum, cost) => sum + cost, 0);
  return { type: "totals", scope: "attempt", usage, ...(!Number.isNaN(usd) && { usd }) };
}
