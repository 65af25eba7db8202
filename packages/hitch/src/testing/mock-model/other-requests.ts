import type { ServerResponse } from "node:http";
import { buildOpenAIError } from "./protocols/openai-error.ts";
import { protocols } from "./protocols/index.ts";
import type { Script } from "./script.ts";

/** Answers what is not a request for the model: the list of models, unknown paths, bodies that can't be read. */
export function answerOther(response: ServerResponse, method: string, path: string, script: Script): void {
  if (method === "GET" && path.endsWith("/models")) return sendJson(response, 200, listModels(script));
  if (protocols.some((protocol) => protocol.matches(method, path))) {
    return sendJson(response, 400, buildOpenAIError(400, { message: "The body is not a JSON object." }));
  }
  const message = `The mock model has nothing at ${method} ${path}.`;
  sendJson(response, 404, buildOpenAIError(404, { message, code: "not_found" }));
}

function listModels(script: Script): unknown {
  const names = "byModel" in script ? Object.keys(script.byModel) : ["mock-model"];
  return { object: "list", data: names.map((id) => ({ id, object: "model", created: 0, owned_by: "mock" })) };
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
