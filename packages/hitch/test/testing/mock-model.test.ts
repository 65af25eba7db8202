import { spawn } from "node:child_process";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { expect, test } from "vitest";
import { fault, status, text } from "../../src/testing/index.ts";
import { ask, body, openRaw, post, start } from "./mock-model-client.ts";

test("turns go by request and the last one repeats", async () => {
  const mock = await start([status(429), text("first"), text("last")]);
  const seen = [];
  for (const prompt of ["1", "2", "3", "4"]) seen.push((await ask(mock, prompt)).text);
  expect(seen).toEqual(["", "first", "last", "last"]);
});

test("a script that may be exhausted refuses what comes after it", async () => {
  const mock = await start([text("only")], { exhausted: "error" });
  await ask(mock, "1");
  const response = await post(mock, body("2"));
  expect([response.status, await response.json()]).toMatchObject([
    400,
    { error: { code: "script_error", message: "The script has 1 turns, this is request 2." } },
  ]);
});

test("a function chooses the turn by the request, and its fault reaches the client", async () => {
  const mock = await start(({ lastUserText }, index) => {
    if (lastUserText === "fail") throw new Error("no idea");
    return text(`${index}: ${lastUserText}`);
  });
  expect((await ask(mock, "hi")).text).toBe("0: hi");
  expect((await ask(mock, "ho")).text).toBe("1: ho");
  const response = await post(mock, body("fail"));
  expect([response.status, await response.text()]).toEqual([400, expect.stringContaining("no idea")]);
});

test("a new script starts from its beginning", async () => {
  const mock = await start([text("old 1"), text("old 2")]);
  expect((await ask(mock, "go")).text).toBe("old 1");
  mock.script([text("new 1"), text("new 2")]);
  expect((await ask(mock, "go")).text).toBe("new 1");
});

test("parallel conversations each get their own turns, by session header or by first user message", async () => {
  const turns = [text("one"), status(500), text("three")];
  const mock = await start({ byModel: { "mock-model": turns, other: [text("other")] } });
  const converse = async (prompt: string, headers: Record<string, string>) => {
    const texts = [];
    for (let turn = 0; turn < 3; turn++) texts.push((await ask(mock, prompt, {}, headers)).text);
    return texts;
  };
  const runs = Array.from({ length: 10 }, (_, run) =>
    run % 2 === 0 ? converse("same prompt", { "x-session-id": `session-${run}` }) : converse(`prompt ${run}`, {}),
  );
  expect(await Promise.all(runs)).toEqual(runs.map(() => ["one", "", "three"]));
  expect((await ask(mock, "prompt 1", { model: "other" })).text).toBe("other");
  expect((await post(mock, body("go", { model: "unknown" }))).status).toBe(404);
});

test("a request is recorded with what it says in one vocabulary", async () => {
  const mock = await start([text("ok")]);
  const messages = [
    { role: "system", content: "Be brief." },
    { role: "developer", content: [{ type: "text", text: "Be kind." }] },
    { role: "user", content: "first" },
    { role: "assistant", content: null, tool_calls: [{ id: "c1", function: { name: "ls", arguments: "{}" } }] },
    { role: "tool", tool_call_id: "c1", content: "a.txt" },
    { role: "user", content: [{ type: "text", text: "se" }, { type: "image_url" }, { type: "text", text: "cond" }] },
  ];
  const tools = [
    { type: "function", function: { name: "bash" } },
    { type: "function", function: { name: "read" } },
  ];
  await post(mock, JSON.stringify({ model: "m", stream: true, messages, tools }), { "x-trace": "7" });
  const [request] = mock.requests;
  expect(request).toMatchObject({
    index: 0,
    method: "POST",
    path: "/v1/chat/completions",
    protocol: "chat",
    model: "m",
    stream: true,
    system: ["Be brief.", "Be kind."],
    lastUserText: "se\ncond",
    conversation: "first",
    tools: ["bash", "read"],
    headers: { "x-trace": "7" },
  });
  expect(request?.messages[3]?.toolCalls).toEqual([{ id: "c1", name: "ls", arguments: "{}" }]);
  expect(request?.messages[4]).toMatchObject({ role: "tool", toolCallId: "c1", text: "a.txt" });
  expect(await request?.closed).toBe("answered");
});

