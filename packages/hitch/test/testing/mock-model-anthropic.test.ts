/** The mock model as Anthropic's Messages interface. */
import { expect, test } from "vitest";
import { fault, status, text, toolCall, type MockModel } from "../../src/testing/index.ts";
import { start } from "./mock-model-client.ts";

interface Frame {
  readonly type: string;
  readonly index?: number;
  readonly message?: Readonly<Record<string, unknown>>;
  readonly content_block?: Readonly<Record<string, unknown>>;
  readonly delta?: Readonly<Partial<Record<"text" | "thinking" | "partial_json" | "stop_reason", string>>>;
  readonly usage?: Readonly<Record<string, unknown>>;
  readonly error?: Readonly<Record<string, unknown>>;
}

function post(mock: MockModel, body: Readonly<Record<string, unknown>>): Promise<Response> {
  return fetch(`${mock.url}/v1/messages?beta=true`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model: "mock-model",
      stream: true,
      messages: [{ role: "user", content: "hello" }],
      ...body,
    }),
  });
}

async function ask(mock: MockModel, body: Readonly<Record<string, unknown>> = {}): Promise<readonly Frame[]> {
  const received = await (await post(mock, body)).text();
  return [...received.matchAll(/^event: (.*)\ndata: (.*)\n\n/gm)].map(([, event, data = ""]) => {
    const frame = JSON.parse(data) as Frame;
    expect(frame.type).toBe(event);
    return frame;
  });
}

/** What the deltas of each block say together. */
function blocks(frames: readonly Frame[]): readonly Readonly<Record<string, unknown>>[] {
  const starts = frames.filter(({ type }) => type === "content_block_start");
  expect(frames.filter(({ type }) => type === "content_block_stop")).toHaveLength(starts.length);
  return starts.map(({ index, content_block: block }) => {
    const deltas = frames.filter((frame) => frame.type === "content_block_delta" && frame.index === index);
    const said = deltas.map(({ delta = {} }) => delta.text ?? delta.thinking ?? delta.partial_json ?? "");
    return {
      type: block?.["type"],
      name: block?.["name"],
      id: block?.["id"],
      pieces: said.length,
      said: said.join(""),
    };
  });
}

test("a streamed answer carries thinking and text in pieces, and the usage", async () => {
  const usage = { input: 1200, output: 60, cacheRead: 200, cacheWrite: 300, reasoning: 10 };
  const said = "Grüße 👋 an alle, die das hier lesen.";
  const mock = await start([text(said, { reasoning: "Let me think about it.", usage })]);
  const frames = await ask(mock);
  const input = { input_tokens: 700, cache_creation_input_tokens: 300, cache_read_input_tokens: 200 };
  expect(frames[0]).toMatchObject({
    type: "message_start",
    message: { role: "assistant", model: "mock-model", content: [], stop_reason: null, usage: input },
  });
  const [thinking, answer] = blocks(frames);
  expect(thinking).toMatchObject({ type: "thinking", said: "Let me think about it." });
  expect(answer).toMatchObject({ type: "text", said });
  expect(answer?.["pieces"]).toBeGreaterThan(1);
  expect(frames.slice(-2)).toEqual([
    {
      type: "message_delta",
      delta: { stop_reason: "end_turn", stop_sequence: null },
      usage: { ...input, output_tokens: 60, output_tokens_details: { thinking_tokens: 10 } },
    },
    { type: "message_stop" },
  ]);
});

test("a call's arguments come as JSON bit by bit", async () => {
  const toolCalls = [
    { name: "Bash", arguments: { command: "ls -l /home/me" } },
    { name: "Read", arguments: "{broken", id: "toolu_mine" },
  ];
  const mock = await start([{ type: "answer", toolCalls }]);
  const frames = await ask(mock, {
    tools: [
      { name: "Bash", input_schema: {} },
      { type: "web_search", name: "search" },
    ],
  });
  expect(blocks(frames)).toMatchObject([
    { type: "tool_use", name: "Bash", id: "toolu_0_0", said: '{"command":"ls -l /home/me"}' },
    { type: "tool_use", name: "Read", id: "toolu_mine", said: "{broken" },
  ]);
  expect(frames.at(-2)).toMatchObject({ delta: { stop_reason: "tool_use" } });
  expect(mock.requests[0]).toMatchObject({ protocol: "messages", path: "/v1/messages", tools: ["Bash", "search"] });
});

