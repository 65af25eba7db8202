import { expect, test } from "vitest";
import { status, text, toolCall } from "../../src/testing/index.ts";
import { ask, body, post, start } from "./mock-model-client.ts";

test("a streamed answer carries reasoning, text, the finish reason and the usage that was asked for", async () => {
  const usage = { input: 1200, output: 60, cacheRead: 200, reasoning: 10 };
  const mock = await start([
    text("Grüße 👋 an alle, die das hier lesen.", { reasoning: "Let me think about it.", usage }),
  ]);
  const answer = await ask(mock, "hello");
  expect(answer).toMatchObject({
    text: "Grüße 👋 an alle, die das hier lesen.",
    reasoning: "Let me think about it.",
    finish: "stop",
    done: true,
    usage: {
      prompt_tokens: 1200,
      completion_tokens: 60,
      prompt_tokens_details: { cached_tokens: 200 },
      completion_tokens_details: { reasoning_tokens: 10 },
    },
  });
  expect(answer.headers.get("content-type")).toMatch(/^text\/event-stream/);
  expect(answer.frames.length).toBeGreaterThan(6);
});

test("usage is 1000 in and 50 out by default, and absent when the client or the turn wants none", async () => {
  const mock = await start([text("a"), text("b"), text("c", { usage: null })]);
  expect((await ask(mock, "1")).usage).toMatchObject({ prompt_tokens: 1000, completion_tokens: 50 });
  expect((await ask(mock, "2", { stream_options: undefined })).usage).toBeUndefined();
  expect((await ask(mock, "3")).usage).toBeUndefined();
});

test("tool calls arrive in pieces under their index, broken arguments as they are", async () => {
  const toolCalls = [
    { name: "write", arguments: { path: "a.txt", content: "x".repeat(200) } },
    { name: "bash", arguments: '{"command": "ls', id: "call_mine" },
  ];
  const mock = await start([{ type: "answer", text: "Writing.", toolCalls }]);
  const answer = await ask(mock, "write it");
  expect(answer.finish).toBe("tool_calls");
  expect(answer.toolCalls[0]).toMatchObject({ id: "call_0_0", name: "write" });
  expect(JSON.parse(answer.toolCalls[0]?.arguments ?? "")).toEqual(toolCalls[0]?.arguments);
  expect(answer.toolCalls[1]).toEqual({ id: "call_mine", name: "bash", arguments: '{"command": "ls' });
});

test.each(["stop", "length", "tool-calls", "content-filter"] as const)("a model can finish with %s", async (finish) => {
  const mock = await start([text("so far", { finish })]);
  expect((await ask(mock, "go")).finish).toBe(finish.replace("-", "_"));
});

test("a request without stream gets one JSON document", async () => {
  const mock = await start([toolCall("read", { path: "ü👋" }, { text: "Reading 👋", reasoning: "hm" })]);
  const response = await post(mock, body("go", { stream: false }));
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(await response.json()).toMatchObject({
    object: "chat.completion",
    model: "mock-model",
    choices: [
      {
        message: {
          role: "assistant",
          content: "Reading 👋",
          reasoning_content: "hm",
          tool_calls: [{ type: "function", function: { name: "read", arguments: '{"path":"ü👋"}' } }],
        },
        finish_reason: "tool_calls",
      },
    ],
    usage: { prompt_tokens: 1000, completion_tokens: 50, total_tokens: 1050 },
  });
});

test.each([
  { name: "400", turn: status(400), code: null, retry: null },
  { name: "401", turn: status(401), code: "invalid_api_key", retry: null },
  { name: "404", turn: status(404), code: "model_not_found", retry: null },
  {
    name: "400 context_length_exceeded",
    turn: status(400, { code: "context_length_exceeded" }),
    code: "context_length_exceeded",
    retry: null,
  },
  { name: "429", turn: status(429), code: "rate_limit_exceeded", retry: "1" },
  {
    name: "429 insufficient_quota",
    turn: status(429, { code: "insufficient_quota" }),
    code: "insufficient_quota",
    retry: "1",
  },
  {
    name: "429 with Retry-After",
    turn: status(429, { headers: { "Retry-After": "7" } }),
    code: "rate_limit_exceeded",
    retry: null,
  },
  { name: "500", turn: status(500), code: null, retry: "1" },
  { name: "529", turn: status(529), code: null, retry: "1" },
])("status $name has an OpenAI body and tells when to retry", async (row) => {
  const mock = await start([row.turn]);
  const response = await post(mock, body("go"));
  expect(response.status).toBe(row.turn.status);
  expect(response.headers.get("retry-after-ms")).toBe(row.retry);
  const { error } = (await response.json()) as { error: { message: string; type: string; code: unknown } };
  expect(error.code).toBe(row.code);
  expect(error.message.length).toBeGreaterThan(10);
  expect(error.type).toMatch(/^[a-z_]+$/);
});

test("a status turn may bring its own message, headers and body", async () => {
  const page = "<html>Bad gateway</html>";
  const mock = await start([
    status(503, { message: "Back at noon." }),
    status(502, { body: page, headers: { "content-type": "text/html" } }),
    status(400, { body: { detail: "odd" } }),
  ]);
  expect(await (await post(mock, body("1"))).json()).toMatchObject({ error: { message: "Back at noon." } });
  const html = await post(mock, body("2"));
  expect([html.headers.get("content-type"), await html.text()]).toEqual(["text/html", page]);
  expect(await (await post(mock, body("3"))).json()).toEqual({ detail: "odd" });
});
