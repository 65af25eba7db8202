/** The mock model as Google's Gemini interface. */
import { expect, test } from "vitest";
import { fault, status, text, toolCall, type MockModel } from "../../src/testing/index.ts";
import { start } from "./mock-model-client.ts";

interface Part {
  readonly text?: string;
  readonly thought?: true;
  readonly functionCall?: unknown;
}

interface Frame {
  readonly candidates: readonly {
    readonly content: { readonly parts: readonly Part[] };
    readonly finishReason?: string;
  }[];
  readonly usageMetadata?: unknown;
}

function post(mock: MockModel, body: object, method = "streamGenerateContent?alt=sse"): Promise<Response> {
  return fetch(`${mock.url}/v1beta/models/gemini-2.5-pro:${method}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ contents: [{ role: "user", parts: [{ text: "hello" }] }], ...body }),
  });
}

async function ask(mock: MockModel, body: object = {}): Promise<readonly Frame[]> {
  const received = await (await post(mock, body)).text();
  return [...received.matchAll(/^data: (.*)\r\n\r\n/gm)].map(([, data = ""]) => JSON.parse(data) as Frame);
}

const partsOf = (frames: readonly Frame[]) => frames.flatMap(({ candidates }) => candidates[0]?.content.parts ?? []);
const finishOf = (frames: readonly Frame[]) => frames.at(-1)?.candidates[0]?.finishReason;

test("a streamed answer carries thoughts and text in pieces, and the counts with the reason at its end", async () => {
  const usage = { input: 1200, output: 60, cacheRead: 200, reasoning: 10 };
  const said = "Grüße 👋 an alle, die das hier lesen.";
  const mock = await start([text(said, { reasoning: "Let me think about it.", usage })]);
  const frames = await ask(mock);
  const parts = partsOf(frames);
  const texts = parts.filter(({ thought }) => thought === undefined).map((part) => part.text);
  expect(texts.length).toBeGreaterThan(1);
  expect(texts.join("")).toBe(said);
  const thoughts = parts.filter(({ thought }) => thought === true).map((part) => part.text);
  expect(thoughts.join("")).toBe("Let me think about it.");
  expect(frames.slice(0, -1).some(({ candidates }) => candidates[0]?.finishReason !== undefined)).toBe(false);
  expect(frames.at(-1)).toMatchObject({
    candidates: [{ finishReason: "STOP" }],
    usageMetadata: {
      promptTokenCount: 1200,
      cachedContentTokenCount: 200,
      candidatesTokenCount: 50,
      thoughtsTokenCount: 10,
      totalTokenCount: 1260,
    },
    modelVersion: "gemini-2.5-pro",
  });
});

test("a call is a part with its arguments as a value; broken ones stay as they are", async () => {
  const toolCalls = [
    { name: "run", arguments: { cmd: "ls ü👋" } },
    { name: "read", arguments: '{"path"', id: "mine" },
  ];
  const mock = await start([{ type: "answer", toolCalls }]);
  const frames = await ask(mock, { tools: [{ functionDeclarations: [{ name: "run" }, {}] }, { googleSearch: {} }] });
  expect(partsOf(frames)).toEqual([
    { functionCall: { id: "call_0_0", name: "run", args: { cmd: "ls ü👋" } } },
    { functionCall: { id: "mine", name: "read", args: '{"path"' } },
  ]);
  expect(finishOf(frames)).toBe("STOP");
  expect(mock.requests[0]).toMatchObject({ protocol: "generate-content", tools: ["run", "", "googleSearch"] });
});

test("a request is read in the vocabulary of all protocols", async () => {
  const mock = await start([text("Hm.")]);
  const contents = [
    { role: "user", parts: [{ text: "Here is the weather." }, { text: "What is there?" }] },
    {
      role: "model",
      parts: [
        { text: "I think", thought: true },
        { text: "I look." },
        { functionCall: { id: "1", name: "say", args: { to: "all" } } },
      ],
    },
    {
      role: "user",
      parts: [
        { functionResponse: { id: "1", name: "say", response: { output: "hi" } } },
        { functionResponse: { id: "2", name: "see", response: { light: true } } },
      ],
    },
  ];
  await ask(mock, { contents, systemInstruction: { role: "user", parts: [{ text: "You are a parrot." }] } });
  const [request] = mock.requests;
  expect(request).toMatchObject({ model: "gemini-2.5-pro", stream: true, system: ["You are a parrot."] });
  expect(request?.lastUserText).toBe("What is there?");
  expect(request?.messages.slice(1)).toEqual([
    { role: "user", text: "Here is the weather.", toolCalls: [] },
    { role: "user", text: "What is there?", toolCalls: [] },
    { role: "assistant", text: "I look.", toolCalls: [{ id: "1", name: "say", arguments: '{"to":"all"}' }] },
    { role: "tool", text: "hi", toolCalls: [], toolCallId: "1" },
    { role: "tool", text: '{"light":true}', toolCalls: [], toolCallId: "2" },
  ]);
});

test.each([
  { finish: "length", reason: "MAX_TOKENS" },
  { finish: "content-filter", reason: "SAFETY" },
] as const)("a model that ends with $finish says $reason", async ({ finish, reason }) => {
  const mock = await start([text("so far", { finish })]);
  expect(finishOf(await ask(mock))).toBe(reason);
});

test("generateContent gets one JSON document", async () => {
  const mock = await start([toolCall("read", { path: "ü👋" }, { text: "Reading 👋", usage: null })]);
  const response = await post(mock, {}, "generateContent");
  const document = (await response.json()) as Frame;
  expect(partsOf([document])).toEqual([
    { text: "Reading 👋" },
    { functionCall: { id: "call_0_0", name: "read", args: { path: "ü👋" } } },
  ]);
  expect(document.usageMetadata).toBeUndefined();
  expect(mock.requests[0]?.stream).toBe(false);
});

test("an error inside the stream is no event; an answer that is cut short has no reason", async () => {
  const mock = await start([fault("stream-error", { message: "Broken." }), fault("no-finish"), fault("empty")]);
  const received = await (await post(mock, {})).text();
  expect(received.split("\r\n\r\n").at(-1)).toBe('{"error":{"code":500,"message":"Broken.","status":"INTERNAL"}}');
  const unfinished = await ask(mock);
  expect(finishOf(unfinished)).toBeUndefined();
  expect(partsOf(unfinished).length).toBeGreaterThan(0);
  const empty = await ask(mock);
  expect([partsOf(empty), finishOf(empty)]).toEqual([[], "STOP"]);
});

test.each([
  { turn: status(401), error: { code: 401, status: "UNAUTHENTICATED" } },
  { turn: status(418), error: { code: 418, status: "INVALID_ARGUMENT" } },
  { turn: status(529), error: { code: 529, status: "INTERNAL" } },
  { turn: status(400, { code: "FAILED_PRECONDITION" }), error: { code: 400, status: "FAILED_PRECONDITION" } },
])("status $error.code has the body of Google's errors", async ({ turn, error }) => {
  const mock = await start([turn]);
  const response = await post(mock, {});
  expect(response.status).toBe(error.code);
  expect(await response.json()).toMatchObject({ error });
});

test("an empty account is told in the details", async () => {
  const mock = await start([status(429, { code: "insufficient_quota" })]);
  const { error } = (await (await post(mock, {})).json()) as { error: { status: string; details: readonly unknown[] } };
  expect(error.status).toBe("RESOURCE_EXHAUSTED");
  expect(JSON.stringify(error.details)).toContain("PerDay");
});