test("a request is read in the vocabulary of all protocols", async () => {
  const mock = await start([text("Hm.")]);
  const system = [
    { type: "text", text: "You are a parrot." },
    { type: "text", text: "Be brief." },
  ];
  const call = { type: "tool_use", id: "1", name: "Bash", input: { command: "ls" } };
  const messages = [
    { role: "user", content: "What is there?" },
    { role: "assistant", content: [{ type: "thinking", thinking: "Hm." }, { type: "text", text: "I look." }, call] },
    {
      role: "user",
      content: [
        { type: "tool_result", tool_use_id: "1", content: [{ type: "text", text: "a.txt" }] },
        { type: "tool_result", tool_use_id: "2", content: "gone", is_error: true },
        { type: "text", text: "And now?" },
      ],
    },
  ];
  await ask(mock, { system, messages });
  const [request] = mock.requests;
  expect(request?.system).toEqual(["You are a parrot.", "Be brief."]);
  expect(request?.lastUserText).toBe("And now?");
  expect(request?.messages.slice(2)).toEqual([
    { role: "user", text: "What is there?", toolCalls: [] },
    { role: "assistant", text: "I look.", toolCalls: [{ id: "1", name: "Bash", arguments: '{"command":"ls"}' }] },
    { role: "tool", text: "a.txt", toolCalls: [], toolCallId: "1" },
    { role: "tool", text: "gone", toolCalls: [], toolCallId: "2" },
    { role: "user", text: "And now?", toolCalls: [] },
  ]);
});

test.each([
  { finish: "length", reason: "max_tokens" },
  { finish: "content-filter", reason: "refusal" },
] as const)("a model that ends with $finish stops for $reason", async ({ finish, reason }) => {
  const mock = await start([text("so far", { finish })]);
  expect((await ask(mock)).at(-2)).toMatchObject({ type: "message_delta", delta: { stop_reason: reason } });
});

test("a request without stream gets one JSON document", async () => {
  const mock = await start([toolCall("Read", { path: "ü👋" }, { text: "Reading 👋", usage: null })]);
  const response = await post(mock, { stream: false });
  expect(await response.json()).toMatchObject({
    type: "message",
    model: "mock-model",
    content: [
      { type: "text", text: "Reading 👋" },
      { type: "tool_use", name: "Read", input: { path: "ü👋" } },
    ],
    stop_reason: "tool_use",
    usage: { input_tokens: 0, output_tokens: 0 },
  });
});

test("an error inside the stream is its end; an answer that is cut short has none", async () => {
  const mock = await start([
    fault("stream-error", { code: "overloaded_error", message: "Overloaded" }),
    fault("no-finish"),
    fault("empty"),
  ]);
  expect((await ask(mock)).at(-1)).toEqual({
    type: "error",
    error: { type: "overloaded_error", message: "Overloaded" },
  });
  expect((await ask(mock)).at(-1)?.type).toBe("content_block_stop");
  expect((await ask(mock)).map(({ type }) => type)).toEqual(["message_start", "message_delta", "message_stop"]);
});

test.each([
  { turn: status(401), error: { type: "authentication_error", message: "invalid x-api-key" } },
  { turn: status(529), error: { type: "overloaded_error", message: "Overloaded" } },
  { turn: status(418), error: { type: "invalid_request_error", message: "The request is not valid." } },
  { turn: status(502, { message: "Bad." }), error: { type: "api_error", message: "Bad." } },
  { turn: status(400, { code: "my_error" }), error: { type: "my_error" } },
  { turn: status(400, { code: "context_length_exceeded" }), error: { type: "invalid_request_error" } },
  { turn: status(429, { code: "insufficient_quota" }), error: { type: "billing_error" } },
])("the status $turn.status has the body of Anthropic's errors", async ({ turn, error }) => {
  const mock = await start([turn]);
  const response = await post(mock, {});
  expect(response.status).toBe(turn.status);
  expect(await response.json()).toMatchObject({ type: "error", error });
});
