/** The tools of pi 0.87.1 and how it prints their use. */
import type { AgentEvent, ToolKind } from "../../vocabulary/events.ts";
import { asArray, at, stringAt, type JsonObject } from "../../vocabulary/json.ts";
import type { PermissionLevel } from "../../vocabulary/result.ts";

/** What a read-only run offers to the model. */
export const readingTools: readonly string[] = ["read", "grep", "find", "ls"];

export interface ToolReader {
  /** Reads `tool_execution_start`. */
  start(event: JsonObject): readonly AgentEvent[];
  /** Reads `tool_execution_end`. */
  end(event: JsonObject): readonly AgentEvent[];
}

/** A reader for one attempt: the end of a call does not repeat its input. */
export function createToolReader(permissions: PermissionLevel): ToolReader {
  const inputs = new Map<string, unknown>();
  const knownPaths = new Set<string>();

  const readChange = (toolName: string, path: string): readonly AgentEvent[] => {
    // `write` does not tell whether the file was there.
    const isNew = toolName === "write" && !knownPaths.has(path);
    knownPaths.add(path);
    return kinds.get(toolName) === "edit" ? [{ type: "file-change", path, change: isNew ? "create" : "edit" }] : [];
  };

  return {
    start(event) {
      const { toolCallId, toolName } = readCall(event);
      const input = event["args"];
      inputs.set(toolCallId, input);
      return [{ type: "tool-call", toolCallId, toolName, kind: kinds.get(toolName) ?? "other", input }];
    },
    end(event) {
      const { toolCallId, toolName } = readCall(event);
      const isError = event["isError"] === true;
      const result: AgentEvent = { type: "tool-result", toolCallId, output: readOutput(event), isError };
      const path = stringAt(inputs.get(toolCallId), "path");
      inputs.delete(toolCallId);
      if (isError && permissions === "read-only" && !readingTools.includes(toolName)) {
        return [result, { type: "permission", toolName, message: `A read-only run does not offer ${toolName}.` }];
      }
      return isError || path === undefined ? [result] : [result, ...readChange(toolName, path)];
    },
  };
}

const kinds: ReadonlyMap<string, ToolKind> = new Map([
  ["read", "read"],
  ["grep", "search"],
  ["find", "search"],
  ["ls", "search"],
  ["edit", "edit"],
  ["write", "edit"],
  ["bash", "execute"],
  ["powershell", "execute"],
]);

function readCall(event: JsonObject): { toolCallId: string; toolName: string } {
  return { toolCallId: stringAt(event, "toolCallId") ?? "", toolName: stringAt(event, "toolName") ?? "" };
}

/** The text of a tool's result; what is not text stays as it came. */
function readOutput(event: JsonObject): unknown {
  const content = at(event, "result", "content");
  const texts = asArray(content).map((block) => stringAt(block, "text"));
  return texts.length > 0 && texts.every((text) => text !== undefined) ? texts.join("\n") : content;
}
