import { asArray, asString, at, stringAt } from "../../../vocabulary/json.ts";
import { defaultTokenCounts } from "../turns.ts";
import type { AnswerTurn, Finish, TokenCounts, ToolCall } from "../turns.ts";
import { buildOpenAIError } from "./openai-error.ts";
import { cutIntoPieces } from "./pieces.ts";
import type { ErrorDetails, ModelMessage, ModelRequest, Protocol, Reply, WriteContext } from "./protocol.ts";

/** OpenAI's responses, as a stream of typed server-sent events or as one JSON document. */
export const responses: Protocol = {
  id: "responses",
  matches: (method, path) => method === "POST" && path.endsWith("/responses"),
  read: readRequest,
  write: (turn, context) => (context.request.stream ? writeStream(turn, context) : writeDocument(turn, context)),
  writeStreamError,
  writeError: buildOpenAIError,
};

function readRequest(body: unknown): ModelRequest {
  const instructions = stringAt(body, "instructions") ?? "";
  const input = at(body, "input");
  const items = typeof input === "string" ? [{ role: "user", content: input }] : asArray(input);
  const tools = asArray(at(body, "tools")).flatMap((tool) => readTool(tool));
  return {
    model: stringAt(body, "model") ?? "",
    stream: at(body, "stream") === true,
    messages: [
      ...(instructions === "" ? [] : [{ role: "system", text: instructions, toolCalls: [] } as const]),
      ...items.flatMap(readItem),
    ],
    tools: tools.map(({ name }) => name),
    textTools: tools.filter(({ takesText }) => takesText).map(({ name }) => name),
    wantsUsage: true,
  };
}

/** Tools may come in a namespace; those that the server itself would have, like a search, only have a type. */
function readTool(tool: unknown): readonly { readonly name: string; readonly takesText: boolean }[] {
  const type = stringAt(tool, "type");
  const name = stringAt(tool, "name") ?? type ?? "";
  if (type !== "namespace") return [{ name, takesText: type === "custom" }];
  return asArray(at(tool, "tools"))
    .flatMap(readTool)
    .map((inner) => ({ ...inner, name: `${name}.${inner.name}` }));
}

function readItem(item: unknown): readonly ModelMessage[] {
  const callId = stringAt(item, "call_id") ?? "";
  switch (stringAt(item, "type") ?? "message") {
    case "message":
      return [{ role: readRole(stringAt(item, "role")), text: readText(at(item, "content")), toolCalls: [] }];
    case "function_call":
    case "custom_tool_call": {
      const sent = stringAt(item, "arguments") ?? stringAt(item, "input") ?? "";
      const call = { id: callId, name: readCallName(item), arguments: sent };
      return [{ role: "assistant", text: "", toolCalls: [call] }];
    }
    case "function_call_output":
    case "custom_tool_call_output":
      return [{ role: "tool", text: readText(at(item, "output")), toolCalls: [], toolCallId: callId }];
    default:
      return []; // Reasoning, and what a server's own tools have said.
  }
}

function readCallName(item: unknown): string {
  const namespace = stringAt(item, "namespace");
  const name = stringAt(item, "name") ?? "";
  return namespace === undefined ? name : `${namespace}.${name}`;
}

function readRole(role: string | undefined): ModelMessage["role"] {
  if (role === "system" || role === "developer") return "system";
  return role === "assistant" ? role : "user";
}

function readText(content: unknown): string {
  const texts = asArray(content).map((part) => stringAt(part, "text"));
  return asString(content) ?? texts.filter((text) => text !== undefined).join("\n");
}

function writeStream(turn: AnswerTurn, context: WriteContext): Reply {
  const response = buildResponse(turn, context);
  const started = { ...response, status: "in_progress", output: [], usage: null };
  return {
    contentType: "text/event-stream; charset=utf-8",
    content: [
      frame({ type: "response.created", response: started }),
      ...response.output.flatMap((item, index) => writeItem(item, index)),
    ],
    end: [frame({ type: `response.${response.status}`, response })],
  };
}

/** An item is announced, grows by deltas, and is repeated as a whole. */
function writeItem(item: Item, index: number): string[] {
  const about = { item_id: item.id, output_index: index };
  const [kind, text] = deltaOf(item);
  return [
    frame({ type: "response.output_item.added", output_index: index, item: { ...item, ...emptied[item.type] } }),
    ...cutIntoPieces(text).map((delta) => frame({ type: kind, ...about, ...part[item.type], delta })),
    frame({ type: "response.output_item.done", output_index: index, item }),
  ];
}

