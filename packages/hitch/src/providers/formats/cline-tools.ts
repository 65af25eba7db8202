/** Cline's tools (3.0.65). Those of an MCP server are called `<server>__<tool>`. */
import type { FileChange, PermissionLevel } from "../../vocabulary/result.ts";
import type { AgentEvent, ToolKind } from "../../vocabulary/events.ts";
import { asArray, at, stringAt, type JsonObject } from "../../vocabulary/json.ts";

/** Those that may change something, or start an agent that may. Disabled, they are not offered to the model. */
export const changingTools: readonly string[] = [
  "editor",
  "apply_patch",
  "run_commands",
  "spawn_agent",
  "team_spawn_teammate",
  "team_run_task",
];

export interface ToolReader {
  /** A tool's `content_start`. */
  start(event: JsonObject): readonly AgentEvent[];
  /** A tool's `content_end`. */
  end(event: JsonObject): readonly AgentEvent[];
  /** A subagent is at work. */
  readonly hasSubagent: boolean;
}

export function createToolReader(permissions: PermissionLevel): ToolReader {
  const inputs = new Map<string, unknown>();
  const subagents = new Set<string>();

  return {
    start(event) {
      const [toolCallId, toolName, input] = [idOf(event), nameOf(event), event["input"]];
      inputs.set(toolCallId, input);
      if (toolName === "spawn_agent") subagents.add(toolCallId);
      return [{ type: "tool-call", toolCallId, toolName, kind: kinds.get(toolName) ?? "other", input }];
    },
    end(event) {
      const [toolCallId, toolName] = [idOf(event), nameOf(event)];
      const input = inputs.get(toolCallId);
      inputs.delete(toolCallId);
      subagents.delete(toolCallId);
      const parts = partsOf(event["output"]);
      const isError = event["error"] !== undefined || parts.some((part) => at(part, "success") === false);
      const output = parts.map(wordsOf).join("\n");
      const isRefused = isError && permissions === "read-only" && changingTools.includes(toolName);
      return [
        ...(isRefused ? [{ type: "permission" as const, toolName, message: output }] : []),
        { type: "tool-result", toolCallId, output, isError },
        ...(isError ? [] : changesOf(toolName, input, output)),
      ];
    },
    get hasSubagent() {
      return subagents.size > 0;
    },
  };
}

function idOf(event: JsonObject): string {
  return stringAt(event, "toolCallId") ?? "";
}

function nameOf(event: JsonObject): string {
  return stringAt(event, "toolName") ?? "unknown";
}

/** Subagents and teams may do anything. */
const kinds = new Map<string, ToolKind>([
  ["read_files", "read"],
  ["skills", "read"],
  ["search_codebase", "search"],
  ["fetch_web_content", "fetch"],
  ["editor", "edit"],
  ["apply_patch", "edit"],
  ["run_commands", "execute"],
]);

/** One call may hold several commands or files; each has a result of its own. */
function partsOf(output: unknown): readonly unknown[] {
  if (output === undefined) return [];
  return Array.isArray(output) ? (output as readonly unknown[]) : [output];
}

function wordsOf(part: unknown): string {
  if (typeof part === "string") return part;
  const result = at(part, "result") ?? at(part, "text");
  const content = asArray(at(part, "content") ?? result).map((piece) => stringAt(piece, "text"));
  const texts = content.filter((text) => text !== undefined);
  if (texts.length > 0) return texts.join("\n");
  const told = typeof result === "string" && result !== "" ? result : stringAt(part, "error");
  return told ?? (typeof result === "string" ? result : JSON.stringify(part));
}

/** The result says whether the file is new, of a patch the input does. */
function changesOf(toolName: string, input: unknown, output: string): readonly AgentEvent[] {
  if (toolName === "editor") {
    const path = stringAt(input, "path");
    const change = output.startsWith("File created") ? "create" : "edit";
    return path === undefined ? [] : [{ type: "file-change", path, change }];
  }
  if (toolName !== "apply_patch") return [];
  const headers = (stringAt(input, "input") ?? "").matchAll(/^\*\*\* (Add|Update|Delete) File: (.+)$/gm);
  return [...headers].map(([, verb = "", path = ""]) => ({
    type: "file-change",
    path,
    change: verbs.get(verb) ?? "edit",
  }));
}

const verbs = new Map<string, FileChange["change"]>([
  ["Add", "create"],
  ["Delete", "delete"],
]);