test("a body of 3 MB is recorded byte for byte", async () => {
  const mock = await start([text("ok")]);
  const prompt = 'line\u2028separator \u2029 ü 👋 \\ " {env:HOME}\r\n'.repeat(70_000);
  const sent = Buffer.from(body(prompt));
  expect(sent.length).toBeGreaterThan(3_000_000);
  await (await post(mock, sent)).text();
  expect(mock.requests[0]?.rawBody.equals(sent)).toBe(true);
  expect(mock.requests[0]?.lastUserText === prompt).toBe(true);
});

test("waiting for a request finds earlier and later ones, and says what came when it gives up", async () => {
  const mock = await start([text("ok")]);
  const later = mock.waitForRequest(({ lastUserText }) => lastUserText === "second");
  await ask(mock, "first");
  await ask(mock, "second");
  expect((await later).index).toBe(1);
  expect((await mock.waitForRequest(1)).lastUserText).toBe("first");
  await expect(mock.waitForRequest(9, { timeoutMs: 1 })).rejects.toThrow(/received 2:\n#0 mock-model: first\n#1/);
});

test("the models are listed, other paths and unreadable bodies are refused and remembered", async () => {
  const mock = await start({ byModel: { small: [], large: [] } });
  expect(await (await fetch(`${mock.baseUrl}/models`)).json()).toMatchObject({
    data: [{ id: "small" }, { id: "large" }],
  });
  expect((await fetch(`${mock.url}/elsewhere`)).status).toBe(404);
  expect((await post(mock, "[1")).status).toBe(400);
  expect(mock.otherRequests).toEqual(["GET /v1/models", "GET /elsewhere", "POST /v1/chat/completions"]);
  expect(mock.requests).toEqual([]);
});

test("close ends hanging connections and waits, frees the port and may be called twice", async () => {
  const mock = await start([fault("hang-mid-stream"), fault("hang-before-headers")]);
  const first = await openRaw(mock);
  await mock.waitForRequest(1);
  const second = await openRaw(mock);
  await mock.waitForRequest(2);
  const waiting = expect(mock.waitForRequest(3)).rejects.toThrow("closed");
  await Promise.all([mock.close(), mock.close()]);
  await Promise.all([first.closed, second.closed, waiting]);
  expect(await Promise.all(mock.requests.map(({ closed }) => closed))).toEqual(["mock-closed", "mock-closed"]);
  await expect(fetch(mock.url)).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
});

test("a client that leaves while it sends its request does not disturb the next one", async () => {
  const mock = await start([text("still here")]);
  const upload = httpRequest(`${mock.baseUrl}/chat/completions`, { method: "POST" });
  upload.on("error", () => {}); // It ends in a reset of our own making.
  await new Promise<void>((resolve) => upload.write('{"model":', () => resolve()));
  upload.destroy();
  expect((await ask(mock, "go")).text).toBe("still here");
  expect(mock.requests).toHaveLength(1);
});

test("a closed mock model leaves nothing that keeps its process alive", async () => {
  const source = new URL("../../src/testing/index.ts", import.meta.url).href;
  const program = `
    import { startMockModel, fault } from "${source}";
    const mock = await startMockModel({ script: [fault("hang-mid-stream")] });
    const client = fetch(mock.baseUrl + "/chat/completions", { method: "POST", body: "{}" });
    const request = await mock.waitForRequest(1);
    await (await client).body.getReader().read();
    await mock.close();
    console.log(await request.closed);
  `;
  const child = spawn(process.execPath, ["--input-type=module", "--no-warnings", "--eval", program]);
  let printed = "";
  child.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  expect([await once(child, "close"), printed]).toEqual([[0, null], "mock-closed\n"]);
}, 20_000);
