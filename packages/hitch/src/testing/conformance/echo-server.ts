/** An MCP server over stdin and stdout with one tool, `echo`: it gives back a text, after the prefix in `ECHO_PREFIX`. */
import { createInterface } from "node:readline";
import { asObject, at, parseObject, stringAt, type JsonObject } from "../../vocabulary/json.ts";

const tool = {
  name: "echo",
  description: "Gives back a text",
  inputSchema: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
};

createInterface({ input: process.stdin }).on("line", (line) => {
  const request = parseObject(line);
  if (request?.["id"] === undefined) return;
  const { id, method } = request;
  process.stdout.write(
    `${JSON.stringify({ jsonrpc: "2.0", id, ...answer(method, asObject(request["params"]) ?? {}) })}\n`,
  );
});

function answer(method: unknown, params: JsonObject): object {
  switch (method) {
    case "initialize":
      return {
        result: {
          protocolVersion: stringAt(params, "protocolVersion") ?? "2025-06-18",
          capabilities: { tools: {} },
          serverInfo: { name: "echo", version: "1.0.0" },
        },
      };
    case "tools/list":
      return { result: { tools: [tool] } };
    case "tools/call": {
      const text = `${process.env.ECHO_PREFIX ?? ""}${String(at(params, "arguments", "text"))}`;
      return { result: { content: [{ type: "text", text }] } };
    }
    case "ping":
      return { result: {} };
    default:
      return { error: { code: -32601, message: "Method not found" } };
  }
}
