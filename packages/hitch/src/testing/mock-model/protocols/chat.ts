import { asArray, asString, at, stringAt } from "../../../vocabulary/json.ts";
import { defaultTokenCounts } from "../turns.ts";
import type { AnswerTurn, Finish, TokenCounts, ToolCall } from "../turns.ts";
import { buildOpenAIError } from "./openai-error.ts";
import { cutIntoPieces } from "./pieces.ts";
import type { ModelMessage, ModelRequest, Protocol, Reply, WriteContext } from "./protocol.ts";

/** OpenAI's chat completions, as a stream of server-sent events or as one JSON document. */
export const chat: Protocol = {
  id: "chat",
  matches: (method, path) => method === "POST" && path.endsWith("/chat/completions"),
  read: readRequest,
  write: (turn, context) => (context.request.stream ? writeStream(turn, context) : writeDocument(turn, context)),
  writeStreamError: (error) => frame(buildOpenAIError(500, error)),
  writeError: buildOpenAIError,
};

function readRequest(body: unknown): ModelRequest {
  return {
    model: stringAt(body, "model") ?? "",
    stream: at(body, "stream") === true,
    messages: asArray(at(body, "messages")).map(readMessage),
    tools: asArray(at(body, "tools")).map((tool) => stringAt(tool, "function", "name") ?? ""),
    textTools: [],
    wantsUsage: at(body, "stream_options", "include_usage") === true,
  };
}

function readMessage(message: unknown): ModelMessage {
  const toolCallId = stringAt(message, "tool_call_id");
  return {
    role: readRole(stringAt(message, "role")),
    text: readText(at(message, "content")),
    toolCalls: asArray(at(message, "tool_calls")).map((call) => ({
      id: stringAt(call, "id") ?? "",
      name: stringAt(call, "function", "name") ?? "",
      arguments: stringAt(call, "function", "arguments") ?? "",
    })),
    ...(toolCallId === undefined ? {} : { toolCallId }),
  };
}

function readRole(role: string | undefined): ModelMessage["role"] {
  if (role === "system" || role === "developer") return "system";
  return role === "assistant" || role === "tool" ? role : "user";
}

function readText(content: unknown): string {
  const texts = asArray(content).map((part) => stringAt(part, "text"));
  return asString(content) ?? texts.filter((text) => text !== undefined).join("\n");
}

function writeStream(turn: AnswerTurn, context: WriteContext): Reply {
  const head = { ...buildHead(context), object: "chat.completion.chunk" };
  const chunk = (delta: unknown, finish: string | null = null) =>
    frame({ ...head, choices: [{ index: 0, delta, finish_reason: finish }] });

  const deltas = [
    { role: "assistant", content: "" },
    ...cutIntoPieces(turn.reasoning ?? "").map((piece) => ({ reasoning_content: piece })),
    ...cutIntoPieces(turn.text ?? "").map((piece) => ({ content: piece })),
    ...(turn.toolCalls ?? []).flatMap((call, index) => buildToolCallDeltas(call, index, context)),
  ];
  const end = [chunk({}, finishReasons[resolveFinish(turn)])];
  if (turn.usage !== null && context.request.wantsUsage) {
    end.push(frame({ ...head, choices: [], usage: buildUsage(turn.usage) }));
  }
  return {
    contentType: "text/event-stream; charset=utf-8",
    content: deltas.map((delta) => chunk(delta)),
    end: [...end, "data: [DONE]\n\n"],
  };
}

/** As OpenAI sends it: id and name first, then the arguments' text bit by bit under the same index. */
function buildToolCallDeltas(call: ToolCall, index: number, context: WriteContext): unknown[] {
  const { name, arguments: text, id } = buildToolCall(call, index, context);
  const first = { index, id, type: "function", function: { name, arguments: "" } };
  const rest = cutIntoPieces(text).map((piece) => ({ index, function: { arguments: piece } }));
  return [first, ...rest].map((delta) => ({ tool_calls: [delta] }));
}

function writeDocument(turn: AnswerTurn, context: WriteContext): Reply {
  const calls = (turn.toolCalls ?? []).map((call, index) => {
    const { id, ...rest } = buildToolCall(call, index, context);
    return { id, type: "function", function: rest };
  });
  const message = {
    role: "assistant",
    content: turn.text ?? null,
    ...(turn.reasoning === undefined ? {} : { reasoning_content: turn.reasoning }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
  const document = JSON.stringify({
    ...buildHead(context),
    object: "chat.completion",
    choices: [{ index: 0, message, finish_reason: finishReasons[resolveFinish(turn)] }],
    ...(turn.usage === null ? {} : { usage: buildUsage(turn.usage) }),
  });
  const [firstHalf = "", ...rest] = cutIntoPieces(document, Math.ceil(document.length / 2));
  return { contentType: "application/json", content: [firstHalf], end: rest };
}

function buildHead({ request, index, now }: WriteContext) {
  return { id: `chatcmpl-${index}`, created: Math.floor(now.getTime() / 1000), model: request.model };
}

function buildToolCall(call: ToolCall, index: number, context: WriteContext) {
  const text = typeof call.arguments === "string" ? call.arguments : JSON.stringify(call.arguments);
  return { id: call.id ?? `call_${context.index}_${index}`, name: call.name, arguments: text };
}

function resolveFinish(turn: AnswerTurn): Finish {
  return turn.finish ?? ((turn.toolCalls ?? []).length > 0 ? "tool-calls" : "stop");
}

function buildUsage(counts: TokenCounts = defaultTokenCounts) {
  return {
    prompt_tokens: counts.input,
    completion_tokens: counts.output,
    total_tokens: counts.input + counts.output,
    prompt_tokens_details: { cached_tokens: counts.cacheRead ?? 0 },
    completion_tokens_details: { reasoning_tokens: counts.reasoning ?? 0 },
  };
}

function frame(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

const finishReasons: Readonly<Record<Finish, string>> = {
  stop: "stop",
  length: "length",
  "tool-calls": "tool_calls",
  "content-filter": "content_filter",
};
