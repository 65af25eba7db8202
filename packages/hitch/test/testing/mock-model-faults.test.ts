import { expect, test } from "vitest";
import { fault, refusedUrl, text } from "../../src/testing/index.ts";
import type { Fault } from "../../src/testing/index.ts";
import { ask, body, collect, openRaw, post, start } from "./mock-model-client.ts";

test.each<{ name: Fault; headersArrive: boolean; contentArrives: boolean }>([
  { name: "hang-before-headers", headersArrive: false, contentArrives: false },
  { name: "hang-after-headers", headersArrive: true, contentArrives: false },
  { name: "hang-mid-stream", headersArrive: true, contentArrives: true },
])(
  "$name stays open until the client leaves, and the mock notices",
  async ({ name, headersArrive, contentArrives }) => {
    const mock = await start([fault(name, { text: "halfway" })]);
    const raw = await openRaw(mock);
    const request = await mock.waitForRequest(1);
    if (contentArrives) await raw.until("halfway");
    else if (headersArrive) await raw.until("HTTP/1.1 200 OK");
    expect(raw.received().includes("200 OK")).toBe(headersArrive);
    expect(raw.received().includes("halfway")).toBe(contentArrives);
    raw.socket.destroy();
    expect(await request.closed).toBe("client-left");
  },
);

test("reset ends the connection before any header", async () => {
  const mock = await start([fault("reset")]);
  await expect(post(mock, body("go"))).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
  expect(await mock.requests[0]?.closed).toBe("mock-closed");
});

test("cut delivers the text and then breaks the body off", async () => {
  const mock = await start([fault("cut", { text: "everything up to here arrives" })]);
  const response = await post(mock, body("go"));
  const { received, error } = await readAsFarAsPossible(response);
  expect(collect(received).text).toBe("everything up to here arrives");
  expect(collect(received).finish).toBeUndefined();
  expect(error).toBeInstanceOf(TypeError);
  expect(await mock.requests[0]?.closed).toBe("mock-closed");
});

test("malformed sends a line that is not JSON after the text", async () => {
  const mock = await start([fault("malformed", { text: "so far" })]);
  const received = await (await post(mock, body("go"))).text();
  expect(received).toMatch(/so far[^]*\n\ndata: \{not json\n\n$/);
});

test("no-finish ends the body properly, without finish reason, usage and [DONE]", async () => {
  const mock = await start([fault("no-finish", { text: "and then" })]);
  const answer = await ask(mock, "go");
  expect(answer).toMatchObject({ text: "and then", done: false });
  expect([answer.finish, answer.usage]).toEqual([undefined, undefined]);
});

test("empty is a clean stop that says nothing", async () => {
  const mock = await start([fault("empty")]);
  expect(await ask(mock, "go")).toMatchObject({ text: "", toolCalls: [], finish: "stop", done: true });
});

test("not-sse is a web page with status 200", async () => {
  const mock = await start([fault("not-sse")]);
  const response = await post(mock, body("go"));
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  expect(await response.text()).toContain("Sign in");
});

test("stream-error puts an error object into the stream", async () => {
  const mock = await start([fault("stream-error", { message: "upstream died", code: "upstream" })]);
  const answer = await ask(mock, "go");
  expect(answer.text).toBe("The first words of an answer");
  expect(answer.frames.at(-1)).toMatchObject({ error: { message: "upstream died", code: "upstream" } });
  expect(answer.done).toBe(false);
});

test("a dripping answer arrives piece by piece and complete, and stops when the client leaves", async () => {
  const mock = await start([
    text("a slow answer in several pieces", { dripMs: 5, delayMs: 5 }),
    text("x", { dripMs: 60_000 }),
  ]);
  expect((await ask(mock, "go")).text).toBe("a slow answer in several pieces");
  const raw = await openRaw(mock);
  const request = await mock.waitForRequest(2);
  await raw.until("200 OK");
  raw.socket.destroy();
  expect(await request.closed).toBe("client-left");
});

test("nothing listens on a refused URL", async () => {
  await expect(fetch(await refusedUrl())).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
});

async function readAsFarAsPossible(response: Response) {
  let received = "";
  const decoder = new TextDecoder();
  try {
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>)
      received += decoder.decode(chunk, { stream: true });
  } catch (error) {
    return { received, error };
  }
  return { received, error: undefined };
}
