/** OpenCode's tool parts (1.18.33): printed once, when the call is over. */
import type { AgentEvent, PlanEntry, ToolKind } from "../../vocabulary/events.ts";
import { asArray, at, stringAt } from "../../vocabulary/json.ts";
import type { FileChange } from "../../vocabulary/result.ts";

/** The events of a `tool_use` line. `isReadOnly`: tools that write, execute or fetch are taken from the model. */
export function decodeTool(part: unknown, isReadOnly: boolean): AgentEvent[] {
  const state = at(part, "state");
  const toolCallId = stringAt(part, "callID") ?? stringAt(part, "id") ?? "";
  const called = stringAt(part, "tool") ?? "unknown";
  // A call that the model got wrong is printed as a completed call of the tool `invalid`.
  const toolName = called === "invalid" ? (stringAt(state, "input", "tool") ?? called) : called;
  const kind = kindOf(toolName);
  const isError = called === "invalid" || stringAt(state, "status") !== "completed";
  const output = (isError ? at(state, "error") : undefined) ?? at(state, "output");
  const refusal = refusalIn(String(output), isReadOnly && takenKinds.includes(kind));
  return [
    { type: "tool-call", toolCallId, toolName, kind, input: at(state, "input") },
    ...(isError && refusal !== undefined ? [{ type: "permission" as const, toolName, message: refusal }] : []),
    { type: "tool-result", toolCallId, output, isError },
    ...(isError ? [] : effectsOf(toolName, state)),
  ];
}

function kindOf(toolName: string): ToolKind {
  return Object.hasOwn(kinds, toolName) ? (kinds[toolName] ?? "other") : "other";
}

/** `task` starts a subagent, which may do anything; tools of MCP servers have names of their own. */
const kinds: Readonly<Record<string, ToolKind>> = {
  read: "read",
  skill: "read",
  edit: "edit",
  write: "edit",
  multiedit: "edit",
  patch: "edit",
  apply_patch: "edit",
  bash: "execute",
  background_process: "execute",
  grep: "search",
  glob: "search",
  list: "search",
  lsp: "search",
  codesearch: "search",
  webfetch: "fetch",
  websearch: "fetch",
  todowrite: "think",
  todoread: "think",
};

/** Kinds of tools that read-only takes from the model. */
const takenKinds: readonly ToolKind[] = ["edit", "execute", "fetch"];

/** What the tool says when a rule or the answer to a question refused it, without the list of rules and tools. */
function refusalIn(output: string, isTaken: boolean): string | undefined {
  if (output.startsWith("The user rejected permission")) return output;
  if (output.startsWith("The user has specified a rule which prevents")) return output.split(" Here are some of ")[0];
  const unavailable = /Model tried to call unavailable tool '[^']*'/.exec(output)?.[0];
  return isTaken && unavailable !== undefined ? `${unavailable}.` : undefined;
}

function effectsOf(toolName: string, state: unknown): AgentEvent[] {
  if (toolName === "todowrite") return [{ type: "plan", entries: planOf(state) }];
  return changesOf(toolName, state).map((change) => ({ type: "file-change", ...change }));
}

function planOf(state: unknown): PlanEntry[] {
  return asArray(at(state, "metadata", "todos") ?? at(state, "input", "todos")).map((todo) => ({
    content: stringAt(todo, "content") ?? "",
    status: planStatuses.get(stringAt(todo, "status") ?? "") ?? "pending",
  }));
}

const planStatuses = new Map<string, PlanEntry["status"]>([
  ["in_progress", "in-progress"],
  ["completed", "completed"],
  ["cancelled", "cancelled"],
]);

function changesOf(toolName: string, state: unknown): FileChange[] {
  const path = stringAt(state, "metadata", "filepath") ?? stringAt(state, "input", "filePath");
  switch (toolName) {
    case "write":
      return path === undefined
        ? []
        : [{ path, change: at(state, "metadata", "exists") === false ? "create" : "edit" }];
    case "edit":
    case "multiedit":
      return path === undefined ? [] : [{ path, change: at(state, "input", "oldString") === "" ? "create" : "edit" }];
    case "patch":
    case "apply_patch":
      return asArray(at(state, "metadata", "files")).flatMap(patchedFile);
    default:
      return [];
  }
}

function patchedFile(file: unknown): FileChange[] {
  const path = stringAt(file, "movePath") ?? stringAt(file, "filePath") ?? stringAt(file, "relativePath");
  return path === undefined ? [] : [{ path, change: patchChanges.get(stringAt(file, "type") ?? "") ?? "edit" }];
}

const patchChanges = new Map<string, FileChange["change"]>([
  ["add", "create"],
  ["delete", "delete"],
  ["move", "move"],
]);
