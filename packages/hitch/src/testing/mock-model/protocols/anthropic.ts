import { asArray, asString, at, parseJson, stringAt } from "../../../vocabulary/json.ts";
import { defaultTokenCounts } from "../turns.ts";
import type { AnswerTurn, Finish, TokenCounts, ToolCall } from "../turns.ts";
import { buildAnthropicError } from "./anthropic-error.ts";
import { cutIntoPieces } from "./pieces.ts";
import type { ModelMessage, ModelRequest, Protocol, Reply, WriteContext } from "./protocol.ts";

/** Anthropic's Messages, as a stream of server-sent events or as one JSON document. */
export const anthropic: Protocol = {
  id: "messages",
  matches: (method, path) => method === "POST" && path.endsWith("/messages"),
  read: readRequest,
  write: (turn, context) => (context.request.stream ? writeStream(turn, context) : writeDocument(turn, context)),
  writeStreamError: (error) => frame(buildAnthropicError(500, error)),
  writeError: buildAnthropicError,
};

function readRequest(body: unknown): ModelRequest {
  const system = at(body, "system");
  const blocks = typeof system === "string" ? [{ text: system }] : asArray(system);
  return {
    model: stringAt(body, "model") ?? "",
    stream: at(body, "stream") === true,
    messages: [
      ...blocks.map((block) => buildMessage("system", stringAt(block, "text") ?? "")),
      ...asArray(at(body, "messages")).flatMap(readMessage),
    ],
    // Those that the server itself would have, like a search, have a name too.
    tools: asArray(at(body, "tools")).map((tool) => stringAt(tool, "name") ?? ""),
    textTools: [],
    wantsUsage: true,
  };
}

/** A message of the user holds the results of tools, and maybe a text behind them. */
function readMessage(message: unknown): readonly ModelMessage[] {
  const role = stringAt(message, "role");
  const content = at(message, "content");
  const blocks = typeof content === "string" ? [{ type: "text", text: content }] : asArray(content);
  const ofType = (type: string): readonly unknown[] => blocks.filter((block) => stringAt(block, "type") === type);
  const text = readText(blocks);
  if (role === "assistant") {
    const toolCalls = ofType("tool_use").map((call) => ({
      id: stringAt(call, "id") ?? "",
      name: stringAt(call, "name") ?? "",
      arguments: JSON.stringify(at(call, "input")),
    }));
    return [{ ...buildMessage("assistant", text), toolCalls }];
  }
  const results = ofType("tool_result").map((result) => ({
    ...buildMessage("tool", readText(at(result, "content"))),
    toolCallId: stringAt(result, "tool_use_id") ?? "",
  }));
  const hasOther = blocks.length > results.length;
  return [...results, ...(hasOther ? [buildMessage(role === "system" ? "system" : "user", text)] : [])];
}

function buildMessage(role: ModelMessage["role"], text: string): ModelMessage {
  return { role, text, toolCalls: [] };
}

function readText(content: unknown): string {
  const texts = asArray(content).map((part) => stringAt(part, "text"));
  return asString(content) ?? texts.filter((text) => text !== undefined).join("\n");
}

function writeStream(turn: AnswerTurn, context: WriteContext): Reply {
  const message = buildDocument(turn, context);
  const { stop_reason, usage } = message;
  const started = { ...message, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } };
  return {
    contentType: "text/event-stream; charset=utf-8",
    content: [
      frame({ type: "message_start", message: started }),
      ...buildBlocks(turn, context).flatMap((block, index) => writeBlock(block, index)),
    ],
    end: [
      frame({ type: "message_delta", delta: { stop_reason, stop_sequence: null }, usage }),
      frame({ type: "message_stop" }),
    ],
  };
}

/** A block is announced empty and grows by deltas. */
function writeBlock(block: Block, index: number): string[] {
  const { empty, deltas } = partsOf(block);
  return [
    frame({ type: "content_block_start", index, content_block: empty }),
    ...deltas.map((delta) => frame({ type: "content_block_delta", index, delta })),
    frame({ type: "content_block_stop", index }),
  ];
}

