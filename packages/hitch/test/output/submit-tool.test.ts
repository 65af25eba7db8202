import { describe, expect, test } from "vitest";
import { createSubmitTool, type Submission } from "../../src/output/submit-tool.ts";

const inputSchema = { type: "object", properties: { a: { type: "string" } } };

function start(...submissions: readonly (Submission | Error)[]) {
  const submitted: unknown[] = [];
  const left = [...submissions];
  const tool = createSubmitTool({
    inputSchema,
    async submit(value) {
      submitted.push(value);
      const next = left.shift() ?? { accepted: true };
      if (next instanceof Error) throw next;
      return next;
    },
  });
  return {
    submitted,
    /** The replies that a message gets, parsed. */
    ask: async (message: unknown): Promise<unknown> => {
      const reply = await tool.answer(typeof message === "string" ? message : JSON.stringify(message));
      return reply === undefined ? undefined : (JSON.parse(reply) as unknown);
    },
  };
}

function request(method: string, params?: unknown, id: unknown = 1) {
  return { jsonrpc: "2.0", id, method, params };
}

function call(value: unknown, id: unknown = 1) {
  return request("tools/call", { name: "submit_output", arguments: value }, id);
}

describe("the handshake", () => {
  test.each([
    ["2024-11-05", "2024-11-05"],
    ["2025-03-26", "2025-03-26"],
    ["2025-06-18", "2025-06-18"],
    ["2025-11-25", "2025-11-25"],
    ["2099-01-01", "2025-11-25"],
    [undefined, "2025-11-25"],
  ])("protocol %s is answered by %s", async (protocolVersion, answered) => {
    const reply = await start().ask(request("initialize", { protocolVersion, capabilities: {} }));
    expect(reply).toMatchObject({
      id: 1,
      result: { protocolVersion: answered, capabilities: { tools: {} }, serverInfo: { name: "hitch" } },
    });
  });

  test("a ping is answered", async () => {
    expect(await start().ask(request("ping", undefined, "p"))).toEqual({ jsonrpc: "2.0", id: "p", result: {} });
  });

  test("there is one tool, which changes nothing", async () => {
    expect(await start().ask(request("tools/list"))).toMatchObject({
      result: {
        tools: [
          {
            name: "submit_output",
            inputSchema,
            annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
          },
        ],
      },
    });
  });
});

describe("a submitted value", () => {
  test("is refused with its issues, then accepted", async () => {
    const { ask, submitted } = start({ accepted: false, issues: ["a: must be string", "b: is missing"] });
    const refused = await ask(call({ a: 1 }));
    expect(refused).toMatchObject({ id: 1, result: { isError: true, content: [{ type: "text" }] } });
    expect(JSON.stringify(refused)).toContain("- a: must be string\\n- b: is missing\\n");
    const accepted = await ask(call({ a: "x" }, "two"));
    expect(accepted).toMatchObject({
      id: "two",
      result: { content: [{ text: expect.stringContaining("accepted") as string }] },
    });
    expect(JSON.stringify(accepted)).not.toContain("isError");
    expect(submitted).toEqual([{ a: 1 }, { a: "x" }]);
  });

  test("keeps hostile names, and may be left out", async () => {
    const { ask, submitted } = start();
    await ask(
      `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"submit_output","arguments":{"__proto__":1}}}`,
    );
    await ask(request("tools/call", { name: "submit_output" }));
    expect(submitted.map((value) => Object.keys(value as object))).toEqual([["__proto__"], []]);
  });

  test("that cannot be checked is an error of the protocol", async () => {
    const reply = await start(new Error("database is down")).ask(call({}));
    expect(reply).toMatchObject({
      id: 1,
      error: { code: -32603, message: expect.stringContaining("database is down") as string },
    });
  });
});

describe("what is wrong is refused", () => {
  const failures: readonly (readonly [string, unknown, number, unknown])[] = [
    ["no JSON", "{garbage", -32700, null],
    ["an empty line", "", -32700, null],
    ["no object", "5", -32600, null],
    ["another version", { id: 1, method: "ping" }, -32600, null],
    ["an id of a wrong type", { jsonrpc: "2.0", id: {}, method: "ping" }, -32600, null],
    ["an empty batch", [], -32600, null],
    ["an unknown method", request("resources/list"), -32601, 1],
    ["a method named like one of every object", request("constructor"), -32601, 1],
    ["an unknown tool", request("tools/call", { name: "delete_all" }), -32602, 1],
    ["no tool", request("tools/call"), -32602, 1],
    ["a list as arguments", call([1]), -32602, 1],
  ];
  test.each(failures)("%s", async (_, message, code, id) => {
    const { ask, submitted } = start();
    expect(await ask(message)).toMatchObject({ jsonrpc: "2.0", id, error: { code } });
    expect(submitted).toEqual([]);
  });

  test.each([
    { jsonrpc: "2.0", method: "notifications/initialized" },
    { jsonrpc: "2.0", method: "tools/call", params: { name: "submit_output", arguments: {} } },
    { jsonrpc: "2.0", id: 1, result: {} },
    [{ jsonrpc: "2.0", method: "notifications/cancelled" }],
  ])("%j wants no answer", async (message) => {
    const { ask, submitted } = start();
    expect(await ask(message)).toBeUndefined();
    expect(submitted).toEqual([]);
  });
});

test("a batch is answered in its order", async () => {
  const { ask, submitted } = start();
  const reply = await ask([call({ a: "1" }, 1), { jsonrpc: "2.0", method: "notifications/x" }, call({ a: "2" }, 2), 7]);
  expect(reply).toMatchObject([{ id: 1 }, { id: 2 }, { id: null, error: { code: -32600 } }]);
  expect(submitted).toEqual([{ a: "1" }, { a: "2" }]);
});
