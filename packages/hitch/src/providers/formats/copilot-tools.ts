/** Copilot CLI's tools (1.0.102). Those of an MCP server are called `<server>-<tool>`. */
import type { AgentEvent, ToolKind } from "../../vocabulary/events.ts";
import { asArray, at, stringAt } from "../../vocabulary/json.ts";
import type { FileChange } from "../../vocabulary/result.ts";

/** The events of a `tool.execution_start`. */
export function startTool(data: unknown): readonly AgentEvent[] {
  const toolCallId = stringAt(data, "toolCallId") ?? "";
  const toolName = stringAt(data, "toolName") ?? "unknown";
  const kind = Object.hasOwn(kinds, toolName) ? (kinds[toolName] ?? "other") : "other";
  return [{ type: "tool-call", toolCallId, toolName, kind, input: at(data, "arguments") }];
}

/** The events of a `tool.execution_complete`. */
export function endTool(data: unknown): readonly AgentEvent[] {
  const toolCallId = stringAt(data, "toolCallId") ?? "";
  const isError = at(data, "success") !== true;
  const message = stringAt(data, "error", "message");
  const isRefused = isError && stringAt(data, "error", "code") === "denied";
  const output = isError ? message : (at(data, "result", "content") ?? at(data, "result"));
  return [
    ...(isRefused ? [{ type: "permission" as const, message: message ?? "" }] : []),
    { type: "tool-result", toolCallId, output, isError },
    ...(isError ? [] : asArray(at(data, "fileEdits")).flatMap(readEdit)),
  ];
}

/** `task` starts a subagent, which may do anything. */
const kinds: Readonly<Record<string, ToolKind>> = {
  view: "read",
  read_bash: "read",
  read_agent: "read",
  list_agents: "read",
  list_bash: "read",
  skill: "read",
  fetch_copilot_cli_documentation: "read",
  create: "edit",
  edit: "edit",
  apply_patch: "edit",
  bash: "execute",
  write_bash: "execute",
  stop_bash: "execute",
  rg: "search",
  grep: "search",
  glob: "search",
  session_store_sql: "search",
  web_fetch: "fetch",
  web_search: "fetch",
  // A database of its own, for lists of things to do.
  sql: "think",
};

function readEdit(edit: unknown): readonly AgentEvent[] {
  const path = stringAt(edit, "path");
  const change = changes.get(stringAt(edit, "kind") ?? "") ?? "edit";
  return path === undefined ? [] : [{ type: "file-change", path, change }];
}

const changes = new Map<string, FileChange["change"]>([
  ["create", "create"],
  ["delete", "delete"],
  ["move", "move"],
  ["rename", "move"],
]);
