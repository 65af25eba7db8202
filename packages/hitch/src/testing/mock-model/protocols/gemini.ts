import { asArray, asObject, at, parseJson, stringAt } from "../../../vocabulary/json.ts";
import { defaultTokenCounts } from "../turns.ts";
import type { AnswerTurn, Finish, TokenCounts, ToolCall } from "../turns.ts";
import { buildGeminiError } from "./gemini-error.ts";
import { cutIntoPieces } from "./pieces.ts";
import type { ModelMessage, ModelRequest, Protocol, Reply, WriteContext } from "./protocol.ts";

/** Google's Gemini, as a stream of server-sent events or as one JSON document. The path tells the model and which. */
export const gemini: Protocol = {
  id: "generate-content",
  matches: (method, path) => method === "POST" && call.test(path),
  read: readRequest,
  write: (turn, context) => (context.request.stream ? writeStream(turn, context) : writeDocument(turn, context)),
  // Between the events, and none itself.
  writeStreamError: (error) => JSON.stringify(buildGeminiError(500, error)),
  writeError: buildGeminiError,
};

const call = /\/models\/([^/:]+):(streamGenerateContent|generateContent)$/;

function readRequest(body: unknown, path: string): ModelRequest {
  const [, model = "", method] = call.exec(path) ?? [];
  const system = readTexts(at(body, "systemInstruction"));
  return {
    model: decodeURIComponent(model),
    stream: method === "streamGenerateContent",
    messages: [
      ...(system === "" ? [] : [{ role: "system", text: system, toolCalls: [] } as const]),
      ...asArray(at(body, "contents")).flatMap(readContent),
    ],
    tools: asArray(at(body, "tools")).flatMap(readTools),
    textTools: [],
    wantsUsage: true,
  };
}

/** Functions are declared in groups; the tools that the server itself would have, like a search, are their keys. */
function readTools(group: unknown): readonly string[] {
  const { functionDeclarations, ...others } = asObject(group) ?? {};
  const named = asArray(functionDeclarations).map((declaration) => stringAt(declaration, "name") ?? "");
  return [...named, ...Object.keys(others)];
}

/**
 * A content of the user holds the results of tools and several texts: clients put what they tell of themselves in front
 * of what the user says. So each text is a message.
 */
function readContent(content: unknown): readonly ModelMessage[] {
  const parts = asArray(at(content, "parts"));
  if (at(content, "role") === "model") {
    const calls = parts.map((part) => at(part, "functionCall")).filter((value) => value !== undefined);
    return [{ role: "assistant", text: readTexts(content), toolCalls: calls.map(readCall) }];
  }
  return parts.map((part) => {
    const result = at(part, "functionResponse");
    return result === undefined
      ? { role: "user", text: stringAt(part, "text") ?? "", toolCalls: [] }
      : readResult(result);
  });
}

function readTexts(content: unknown): string {
  const texts = asArray(at(content, "parts"))
    .filter((part) => at(part, "thought") !== true)
    .map((part) => stringAt(part, "text"));
  return texts.filter((text) => text !== undefined).join("\n");
}

function readCall(value: unknown): ModelMessage["toolCalls"][number] {
  const name = stringAt(value, "name") ?? "";
  return { id: stringAt(value, "id") ?? "", name, arguments: JSON.stringify(at(value, "args") ?? {}) };
}

/** What a tool gave is an object; by custom its text is `output` or `error`. */
function readResult(value: unknown): ModelMessage {
  const response = at(value, "response");
  const text = stringAt(response, "output") ?? stringAt(response, "error") ?? JSON.stringify(response ?? {});
  return { role: "tool", text, toolCalls: [], toolCallId: stringAt(value, "id") ?? "" };
}

/** Every event is an answer, whose parts are added to those before; the last one has the reason and the counts. */
function writeStream(turn: AnswerTurn, context: WriteContext): Reply {
  const head = buildHead(context);
  return {
    contentType: "text/event-stream",
    content: buildPieces(turn, context).map((part) => frame({ candidates: [buildCandidate([part])], ...head })),
    end: [frame({ ...buildEnd(turn, []), ...head })],
  };
}

function buildPieces(turn: AnswerTurn, context: WriteContext): readonly Part[] {
  return buildParts(turn, context).flatMap((part): readonly Part[] =>
    "text" in part ? cutIntoPieces(part.text).map((text) => ({ ...part, text })) : [part],
  );
}

function writeDocument(turn: AnswerTurn, context: WriteContext): Reply {
  const document = JSON.stringify({ ...buildEnd(turn, buildParts(turn, context)), ...buildHead(context) });
  const [firstHalf = "", ...rest] = cutIntoPieces(document, Math.ceil(document.length / 2));
  return { contentType: "application/json; charset=UTF-8", content: [firstHalf], end: rest };
}

function buildHead({ request, index }: WriteContext) {
  return { modelVersion: request.model, responseId: `response_${index}` };
}

type Part = { text: string; thought?: true } | { functionCall: { id?: string; name: string; args: unknown } };

function buildParts({ reasoning, text, toolCalls = [] }: AnswerTurn, context: WriteContext): Part[] {
  return [
    ...(reasoning === undefined ? [] : [{ text: reasoning, thought: true } as const]),
    ...(text === undefined ? [] : [{ text }]),
    ...toolCalls.map((toolCall, index) => ({ functionCall: buildCall(toolCall, index, context) })),
  ];
}

/** The arguments are a value; broken ones stay the text that they are. */
function buildCall({ id, name, arguments: sent }: ToolCall, index: number, context: WriteContext) {
  const args = typeof sent === "string" ? (parseJson(sent) ?? sent) : sent;
  return { id: id ?? `call_${context.index}_${index}`, name, args };
}

function buildEnd(turn: AnswerTurn, parts: readonly Part[]) {
  const candidate = { ...buildCandidate(parts), finishReason: finishReasons[turn.finish ?? "stop"] };
  return { candidates: [candidate], ...(turn.usage !== null && { usageMetadata: buildUsage(turn.usage) }) };
}

function buildCandidate(parts: readonly Part[]) {
  return { content: { role: "model", parts }, index: 0 };
}

function buildUsage(counts: TokenCounts = defaultTokenCounts) {
  const { input, output, cacheRead = 0, reasoning = 0 } = counts;
  return {
    promptTokenCount: input,
    cachedContentTokenCount: cacheRead,
    candidatesTokenCount: output - reasoning,
    thoughtsTokenCount: reasoning,
    totalTokenCount: input + output,
  };
}

function frame(value: unknown): string {
  return `data: ${JSON.stringify(value)}\r\n\r\n`;
}

const finishReasons: Readonly<Record<Finish, string>> = {
  stop: "STOP",
  length: "MAX_TOKENS",
  "tool-calls": "STOP",
  "content-filter": "SAFETY",
};
