/** The tools of Claude Code 2.1.330: what they do, which of them each level allows, and what their results tell. */
import type { ToolKind } from "../../vocabulary/events.ts";
import { asString, at, stringAt, type JsonObject } from "../../vocabulary/json.ts";
import type { PermissionLevel } from "../../vocabulary/result.ts";
import type { ToolCall, ToolEffect, ToolResult } from "./claude-calls.ts";

export const toolKinds: ReadonlyMap<string, ToolKind> = new Map([
  ["Read", "read"],
  ["Grep", "search"],
  ["Glob", "search"],
  ["LSP", "search"],
  ["ToolSearch", "search"],
  ["WebSearch", "search"],
  ["WebFetch", "fetch"],
  ["Edit", "edit"],
  ["Write", "edit"],
  ["NotebookEdit", "edit"],
  ["Bash", "execute"],
  ["PowerShell", "execute"],
  ["Monitor", "execute"],
  // What a subagent does is told tool by tool.
  ["Agent", "think"],
  ["Task", "think"],
  ["StructuredOutput", "think"],
]);

/**
 * The flags of a level. A tool that `--tools` does not name is gone, for subagents too, whatever the user's settings
 * allow. What nobody has allowed is refused: so are tools of the user's own servers, unless their settings allow them.
 */
export function permissionFlags(level: PermissionLevel, servers: readonly string[]): readonly string[] {
  const ours = servers.map((name) => `mcp__${name}`);
  switch (level) {
    case "read-only": {
      const rules = ours.length === 0 ? [] : [`--allowedTools=${ours.join(",")}`];
      return ["--permission-mode=dontAsk", "--tools=Read,Grep,Glob", "--strict-mcp-config", ...rules];
    }
    case "workspace": {
      const allowed = ["Bash", "PowerShell", "Monitor", "WebFetch", "WebSearch", "Skill"];
      return ["--permission-mode=acceptEdits", `--allowedTools=${[...allowed, ...ours].join(",")}`];
    }
    case "unrestricted":
      return ["--permission-mode=bypassPermissions"];
  }
}

/** What the result of a tool tells besides. A missing tool is a refusal only where the level has taken it away. */
export function readEffect(call: ToolCall, result: ToolResult, line: JsonObject): readonly ToolEffect[] {
  if (result.isError) {
    const isGone = /No such tool available: .* is disabled for this session/.test(asString(result.output) ?? "");
    const message = `A read-only run does not offer ${call.toolName}.`;
    return isGone ? [{ type: "permission", toolName: call.toolName, message }] : [];
  }
  const path = stringAt(call.input, "file_path") ?? stringAt(call.input, "notebook_path");
  if (call.kind !== "edit" || path === undefined) return [];
  const isNew = at(line, "tool_use_result", "type") === "create";
  return [{ type: "file-change", path, change: isNew ? "create" : "edit" }];
}
