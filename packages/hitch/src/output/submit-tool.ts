/**
 * The tool `submit_output` as an MCP server without a transport: one JSON-RPC message in, the reply out.
 * Follows https://modelcontextprotocol.io/specification (2024-11-05 to 2025-11-25) as far as a single tool needs it.
 */
import { asObject, parseJson, stringAt, type JsonObject } from "../vocabulary/json.ts";

export const submitToolName = "submit_output";

/** What became of a submitted value. */
export type Submission = { readonly accepted: true } | { readonly accepted: false; readonly issues: readonly string[] };

export interface SubmitTool {
  /** Takes one line and gives the line to send back; `undefined` where none is due. Never rejects. */
  answer(message: string): Promise<string | undefined>;
}

export interface SubmitOptions {
  readonly inputSchema: JsonObject;
  /** Checks a value. If it rejects, the caller gets an error of the protocol. */
  submit(value: unknown): Promise<Submission>;
}

export function createSubmitTool(options: SubmitOptions): SubmitTool {
  const answerOne = async (message: unknown): Promise<object | undefined> => {
    const request = asObject(message);
    const id = request?.id;
    const method = stringAt(request, "method");
    if (request === undefined || request.jsonrpc !== "2.0") return failure(null, errors.invalidRequest);
    // We ask nothing, so a response is nobody's; a notification wants no answer.
    if (method === undefined && ("result" in request || "error" in request)) return undefined;
    if (method === undefined || (id !== undefined && !isId(id))) return failure(null, errors.invalidRequest);
    if (id === undefined) return undefined;
    switch (method) {
      case "initialize":
        return success(id, initialize(request));
      case "ping":
        return success(id, {});
      case "tools/list":
        return success(id, { tools: [describeTool(options.inputSchema)] });
      case "tools/call":
        return call(id, request, options);
      default:
        return failure(id, { code: -32601, message: `Method not found: ${method}` });
    }
  };

  return {
    async answer(message) {
      const parsed = parseJson(message);
      if (parsed === undefined) return JSON.stringify(failure(null, errors.parse));
      const reply = Array.isArray(parsed) ? await answerAll(parsed, answerOne) : await answerOne(parsed);
      return reply && JSON.stringify(reply);
    },
  };
}

type Id = string | number;

const errors = {
  parse: { code: -32700, message: "Parse error: this is not JSON" },
  invalidRequest: { code: -32600, message: "Invalid Request" },
};

/** Oldest first. */
const protocolVersions = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];

/** A batch, as 2025-03-26 has it. One after the other: the last accepted value wins. */
async function answerAll(
  messages: readonly unknown[],
  answerOne: (message: unknown) => Promise<object | undefined>,
): Promise<object | undefined> {
  if (messages.length === 0) return failure(null, errors.invalidRequest);
  const replies: object[] = [];
  for (const message of messages) {
    const reply = await answerOne(message);
    if (reply) replies.push(reply);
  }
  return replies.length > 0 ? replies : undefined;
}

function initialize(request: JsonObject): JsonObject {
  const asked = stringAt(request, "params", "protocolVersion");
  return {
    protocolVersion: protocolVersions.find((version) => version === asked) ?? protocolVersions.at(-1),
    capabilities: { tools: {} },
    serverInfo: { name: "hitch", version: "1" },
  };
}

function describeTool(inputSchema: JsonObject): JsonObject {
  return {
    name: submitToolName,
    title: "Submit the result",
    description: "Hands over the final result of the task. Call it once, when the task is done.",
    inputSchema,
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  };
}

async function call(id: Id, request: JsonObject, options: SubmitOptions): Promise<object> {
  const params = asObject(request.params) ?? {};
  if (params.name !== submitToolName)
    return failure(id, { code: -32602, message: `Unknown tool: ${String(params.name)}` });
  const value = params.arguments === undefined ? {} : asObject(params.arguments);
  if (value === undefined) return failure(id, { code: -32602, message: "The arguments are not an object" });
  try {
    const submission = await options.submit(value);
    return success(id, submission.accepted ? accepted : refused(submission.issues));
  } catch (error) {
    const message = `The result could not be checked: ${error instanceof Error ? error.message : String(error)}`;
    return failure(id, { code: -32603, message });
  }
}

const accepted = {
  content: [{ type: "text", text: "The result is accepted. The task is done: end now, call no other tool." }],
};

function refused(issues: readonly string[]): JsonObject {
  const lines = [
    "The result is not accepted:",
    ...issues.map((issue) => `- ${issue}`),
    `Correct this and call ${submitToolName} again with the whole result.`,
  ];
  return { content: [{ type: "text", text: lines.join("\n") }], isError: true };
}

function isId(id: unknown): id is Id {
  return typeof id === "string" || typeof id === "number";
}

function success(id: Id, result: JsonObject): object {
  return { jsonrpc: "2.0", id, result };
}

function failure(id: Id | null, error: { readonly code: number; readonly message: string }): object {
  return { jsonrpc: "2.0", id, error };
}
