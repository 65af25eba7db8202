/** The tool's server, as the official client sees it: through the program that an agent starts. */
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { expect, onTestFinished, test } from "vitest";
import { openToolServer, toolServerIn } from "../../src/effects/tool-server/tool-server.ts";
import { createSubmitTool } from "../../src/output/submit-tool.ts";
import { temporaryDirectory } from "../support/start.ts";

const inputSchema = { type: "object", properties: { age: { type: "integer" } }, required: ["age"] };

/** A server whose tool takes what has an integer `age`, and the submitted values. */
async function open(directory = temporaryDirectory()): Promise<{ submitted: unknown[]; close: () => void }> {
  const submitted: unknown[] = [];
  const submit = (value: unknown) => {
    submitted.push(value);
    const fits = Number.isInteger((value as { age: unknown }).age);
    return Promise.resolve(fits ? ({ accepted: true } as const) : { accepted: false as const, issues: ["age: no"] });
  };
  const tool = createSubmitTool({ inputSchema, submit });
  const { close } = await openToolServer(directory, (message) => tool.answer(message));
  onTestFinished(close);
  return { submitted, close };
}

async function connect(directory: string): Promise<{ client: Client; transport: StdioClientTransport }> {
  const { command, args = [], env = {} } = toolServerIn(directory);
  const transport = new StdioClientTransport({ command, args: [...args], env: { ...env }, stderr: "pipe" });
  const client = new Client({ name: "test", version: "1.0.0" });
  await client.connect(transport);
  onTestFinished(() => client.close());
  return { client, transport };
}

test("offers one tool, tells what is wrong with a value, and takes one that fits", async () => {
  const directory = temporaryDirectory();
  const { submitted } = await open(directory);
  const { client } = await connect(directory);
  const { tools } = await client.listTools();
  expect(tools).toMatchObject([{ name: "submit_output", inputSchema, annotations: { readOnlyHint: true } }]);

  const call = (value: Record<string, unknown>) => client.callTool({ name: "submit_output", arguments: value });
  expect(await call({ age: "old" })).toMatchObject({
    isError: true,
    content: [{ type: "text", text: expect.stringContaining("age: no") as string }],
  });
  const accepted = await call({ age: 42 });
  expect(accepted.isError ?? false).toBe(false);
  expect(submitted).toEqual([{ age: "old" }, { age: 42 }]);
  await expect(client.callTool({ name: "other", arguments: {} })).rejects.toThrow("other");
});

test("serves several clients, and values of any size", async () => {
  const directory = temporaryDirectory();
  const { submitted } = await open(directory);
  const clients = await Promise.all([connect(directory), connect(directory)]);
  const text = "ä\u2028".repeat(500_000);
  await Promise.all(
    clients.map(({ client }, index) => client.callTool({ name: "submit_output", arguments: { age: index, text } })),
  );
  expect(submitted).toEqual(
    expect.arrayContaining([
      { age: 0, text },
      { age: 1, text },
    ]),
  );
});

test("the program ends with the run, and without one", async () => {
  const directory = temporaryDirectory();
  const { close } = await open(directory);
  const { transport } = await connect(directory);
  const ended = new Promise<void>((resolve) => (transport.onclose = resolve));
  close();
  await ended;
  expect(readdirSync(directory)).toEqual([]);
  await expect(connect(directory)).rejects.toThrow();
});

test("a directory whose path is too long for a socket has one all the same", async () => {
  const parent = temporaryDirectory();
  const directory = join(parent, "d".repeat(100), "e".repeat(100));
  mkdirSync(directory, { recursive: true });
  await open(directory);
  expect(existsSync(join(directory, "tool.sock"))).toBe(true);
  const { client } = await connect(directory);
  expect((await client.listTools()).tools).toHaveLength(1);
});
