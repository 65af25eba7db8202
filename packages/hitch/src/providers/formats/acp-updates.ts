/**
 * What an agent tells of its work over the Agent Client Protocol: the `session/update` notifications of a turn.
 *
 * The protocol has no steps. A call of the model ends where the agent gives its usage (Qwen 0.24.4), else where it goes
 * on after all its tool calls are over.
 */
import type { Evidence } from "../../provider.ts";
import type { AgentEvent, PlanEntry } from "../../vocabulary/events.ts";
import { asArray, asObject, at, stringAt, type JsonObject } from "../../vocabulary/json.ts";
import { addUsage, type Usage } from "../../vocabulary/usage.ts";
import { createToolReader, parentOf, textOf, type ToolReader } from "./acp-tools.ts";
import { readSessionUsd, readUsage } from "./acp-usage.ts";

export interface Updates {
  /** One update. Undefined: it is of a kind that is not known. */
  take(update: JsonObject): readonly AgentEvent[] | undefined;
  /** The question for permission belongs to the work too. */
  readonly ask: ToolReader["ask"];
  /** The turn is over, for this reason. `told` is the usage that came with its end. */
  finish(reason: string, told?: Usage): Finished;
  /** The piece of the answer that came last; empty if something else came after it. */
  readonly lastPiece: string;
  readonly toolCalls: number;
}

/** What was left to tell, and what the turn used. */
export interface Finished {
  readonly events: readonly AgentEvent[];
  readonly evidence: readonly Evidence[];
}

type Block = { readonly type: "text" | "reasoning"; readonly id: string; text: string };

/** `usageOfLastCall`: the usage that comes with the end of a turn is that of its last call of the model alone. */
export function createUpdates(usageOfLastCall = false): Updates {
  const tools = createToolReader();
  let block: Block | undefined;
  /** The agent's own id for what it says. It may say something else in between. */
  let messageId: string | undefined;
  let blocks = 0;
  /** Calls of the model so far, the one that goes on included. */
  let steps = 0;
  /** The sum of what was told of single calls, those of subagents included. */
  let counted: Usage | undefined;
  /** Something of the call of the model was told; it has called tools. */
  let isStepOpen = false;
  let hasCalledTools = false;
  let lastPiece = "";
  /** What the whole session has cost. */
  let usd: number | undefined;

  const closeBlock = (): AgentEvent[] => {
    const closed = block;
    block = undefined;
    return closed ? [{ ...closed }] : [];
  };

  const closeStep = (told: { readonly reason?: string; readonly usage?: Usage } = {}): AgentEvent[] => {
    if (!isStepOpen) return [];
    isStepOpen = false;
    hasCalledTools = false;
    return [...closeBlock(), { type: "finish-step", ...told, cost: { source: "unknown" } }];
  };

  /** The model says something. */
  const openStep = (): AgentEvent[] => {
    const closed = hasCalledTools && tools.openCalls === 0 ? closeStep() : [];
    if (!isStepOpen) steps += 1;
    isStepOpen = true;
    return closed;
  };

  const takeChunk = (type: Block["type"], update: JsonObject): AgentEvent[] => {
    const spent = readUsage(at(update, "_meta", "usage"));
    if (spent) counted = addUsage(counted ?? {}, spent);
    if (isOfSubagent(update)) return [];
    const text = textOf(update["content"]);
    const events: AgentEvent[] = text === "" ? [] : openStep();
    if (text !== "") {
      const id = stringAt(update, "messageId");
      if (block?.type !== type || (id !== undefined && messageId !== id)) {
        events.push(...closeBlock());
        block = { type, id: `${id ?? type}.${blocks++}`, text: "" };
        messageId = id;
      }
      block.text += text;
      lastPiece = type === "text" ? text : "";
      events.push({ type: `${type}-delta`, id: block.id, text });
    }
    return spent ? [...events, ...closeStep({ usage: spent })] : events;
  };

  const takeTool = (update: JsonObject, isNew: boolean): AgentEvent[] => {
    const isCall = isNew && !isOfSubagent(update);
    const opened = isCall ? [...openStep(), ...closeBlock()] : [];
    hasCalledTools ||= isCall;
    lastPiece = "";
    return [...opened, ...tools.take(update)];
  };

  return {
    take(update) {
      switch (update["sessionUpdate"]) {
        case "agent_message_chunk":
          return takeChunk("text", update);
        case "agent_thought_chunk":
          return takeChunk("reasoning", update);
        case "tool_call":
          return takeTool(update, true);
        case "tool_call_update":
          return takeTool(update, false);
        case "plan":
          return [{ type: "plan", entries: asArray(update["entries"]).map(toEntry) }];
        case "usage_update":
          usd = readSessionUsd(update) ?? usd;
          return [];
        case "compaction_update":
          return update["status"] === "completed" ? [{ type: "compaction" }] : [];
        case "notice":
          return [{ type: "warning", message: stringAt(update, "title") ?? "" }];
        case "user_message_chunk":
        case "available_commands_update":
        case "current_mode_update":
        case "config_option_update":
        case "session_info_update":
        case "compaction_summary_chunk":
          return [];
        default:
          return undefined;
      }
    },
    ask: (toolCall) => tools.ask(asObject(toolCall) ?? {}),
    finish(reason, told) {
      const usage = counted ?? (usageOfLastCall && steps > 1 ? undefined : told);
      return {
        events: [...closeBlock(), ...closeStep({ reason })],
        evidence: [
          ...(usage === undefined ? [] : [{ type: "totals", scope: "attempt", usage } as const]),
          ...(usd === undefined ? [] : [{ type: "totals", scope: "session", usd } as const]),
        ],
      };
    },
    get lastPiece() {
      return lastPiece;
    },
    get toolCalls() {
      return tools.toolCalls;
    },
  };
}

/** Qwen tells what its subagents say among what it says itself (0.24.4). */
function isOfSubagent(update: JsonObject): boolean {
  return parentOf(update) !== undefined;
}

function toEntry(entry: unknown): PlanEntry {
  const status = stringAt(entry, "status");
  return {
    content: stringAt(entry, "content") ?? "",
    status: status === "in_progress" ? "in-progress" : status === "completed" ? "completed" : "pending",
  };
}