function partsOf(block: Block): { empty: unknown; deltas: readonly unknown[] } {
  switch (block.type) {
    case "thinking": {
      const { type, thinking, signature } = block;
      const deltas = cutIntoPieces(thinking).map((piece) => ({ type: "thinking_delta", thinking: piece }));
      return {
        empty: { type, thinking: "", signature: "" },
        deltas: [...deltas, { type: "signature_delta", signature }],
      };
    }
    case "text":
      return {
        empty: { type: "text", text: "" },
        deltas: cutIntoPieces(block.text).map((piece) => ({ type: "text_delta", text: piece })),
      };
    case "tool_use": {
      const { sent, ...empty } = block;
      const deltas = cutIntoPieces(sent).map((piece) => ({ type: "input_json_delta", partial_json: piece }));
      return { empty: { ...empty, input: {} }, deltas };
    }
  }
}

function writeDocument(turn: AnswerTurn, context: WriteContext): Reply {
  const document = JSON.stringify(buildDocument(turn, context));
  const [firstHalf = "", ...rest] = cutIntoPieces(document, Math.ceil(document.length / 2));
  return { contentType: "application/json", content: [firstHalf], end: rest };
}

function buildDocument(turn: AnswerTurn, context: WriteContext) {
  const finish = turn.finish ?? ((turn.toolCalls ?? []).length > 0 ? "tool-calls" : "stop");
  return {
    id: `msg_${context.index}`,
    type: "message",
    role: "assistant",
    model: context.request.model,
    content: buildBlocks(turn, context).map(toContent),
    stop_reason: stopReasons[finish],
    stop_sequence: null,
    usage: buildUsage(turn.usage),
  };
}

type Block =
  | { type: "thinking"; thinking: string; signature: string }
  | { type: "text"; text: string }
  /** `sent`: the arguments as a stream carries them. */
  | { type: "tool_use"; id: string; name: string; sent: string };

function buildBlocks({ reasoning, text, toolCalls = [] }: AnswerTurn, context: WriteContext): Block[] {
  return [
    ...(reasoning === undefined ? [] : [{ type: "thinking", thinking: reasoning, signature: "c2lnbmVk" } as const]),
    ...(text === undefined ? [] : [{ type: "text", text } as const]),
    ...toolCalls.map((call, index) => buildCall(call, index, context)),
  ];
}

function buildCall(call: ToolCall, index: number, { index: number }: WriteContext): Block {
  const sent = typeof call.arguments === "string" ? call.arguments : JSON.stringify(call.arguments);
  return { type: "tool_use", id: call.id ?? `toolu_${number}_${index}`, name: call.name, sent };
}

/** In a document the arguments are a value; broken ones stay the text that they are. */
function toContent(block: Block): unknown {
  if (block.type !== "tool_use") return block;
  const { sent, ...call } = block;
  return { ...call, input: parseJson(sent) ?? sent };
}

/** Of this interface's counts none contains another, but for the thinking in the output. */
function buildUsage(counts: TokenCounts | null = defaultTokenCounts) {
  const { input, output, cacheRead = 0, cacheWrite = 0, reasoning = 0 } = counts ?? { input: 0, output: 0 };
  return {
    input_tokens: input - cacheRead - cacheWrite,
    cache_creation_input_tokens: cacheWrite,
    cache_read_input_tokens: cacheRead,
    output_tokens: output,
    output_tokens_details: { thinking_tokens: reasoning },
  };
}

function frame(value: { readonly type: string; readonly [key: string]: unknown }): string {
  return `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`;
}

const stopReasons: Readonly<Record<Finish, string>> = {
  stop: "end_turn",
  length: "max_tokens",
  "tool-calls": "tool_use",
  "content-filter": "refusal",
};
