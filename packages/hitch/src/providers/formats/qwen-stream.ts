/**
 * What Qwen Code prints (0.24.4): nearly what Claude Code does.
 *
 * Its counts are those of the whole session. What a subagent does in the background is not told.
 */
import type { Decoded, Decoder, Evidence, RunRequest } from "../../provider.ts";
import type { AgentEvent, ToolKind } from "../../vocabulary/events.ts";
import { at, numberAt, parseObject, stringAt, type JsonObject } from "../../vocabulary/json.ts";
import { isCounted, readUsage } from "./claude-message.ts";
import { decodeClaude, type ToolCall, type ToolEffect, type ToolResult } from "./claude-stream.ts";
import { failureIn, readFailure, readStderr } from "./qwen-failure.ts";
import { createTranslator, plainCounts } from "./qwen-lines.ts";

export function decodeQwen(request: RunRequest): Decoder {
  const translate = createTranslator();
  let continuations = 0;
  let told: string | undefined;
  let notes = notesOn(request);
  let isStarted = false;

  const claude = decodeClaude({
    provider: "qwen",
    cwd: request.cwd,
    toolKinds,
    outputTool: "structured_output",
    outputField: "structured_result",
    readSystem,
    isFailure: (line) => failureIn(line) !== undefined,
    hasAnswer: (result) => isPlainAnswer(result, request),
    readFailure,
    readTotals,
    readEffect,
    stderr: (text) => readErrorLine(text, request, isStarted),
  });

  const readResult = (result: JsonObject): Decoded => {
    // Up to 0.15.10 a failed call was a success with this for an answer.
    const isFailed = told !== undefined && stringAt(result, "result") === told;
    const decoded = claude.line(JSON.stringify({ ...result, ...(isFailed && { is_error: true }) }));
    const isDoubtful = result["is_error"] === false && continuations >= mostContinuations;
    return isDoubtful ? { ...decoded, evidence: [cutOff, ...(decoded.evidence ?? [])] } : decoded;
  };

  const readLine = (text: string): Decoded => {
    const line = parseObject(text);
    if (line?.["type"] === "result") return readResult(line);
    if (line?.["type"] === "assistant") told = failureIn(line);
    if (at(line, "event", "type") === "message_start") continuations = 0;
    if (line?.["subtype"] === "retry" && at(line, "data", "preserveText") === true) continuations += 1;
    return claude.line(text);
  };

  return {
    ...claude,
    line(text) {
      isStarted = true;
      const decoded = translate(text).map(readLine);
      const before = notes;
      notes = [];
      return {
        events: [...before, ...decoded.flatMap(({ events }) => events ?? [])],
        evidence: decoded.flatMap(({ evidence }) => evidence ?? []),
      };
    },
  };
}

/** What becomes of the prompt on its way to the model. */
function notesOn({ prompt }: RunRequest): readonly AgentEvent[] {
  if (!/@[^\s,;!?()[\]{}]/.test(prompt)) return [];
  const message = "Qwen Code attaches a file that the prompt names behind an @, and puts a space before each @";
  return [{ type: "warning", message }];
}

const toolKinds: ReadonlyMap<string, ToolKind> = new Map<string, ToolKind>([
  ...["read_file", "zoom_image", "read_mcp_resource"].map((name) => [name, "read"] as const),
  ...["grep_search", "glob", "list_directory", "lsp", "tool_search", "web_search"].map(
    (name) => [name, "search"] as const,
  ),
  ...["edit", "write_file", "notebook_edit"].map((name) => [name, "edit"] as const),
  ...["run_shell_command", "monitor"].map((name) => [name, "execute"] as const),
  ...["todo_write", "structured_output", "get_goal", "update_goal", "skill"].map((name) => [name, "think"] as const),
  ["web_fetch", "fetch"],
]);

function readSystem(line: JsonObject): Decoded | undefined {
  switch (line["subtype"]) {
    case "retry": {
      const delayMs = numberAt(line, "data", "delayMs");
      const reason = "the model's answer failed or was cut off";
      return { events: [{ type: "retry", reason, ...(delayMs !== undefined && { delayMs }) }] };
    }
    case "init":
    case "task_started":
    case "task_notification":
      return {};
    default:
      return undefined;
  }
}

/** The last result has all: it counts over the whole session. */
function readTotals(results: readonly JsonObject[]): readonly Evidence[] {
  const usage = readUsage(plainCounts(results.at(-1)?.["usage"]));
  return isCounted(usage) ? [{ type: "totals", scope: "session", usage }] : [];
}

function readEffect({ toolName, input }: ToolCall, { output, isError }: ToolResult): readonly ToolEffect[] {
  const path = stringAt(input, "file_path") ?? stringAt(input, "notebook_path");
  if (isError || path === undefined || toolKinds.get(toolName) !== "edit") return [];
  const isNew = typeof output === "string" && output.startsWith("Successfully created ");
  return [{ type: "file-change", path, change: isNew ? "create" : "edit" }];
}

function readErrorLine(text: string, { mcpServers }: RunRequest, isStarted: boolean): Decoded {
  const evidence = readStderr(text, isStarted);
  if (evidence !== undefined) return { evidence: [evidence] };
  if (text.startsWith("Approval mode overridden to ")) return { events: [{ type: "warning", message: text }] };
  const failed = /^Warning: MCP server\(s\) failed to start: (.*?)\. Continuing /.exec(text)?.[1]?.split(", ") ?? [];
  return {
    events: failed
      .filter((name) => Object.hasOwn(mcpServers, name))
      .map((name) => ({
        type: "warning",
        message: `the MCP server ${name} could not be started or reached; the agent goes on without its tools`,
      })),
  };
}

/** Asked for a value it takes an answer in words for a failure, and exits with 1. The words may hold the value. */
function isPlainAnswer(result: JsonObject, { outputSchema }: RunRequest): boolean {
  const message = stringAt(result, "error", "message") ?? "";
  return outputSchema !== undefined && message.startsWith("Model produced plain text instead of calling ");
}

/** So often it lets its model go on with an answer that was cut off. Then it takes what there is, cut off or not. */
const mostContinuations = 3;

const cutOff: Evidence = {
  type: "failure",
  code: "output-truncated",
  message: `The model's answer was cut off and continued ${mostContinuations} times: whether it is whole is unknown.`,
};
