/** The use of tools in a stream like that of Claude Code 2.1.330: the results do not repeat what was asked. */
import type { Decoded } from "../../provider.ts";
import type { AgentEvent, ToolKind } from "../../vocabulary/events.ts";
import { at, stringAt, type JsonObject } from "../../vocabulary/json.ts";
import type { FileChange } from "../../vocabulary/result.ts";
import { readOutput } from "./claude-message.ts";

/** What differs from agent to agent. */
export interface Tools {
  /** What the agent's tools do, by their names; others are `other`. */
  readonly toolKinds: ReadonlyMap<string, ToolKind>;
  /** The tool by which the model gives the value of the agent's own structured output. */
  readonly outputTool: string;
  /** What the result of a tool, in its `user` line, tells besides: the file that was changed, that it was refused. */
  readonly readEffect: (call: ToolCall, result: ToolResult, line: JsonObject) => readonly ToolEffect[];
}

export type ToolCall = Extract<AgentEvent, { type: "tool-call" }>;
export type ToolResult = Extract<AgentEvent, { type: "tool-result" }>;
export type ToolEffect = ({ readonly type: "file-change" } & FileChange) | Extract<AgentEvent, { type: "permission" }>;

export interface Calls {
  /** Reads a block of a message: no event if it is no call. `parent`: the call that started the subagent. */
  begin(block: unknown, parent: string | undefined): readonly AgentEvent[];
  /** Reads a block with a tool's result, and the `user` line that holds it. */
  end(block: unknown, line: JsonObject): Decoded;
}

export function createCalls({ toolKinds, outputTool, readEffect }: Tools): Calls {
  const calls = new Map<string, ToolCall>();
  return {
    begin(block, parent) {
      if (at(block, "type") !== "tool_use") return [];
      const toolCallId = stringAt(block, "id") ?? "";
      const toolName = stringAt(block, "name") ?? "";
      const about = { toolCallId, toolName, kind: toolKinds.get(toolName) ?? "other", input: at(block, "input") };
      const call: ToolCall = { type: "tool-call", ...about, ...(parent !== undefined && { parentToolCallId: parent }) };
      calls.set(toolCallId, call);
      return [call];
    },
    end(block, line) {
      const toolCallId = stringAt(block, "tool_use_id") ?? "";
      const isError = at(block, "is_error") === true;
      const output = readOutput(at(block, "content"));
      const result: ToolResult = { type: "tool-result", toolCallId, output, isError };
      const call = calls.get(toolCallId);
      if (call === undefined) return { events: [result] };
      // The value that is taken is told at the end, one that is refused only here.
      const isRefusedValue = isError && call.toolName === outputTool;
      return {
        events: [result, ...readEffect(call, result, line)],
        ...(isRefusedValue && { evidence: [{ type: "output", value: call.input } as const] }),
      };
    },
  };
}
