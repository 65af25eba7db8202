/** The tools of Gemini CLI 0.61.0 and how it prints their use. */
import type { AgentEvent, PlanEntry, ToolKind } from "../../vocabulary/events.ts";
import { asArray, at, stringAt, type JsonObject } from "../../vocabulary/json.ts";

export interface ToolReader {
  /** A `tool_use`. */
  start(event: JsonObject): readonly AgentEvent[];
  /** A `tool_result`. */
  end(event: JsonObject): readonly AgentEvent[];
  /** Tools whose results are still to come. */
  readonly open: number;
}

export function createToolReader(): ToolReader {
  const calls = new Map<string, { readonly toolName: string; readonly input: unknown }>();
  const knownPaths = new Set<string>();

  const readUse = ({ toolName, input }: { toolName: string; input: unknown }): readonly AgentEvent[] => {
    if (toolName === "write_todos") return [{ type: "plan", entries: asArray(at(input, "todos")).map(readEntry) }];
    const path = stringAt(input, "file_path");
    if (path === undefined) return [];
    // `write_file` does not tell whether the file was there.
    const change = toolName === "write_file" && !knownPaths.has(path) ? "create" : "edit";
    knownPaths.add(path);
    return kinds[toolName] === "edit" ? [{ type: "file-change", path, change }] : [];
  };

  return {
    start(event) {
      const toolCallId = stringAt(event, "tool_id") ?? "";
      const toolName = stringAt(event, "tool_name") ?? "";
      const call = { toolName, input: event["parameters"] };
      calls.set(toolCallId, call);
      return [{ type: "tool-call", toolCallId, kind: kindOf(toolName), ...call }];
    },
    end(event) {
      const toolCallId = stringAt(event, "tool_id") ?? "";
      const call = calls.get(toolCallId);
      calls.delete(toolCallId);
      const isError = event["status"] !== "success";
      const message = stringAt(event, "error", "message") ?? "";
      const output = stringAt(event, "output") ?? message;
      const result: AgentEvent = { type: "tool-result", toolCallId, output, isError };
      if (call === undefined) return [result];
      if (!isError) return [result, ...readUse(call)];
      return isRefusal(call.toolName, stringAt(event, "error", "type"), message)
        ? [result, { type: "permission", toolName: call.toolName, message }]
        : [result];
    },
    get open() {
      return calls.size;
    },
  };
}

/** A tool that the rules deny is not there for Gemini. */
function isRefusal(toolName: string, error: string | undefined, message: string): boolean {
  if (error === "tool_not_registered") return Object.hasOwn(kinds, toolName);
  return error === "policy_violation" || refusals.some((refusal) => refusal.test(message));
}

const refusals = [
  /^Path not in workspace: /,
  /^Tool execution for ".*" requires user confirmation, which is not supported in non-interactive mode\.$/,
  /^Tool execution denied by policy\./,
];

function readEntry(entry: unknown): PlanEntry {
  return {
    content: stringAt(entry, "description") ?? "",
    status: states[stringAt(entry, "status") ?? ""] ?? "pending",
  };
}

const states: Readonly<Record<string, PlanEntry["status"]>> = {
  in_progress: "in-progress",
  completed: "completed",
  cancelled: "cancelled",
};

function kindOf(toolName: string): ToolKind {
  return (Object.hasOwn(kinds, toolName) ? kinds[toolName] : undefined) ?? "other";
}

const kinds: Readonly<Record<string, ToolKind>> = {
  read_file: "read",
  read_many_files: "read",
  read_background_output: "read",
  get_internal_docs: "read",
  list_directory: "search",
  list_background_processes: "search",
  glob: "search",
  grep_search: "search",
  write_file: "edit",
  replace: "edit",
  run_shell_command: "execute",
  google_web_search: "fetch",
  web_fetch: "fetch",
  write_todos: "think",
  update_topic: "think",
  complete_task: "think",
  enter_plan_mode: "think",
  exit_plan_mode: "think",
  invoke_agent: "other",
  activate_skill: "other",
};