const emptied = {
  reasoning: { summary: [] },
  message: { content: [] },
  function_call: { arguments: "" },
  custom_tool_call: { input: "" },
} as const;

const part = {
  reasoning: { summary_index: 0 },
  message: { content_index: 0 },
  function_call: {},
  custom_tool_call: {},
};

function deltaOf(item: Item): readonly [kind: string, text: string] {
  switch (item.type) {
    case "reasoning":
      return ["response.reasoning_summary_text.delta", item.summary[0].text];
    case "message":
      return ["response.output_text.delta", item.content[0].text];
    case "function_call":
      return ["response.function_call_arguments.delta", item.arguments];
    case "custom_tool_call":
      return ["response.custom_tool_call_input.delta", item.input];
  }
}

function writeDocument(turn: AnswerTurn, context: WriteContext): Reply {
  const document = JSON.stringify(buildResponse(turn, context));
  const [firstHalf = "", ...rest] = cutIntoPieces(document, Math.ceil(document.length / 2));
  return { contentType: "application/json", content: [firstHalf], end: rest };
}

type Item =
  | { type: "reasoning"; id: string; summary: [{ type: "summary_text"; text: string }] }
  | { type: "message"; id: string; role: "assistant"; status: string; content: [{ type: "output_text"; text: string }] }
  | { type: "function_call"; id: string; call_id: string; name: string; namespace?: string; arguments: string }
  | { type: "custom_tool_call"; id: string; call_id: string; name: string; input: string };

function buildResponse(turn: AnswerTurn, context: WriteContext) {
  const finish = turn.finish ?? "stop";
  const reason = incompleteReasons[finish];
  return {
    id: `resp_${context.index}`,
    object: "response",
    created_at: Math.floor(context.now.getTime() / 1000),
    model: context.request.model,
    status: reason === undefined ? "completed" : "incomplete",
    incomplete_details: reason === undefined ? null : { reason },
    error: null,
    output: buildItems(turn, context),
    usage: turn.usage === null ? null : buildUsage(turn.usage),
  };
}

function buildItems({ reasoning, text, toolCalls = [] }: AnswerTurn, context: WriteContext): Item[] {
  const number = context.index;
  const items: Item[] = [];
  if (reasoning !== undefined) {
    items.push({ type: "reasoning", id: `rs_${number}`, summary: [{ type: "summary_text", text: reasoning }] });
  }
  if (text !== undefined) {
    const content: [{ type: "output_text"; text: string }] = [{ type: "output_text", text }];
    items.push({ type: "message", id: `msg_${number}`, role: "assistant", status: "completed", content });
  }
  return [...items, ...toolCalls.map((call, index) => buildCall(call, index, context))];
}

function buildCall(call: ToolCall, index: number, { index: number, request }: WriteContext): Item {
  const sent = typeof call.arguments === "string" ? call.arguments : JSON.stringify(call.arguments);
  const ids = { id: `fc_${number}_${index}`, call_id: call.id ?? `call_${number}_${index}` };
  if (request.textTools.includes(call.name)) return { type: "custom_tool_call", ...ids, name: call.name, input: sent };
  // A dot is no part of a tool's name here: it ends that of a namespace.
  const [name = "", namespace] = call.name.split(".").reverse();
  return { type: "function_call", ...ids, name, ...(namespace !== undefined && { namespace }), arguments: sent };
}

function buildUsage(counts: TokenCounts = defaultTokenCounts) {
  return {
    input_tokens: counts.input,
    input_tokens_details: { cached_tokens: counts.cacheRead ?? 0 },
    output_tokens: counts.output,
    output_tokens_details: { reasoning_tokens: counts.reasoning ?? 0 },
    total_tokens: counts.input + counts.output,
  };
}

function writeStreamError({ message = "The server had an error while processing your request.", code }: ErrorDetails) {
  const error = { code: code ?? "server_error", message };
  return frame({ type: "response.failed", response: { object: "response", status: "failed", error } });
}

function frame(value: { readonly type: string; readonly [key: string]: unknown }): string {
  return `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`;
}

const incompleteReasons: Readonly<Record<Finish, string | undefined>> = {
  stop: undefined,
  "tool-calls": undefined,
  length: "max_output_tokens",
  "content-filter": "content_filter",
};
