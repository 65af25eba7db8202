/** Tool calls as the Agent Client Protocol tells them: announced, filled in, and over. */
import type { AgentEvent, ToolKind } from "../../vocabulary/events.ts";
import { asArray, asObject, at, stringAt, type JsonObject } from "../../vocabulary/json.ts";
import type { FileChange } from "../../vocabulary/result.ts";
import type { AskedCall } from "./acp-permissions.ts";

export interface ToolReader {
  /** A `tool_call` or `tool_call_update`. */
  take(update: JsonObject): AgentEvent[];
  /** The call that a question for permission is about; the events tell it, if nothing has yet. */
  ask(toolCall: JsonObject): { readonly call: AskedCall; readonly events: AgentEvent[] };
  readonly openCalls: number;
  /** So far. */
  readonly toolCalls: number;
}

interface Tool {
  readonly id: string;
  readonly name: string;
  /** The call of the subagent that makes this one. */
  readonly parent: string | undefined;
  readonly latest: JsonObject;
  isTold: boolean;
  isOver: boolean;
}

export function createToolReader(): ToolReader {
  const tools = new Map<string, Tool>();
  let openCalls = 0;

  const merge = (update: JsonObject): Tool => {
    const id = stringAt(update, "toolCallId") ?? "";
    const known = tools.get(id);
    const given = Object.fromEntries(Object.entries(update).filter(([, value]) => value != null && !isEmpty(value)));
    const tool: Tool = known
      ? { ...known, latest: { ...known.latest, ...given } }
      : { id, name: nameOf(update), parent: parentOf(update), latest: given, isTold: false, isOver: false };
    tools.set(id, tool);
    return tool;
  };

  const tell = (tool: Tool): AgentEvent[] => {
    if (tool.isTold) return [];
    tool.isTold = true;
    openCalls += 1;
    const { id, name, parent, latest } = tool;
    const call = { toolCallId: id, toolName: name, kind: kindOf(latest), input: latest["rawInput"] ?? {} };
    return [{ type: "tool-call", ...call, ...(parent !== undefined && { parentToolCallId: parent }) }];
  };

  return {
    take(update) {
      const tool = merge(update);
      const status = stringAt(tool.latest, "status");
      const isOver = status === "completed" || status === "failed";
      // The input may come later than the announcement.
      const isReady = isOver || status === "in_progress" || hasInput(tool.latest);
      const events = isReady ? tell(tool) : [];
      if (!isOver || tool.isOver) return events;
      tool.isOver = true;
      openCalls -= 1;
      const isError = status === "failed";
      const result: AgentEvent = { type: "tool-result", toolCallId: tool.id, output: outputOf(tool.latest), isError };
      const changes = isError ? [] : changesOf(tool.latest);
      return [...events, result, ...changes.map((change) => ({ type: "file-change" as const, ...change }))];
    },
    ask(toolCall) {
      const known = tools.get(stringAt(toolCall, "toolCallId") ?? "");
      // A question may be about a part of a known call: a directory where the call edits a file (OpenCode 1.18.33), or
      // whether the path of that file may be read (Copilot 1.0.102).
      const { kind: _kind, rawInput: _input, ...part } = toolCall;
      const isPart = kindOf(toolCall) === "other" || (known !== undefined && doesThings(known.latest));
      const tool = merge(known && isPart ? part : toolCall);
      const kind = kindOf(tool.latest);
      const paths = [...toldPaths(tool.latest), ...givenPaths(tool.latest)];
      return { call: { toolName: tool.name, kind, paths }, events: tell(tool) };
    },
    get openCalls() {
      return openCalls;
    },
    get toolCalls() {
      return tools.size;
    },
  };
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

/** Most agents have no name but a title for people, which changes. Qwen has the name beside it (0.24.4). */
function nameOf(update: unknown): string {
  return stringAt(update, "name") ?? stringAt(update, "_meta", "toolName") ?? stringAt(update, "title") ?? "tool";
}

/** The call of the subagent that something belongs to (Qwen 0.24.4). */
export function parentOf(update: unknown): string | undefined {
  return stringAt(update, "_meta", "parentToolCallId");
}

/** OpenCode announces a command with nothing but its directory (1.18.33). */
function hasInput(tool: JsonObject): boolean {
  const input = tool["rawInput"];
  return input !== undefined && Object.keys(asObject(input) ?? { input }).some((key) => key !== "cwd");
}

/** Not `think`: some agents' subagents are of that kind (Gemini 0.61.0), and those may do anything. */
const kinds: ReadonlySet<string> = new Set(["read", "edit", "delete", "move", "search", "execute", "fetch"]);

function kindOf(tool: unknown): ToolKind {
  const kind = stringAt(tool, "kind");
  return kind !== undefined && kinds.has(kind) ? (kind as ToolKind) : "other";
}

function doesThings(tool: JsonObject): boolean {
  return ["edit", "delete", "move", "execute"].includes(kindOf(tool));
}

function outputOf(tool: JsonObject): unknown {
  const texts = asArray(tool["content"]).map((part) => stringAt(part, "content", "text"));
  const known = texts.filter((text) => text !== undefined);
  return known.length > 0 ? known.join("\n") : (tool["rawOutput"] ?? "");
}

function changesOf(tool: JsonObject): FileChange[] {
  const kind = kindOf(tool);
  if (kind !== "edit" && kind !== "delete" && kind !== "move") return [];
  const created = new Set(
    diffsOf(tool)
      .filter((diff) => !stringAt(diff, "oldText"))
      .map((diff) => stringAt(diff, "path")),
  );
  return pathsOf(tool).map((path) => ({ path, change: kind === "edit" && created.has(path) ? "create" : kind }));
}

function diffsOf(tool: JsonObject): readonly unknown[] {
  return asArray(tool["content"]).filter((part) => stringAt(part, "type") === "diff");
}

function pathsOf(tool: JsonObject): readonly string[] {
  const told = toldPaths(tool);
  return [...new Set(told.length > 0 ? told : givenPaths(tool))];
}

function toldPaths(tool: JsonObject): readonly string[] {
  const places = [...diffsOf(tool), ...asArray(tool["locations"])];
  return places.map((place) => stringAt(place, "path")).filter((path) => path !== undefined);
}

const pathKeys = [
  "path",
  "file_path",
  "filePath",
  "filepath",
  "absolute_path",
  "notebook_path",
  "source",
  "destination",
];

function givenPaths(tool: JsonObject): readonly string[] {
  return pathKeys.map((key) => stringAt(tool["rawInput"], key)).filter((path) => path !== undefined);
}

/** What is in a block of content, as far as it is text. */
export function textOf(content: unknown): string {
  return at(content, "type") === "text" ? (stringAt(content, "text") ?? "") : "";
}
