/** The mock model as OpenAI's Responses interface. */
import { expect, test } from "vitest";
import { fault, status, text, toolCall, type MockModel } from "../../src/testing/index.ts";
import { start } from "./mock-model-client.ts";

interface Frame {
  readonly type: string;
  readonly delta?: string;
  readonly item?: Readonly<Record<string, unknown>>;
  readonly response?: Readonly<Record<string, unknown>>;
}

function post(mock: MockModel, body: Readonly<Record<string, unknown>>): Promise<Response> {
  return fetch(`${mock.baseUrl}/responses`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "mock-model", stream: true, input: "hello", ...body }),
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

const deltas = (frames: readonly Frame[], kind: string) =>
  frames.filter(({ type }) => type === `response.${kind}.delta`).map(({ delta }) => delta);
const items = (frames: readonly Frame[]) =>
  frames.filter(({ type }) => type === "response.output_item.done").map(({ item }) => item);

test("a streamed answer carries reasoning and text in pieces and as items, and the usage", async () => {
  const usage = { input: 1200, output: 60, cacheRead: 200, reasoning: 10 };
  const said = "Grüße 👋 an alle, die das hier lesen.";
  const mock = await start([text(said, { reasoning: "Let me think about it.", usage })]);
  const frames = await ask(mock);
  expect(frames[0]).toMatchObject({ type: "response.created", response: { status: "in_progress" } });
  expect(deltas(frames, "output_text").length).toBeGreaterThan(1);
  expect(deltas(frames, "output_text").join("")).toBe(said);
  expect(deltas(frames, "reasoning_summary_text").join("")).toBe("Let me think about it.");
  expect(items(frames)).toMatchObject([
    { type: "reasoning", summary: [{ type: "summary_text", text: "Let me think about it." }] },
    { type: "message", role: "assistant", content: [{ type: "output_text", text: said }] },
  ]);
  expect(frames.at(-1)).toMatchObject({
    type: "response.completed",
    response: {
      status: "completed",
      output: items(frames),
      usage: {
        input_tokens: 1200,
        input_tokens_details: { cached_tokens: 200 },
        output_tokens: 60,
        output_tokens_details: { reasoning_tokens: 10 },
        total_tokens: 1260,
      },
    },
  });
});

test("calls are of functions, of tools that take a text, or of tools in a namespace", async () => {
  const toolCalls = [
    { name: "run", arguments: { cmd: "ls" } },
    { name: "patch", arguments: "*** Begin Patch", id: "call_mine" },
    { name: "mcp__echo.say", arguments: { text: "hi" } },
  ];
  const mock = await start([{ type: "answer", toolCalls }]);
  const tools = [
    { type: "function", name: "run" },
    { type: "custom", name: "patch" },
    { type: "namespace", name: "mcp__echo", tools: [{ type: "function", name: "say" }] },
    { type: "web_search" },
  ];
  const frames = await ask(mock, { tools });
  expect(items(frames)).toMatchObject([
    { type: "function_call", call_id: "call_0_0", name: "run", arguments: '{"cmd":"ls"}' },
    { type: "custom_tool_call", call_id: "call_mine", name: "patch", input: "*** Begin Patch" },
    { type: "function_call", name: "say", namespace: "mcp__echo", arguments: '{"text":"hi"}' },
  ]);
  expect(mock.requests[0]).toMatchObject({
    protocol: "responses",
    tools: ["run", "patch", "mcp__echo.say", "web_search"],
    textTools: ["patch"],
  });
});

test("a request is read in the vocabulary of all protocols", async () => {
  const mock = await start([text("Hm.")]);
  const input = [
    { type: "message", role: "developer", content: [{ type: "input_text", text: "Be brief." }] },
    { role: "user", content: "What is there?" },
    { type: "reasoning", summary: [] },
    { type: "function_call", name: "say", namespace: "echo", arguments: "{}", call_id: "1" },
    { type: "function_call_output", call_id: "1", output: [{ type: "input_text", text: "hi" }] },
    { type: "custom_tool_call", name: "patch", input: "x", call_id: "2" },
    { type: "custom_tool_call_output", call_id: "2", output: "done" },
  ];
  await ask(mock, { input, instructions: "You are a parrot." });
  const [request] = mock.requests;
  expect(request?.system).toEqual(["You are a parrot.", "Be brief."]);
  expect(request?.lastUserText).toBe("What is there?");
  expect(request?.messages.slice(3)).toEqual([
    { role: "assistant", text: "", toolCalls: [{ id: "1", name: "echo.say", arguments: "{}" }] },
    { role: "tool", text: "hi", toolCalls: [], toolCallId: "1" },
    { role: "assistant", text: "", toolCalls: [{ id: "2", name: "patch", arguments: "x" }] },
    { role: "tool", text: "done", toolCalls: [], toolCallId: "2" },
  ]);
});

test.each([
  { finish: "length", reason: "max_output_tokens" },
  { finish: "content-filter", reason: "content_filter" },
] as const)("a model that ends with $finish leaves its answer incomplete", async ({ finish, reason }) => {
  const mock = await start([text("so far", { finish })]);
  expect((await ask(mock)).at(-1)).toMatchObject({
    type: "response.incomplete",
    response: { status: "incomplete", incomplete_details: { reason } },
  });
});

test("a request without stream gets one JSON document", async () => {
  const mock = await start([toolCall("read", { path: "ü👋" }, { text: "Reading 👋", usage: null })]);
  const response = await post(mock, { stream: false });
  expect(await response.json()).toMatchObject({
    object: "response",
    model: "mock-model",
    status: "completed",
    output: [{ type: "message" }, { type: "function_call", arguments: '{"path":"ü👋"}' }],
    usage: null,
  });
});

test("an error inside the stream fails the response; an answer that is cut short has no end", async () => {
  const mock = await start([
    fault("stream-error", { code: "context_length_exceeded" }),
    fault("no-finish"),
    fault("empty"),
  ]);
  expect((await ask(mock)).at(-1)).toMatchObject({
    type: "response.failed",
    response: { status: "failed", error: { code: "context_length_exceeded" } },
  });
  expect((await ask(mock)).at(-1)?.type).toBe("response.output_item.done");
  expect((await ask(mock)).map(({ type }) => type)).toEqual(["response.created", "response.completed"]);
});

test("a status has the body of OpenAI's errors", async () => {
  const mock = await start([status(401)]);
  const response = await post(mock, {});
  expect(response.status).toBe(401);
  expect(await response.json()).toMatchObject({ error: { code: "invalid_api_key" } });
});
