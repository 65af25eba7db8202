/** The items of a turn of Codex 0.169.0: what its model says and what its tools do. */
import type { AgentEvent, ToolKind } from "../../vocabulary/events.ts";
import { asArray, at, stringAt, type JsonObject } from "../../vocabulary/json.ts";
import type { Usage } from "../../vocabulary/usage.ts";

type ToolCall = Extract<AgentEvent, { type: "tool-call" }>;

/** An item that is the use of a tool. `web_search` has its query only in the end. */
export function readCall(item: JsonObject): ToolCall | undefined {
  const toolCallId = stringAt(item, "id") ?? "";
  const call = (toolName: string, kind: ToolKind, input: unknown): ToolCall => {
    return { type: "tool-call", toolCallId, toolName, kind, input };
  };
  switch (item["type"]) {
    case "command_execution":
      return call("exec_command", "execute", { command: item["command"] });
    case "file_change":
      return call("apply_patch", "edit", { changes: item["changes"] });
    case "mcp_tool_call":
      return call(`${stringAt(item, "server")}_${stringAt(item, "tool")}`, "other", item["arguments"]);
    case "web_search":
      return call("web_search", "search", { query: item["query"] });
    default:
      return undefined;
  }
}

/** How the use of a tool ended. */
export function readResult(item: JsonObject): readonly AgentEvent[] {
  const toolCallId = stringAt(item, "id") ?? "";
  const isError = item["status"] === "failed" || item["status"] === "declined";
  const result: AgentEvent = { type: "tool-result", toolCallId, output: readOutput(item), isError };
  const refusal = stringAt(item, "error", "message");
  const isRefused = refusal !== undefined && /requires approval, but approval policy is never$/.test(refusal);
  const toolName = readCall(item)?.toolName;
  return [
    result,
    ...(isRefused ? [{ type: "permission", message: refusal, ...(toolName && { toolName }) } as const] : []),
    ...(isError ? [] : readChanges(item)),
  ];
}

function readOutput(item: JsonObject): unknown {
  switch (item["type"]) {
    case "command_execution":
      return item["aggregated_output"];
    case "mcp_tool_call": {
      const content = at(item, "result", "content");
      const texts = asArray(content).map((block) => stringAt(block, "text"));
      const isText = texts.length > 0 && texts.every((text) => text !== undefined);
      return stringAt(item, "error", "message") ?? (isText ? texts.join("\n") : content);
    }
    default:
      return item["status"];
  }
}

function readChanges(item: JsonObject): readonly AgentEvent[] {
  return asArray(item["changes"]).flatMap((change): readonly AgentEvent[] => {
    const path = stringAt(change, "path");
    const kind = changeKinds.get(stringAt(change, "kind"));
    return path === undefined || kind === undefined ? [] : [{ type: "file-change", path, change: kind }];
  });
}

const changeKinds: ReadonlyMap<string | undefined, "create" | "edit" | "delete"> = new Map([
  ["add", "create"],
  ["update", "edit"],
  ["delete", "delete"],
]);

/** Counts of the whole thread, input with what was cached. Without a single token, the back end has reported none. */
export function readUsage(counts: unknown): Usage | undefined {
  const count = (name: string): number => Number(at(counts, name)) || 0;
  const reasoningTokens = count("reasoning_output_tokens");
  const cacheReadTokens = count("cached_input_tokens");
  const cacheWriteTokens = count("cache_write_input_tokens");
  const usage = {
    inputTokens: Math.max(0, count("input_tokens") - cacheReadTokens - cacheWriteTokens),
    outputTokens: Math.max(0, count("output_tokens") - reasoningTokens),
    reasoningTokens,
    cacheReadTokens,
    cacheWriteTokens,
  };
  return Object.values(usage).some((tokens) => tokens > 0) ? usage : undefined;
}
