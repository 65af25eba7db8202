import { connect } from "node:net";
import { onTestFinished } from "vitest";
import { startMockModel } from "../../src/testing/index.ts";
import type { MockModel, MockModelOptions, Script } from "../../src/testing/index.ts";

/** A mock model that lives as long as the test. */
export async function start(script: Script, options: Omit<MockModelOptions, "script"> = {}): Promise<MockModel> {
  const mock = await startMockModel({ script, ...options });
  onTestFinished(() => mock.close());
  return mock;
}

export function body(prompt: string, more: Record<string, unknown> = {}): string {
  const messages = [{ role: "user", content: prompt }];
  return JSON.stringify({
    model: "mock-model",
    stream: true,
    stream_options: { include_usage: true },
    messages,
    ...more,
  });
}

export function post(mock: MockModel, sent: string | Buffer<ArrayBuffer>, headers: Record<string, string> = {}) {
  return fetch(`${mock.baseUrl}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: sent,
  });
}

export async function ask(
  mock: MockModel,
  prompt: string,
  more?: Record<string, unknown>,
  headers?: Record<string, string>,
) {
  const response = await post(mock, body(prompt, more), headers);
  return { headers: response.headers, ...collect(await response.text()) };
}

interface Chunk {
  choices?: {
    delta: {
      content?: string;
      reasoning_content?: string;
      tool_calls?: { index: number; id?: string; function: { name?: string; arguments: string } }[];
    };
    finish_reason: string | null;
  }[];
  usage?: unknown;
  error?: unknown;
}

/** Folds a stream as a client does. */
export function collect(received: string) {
  const data = [...received.matchAll(/^data: (.*)\n\n/gm)].map(([, line = ""]) => line);
  const frames = data.filter((line) => line.startsWith('{"')).map((line) => JSON.parse(line) as Chunk);
  const choices = frames.flatMap((frame) => frame.choices ?? []);
  const toolCalls: { id: string; name: string; arguments: string }[] = [];
  for (const { index, id, function: part } of choices.flatMap(({ delta }) => delta.tool_calls ?? [])) {
    const call = (toolCalls[index] ??= { id: id ?? "", name: part.name ?? "", arguments: "" });
    call.arguments += part.arguments;
  }
  return {
    frames,
    text: choices.map(({ delta }) => delta.content ?? "").join(""),
    reasoning: choices.map(({ delta }) => delta.reasoning_content ?? "").join(""),
    toolCalls,
    finish: choices.find((choice) => choice.finish_reason !== null)?.finish_reason,
    usage: frames.find((frame) => frame.usage !== undefined)?.usage,
    done: data.at(-1) === "[DONE]",
  };
}

/** A client without any comfort: it sees every byte and leaves when it wants. */
export async function openRaw(mock: MockModel) {
  const socket = connect(Number(new URL(mock.url).port), "127.0.0.1");
  let received = "";
  socket.setEncoding("utf8").on("data", (chunk: string) => (received += chunk));
  socket.on("error", () => {}); // A reset counts as closed.
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  const sent = body("hang");
  socket.write(`POST /v1/chat/completions HTTP/1.1\r\nhost: mock\r\ncontent-length: ${sent.length}\r\n\r\n${sent}`);
  return {
    socket,
    closed,
    received: () => received,
    until: async (pattern: string) => {
      while (!new RegExp(pattern).test(received)) await new Promise((resolve) => socket.once("data", resolve));
    },
  };
}
