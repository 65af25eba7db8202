/** What a tool works on, in a few words. */
import { asArray, asObject, asString } from "../../vocabulary/json.ts";
import type { AgentEvent } from "../../vocabulary/events.ts";

type ToolCall = Pick<Extract<AgentEvent, { type: "tool-call" }>, "toolName" | "kind" | "input">;

/** The fields that say it best, in that order, under the names that agents give them. */
const tellingFields = [
  ...["command", "cmd", "url", "pattern", "query"],
  ...["filePath", "file_path", "path", "file", "description", "name", "prompt"],
];

/** The kind of the tool, or its name where the kind says nothing. */
export function toolLabel({ kind, toolName }: ToolCall): string {
  return kind === "other" ? toolName : kind;
}

/** The path, command, pattern or address in the tool's input; paths below `cwd` are relative. `""` if there is none. */
export function toolTitle({ input }: ToolCall, cwd: string): string {
  const fields = asObject(input);
  if (fields === undefined) return asString(input) ?? "";
  const telling = tellingFields.map((name) => readWords(fields[name])).find((words) => words !== "");
  return relativeTo(cwd, telling ?? "");
}

/** A path below a directory without that directory. */
export function relativeTo(cwd: string, path: string): string {
  return cwd !== "" && path.startsWith(`${cwd}/`) ? path.slice(cwd.length + 1) : path;
}

/** A text, or the words of a command given as a list. */
function readWords(value: unknown): string {
  return (
    asString(value) ??
    asArray(value)
      .filter((word) => typeof word === "string")
      .join(" ")
  );
}
