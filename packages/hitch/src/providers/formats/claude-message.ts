/** The parts of a message in a stream like that of Claude Code 2.1.330, in Anthropic's words. */
import type { AgentEvent } from "../../vocabulary/events.ts";
import { asArray, numberAt, stringAt } from "../../vocabulary/json.ts";
import type { Usage } from "../../vocabulary/usage.ts";

/** What a `content_block_delta` adds to the piece with this id. */
export function readDelta(delta: unknown, id: string | undefined): readonly AgentEvent[] {
  if (id === undefined) return [];
  const text = stringAt(delta, "text");
  if (text !== undefined) return [{ type: "text-delta", id, text }];
  const thinking = stringAt(delta, "thinking");
  return thinking === undefined ? [] : [{ type: "reasoning-delta", id, text: thinking }];
}

/** A block of text or thinking; others are none of the answer. */
export function readText(block: unknown, id: string): readonly AgentEvent[] {
  const text = stringAt(block, "text");
  if (text !== undefined) return [{ type: "text", id, text }];
  // Thinking that is not shown comes as an empty block with a signature.
  const thinking = stringAt(block, "thinking") ?? "";
  return thinking === "" ? [] : [{ type: "reasoning", id, text: thinking }];
}

/** The text of a tool's result; what is not text stays as it came. */
export function readOutput(content: unknown): unknown {
  const texts = asArray(content).map((block) => stringAt(block, "text"));
  return texts.length > 0 && texts.every((text) => text !== undefined) ? texts.join("\n") : content;
}

/** The counts of a call of the model; input is without what a cache was read and written for. */
export function readUsage(counts: unknown): Usage {
  return toUsage({
    input: numberAt(counts, "input_tokens"),
    output: numberAt(counts, "output_tokens"),
    thinking: numberAt(counts, "output_tokens_details", "thinking_tokens"),
    cacheRead: numberAt(counts, "cache_read_input_tokens"),
    cacheWrite: numberAt(counts, "cache_creation_input_tokens"),
  });
}

/** Anthropic's counts: none contains another, but for the thinking in the output. */
export interface Counts {
  readonly input: number | undefined;
  readonly output: number | undefined;
  readonly thinking: number | undefined;
  readonly cacheRead: number | undefined;
  readonly cacheWrite: number | undefined;
}

export function toUsage({ input, output, thinking, cacheRead, cacheWrite }: Counts): Usage {
  return {
    ...(input !== undefined && { inputTokens: input }),
    ...(output !== undefined && { outputTokens: Math.max(0, output - (thinking ?? 0)) }),
    ...(thinking !== undefined && { reasoningTokens: thinking }),
    ...(cacheRead !== undefined && { cacheReadTokens: cacheRead }),
    ...(cacheWrite !== undefined && { cacheWriteTokens: cacheWrite }),
  };
}

/** Without a single token, the back end has reported none. */
export function isCounted(usage: Usage): boolean {
  return Object.values(usage).some((count: number) => count > 0);
}
