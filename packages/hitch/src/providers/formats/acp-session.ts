/** What a session of the Agent Client Protocol is opened with: directory, servers and prompt. */
import type { RunRequest } from "../../provider.ts";
import type { ErrorCode } from "../../vocabulary/codes.ts";
import { asObject, at, numberAt } from "../../vocabulary/json.ts";
import { transportOf, type McpServer, type McpServers } from "../../vocabulary/mcp.ts";

/** Version of the protocol. */
const protocolVersion = 1;

/** Neither files nor terminals of ours: the agent has its own, and what it does with them is its own process's. */
export const initializeParams = {
  protocolVersion,
  clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
  clientInfo: { name: "hitch", version: "1" },
} as const;

/** Something that the run needs and the agent cannot do. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
}

/** A call to make. */
export interface Call {
  readonly method: string;
  readonly params: object;
}

/** How the session is opened, with these servers, by what the agent said of itself in its answer to `initialize`. */
export function openSession(request: RunRequest, mcpServers: McpServers, itself: unknown): Call | Refusal {
  const { cwd, session, fork } = request;
  const version = numberAt(itself, "protocolVersion");
  if (version !== protocolVersion) {
    const message = `The agent speaks version ${version ?? "unknown"} of the protocol, not ${protocolVersion}.`;
    return refuse(message, "protocol");
  }
  const capabilities = at(itself, "agentCapabilities");
  const missing = Object.entries(mcpServers).find(
    ([, server]) =>
      transportOf(server) !== "stdio" && at(capabilities, "mcpCapabilities", transportOf(server)) !== true,
  );
  if (missing !== undefined) {
    return refuse(`mcpServers: the agent speaks no ${transportOf(missing[1])}, as ${missing[0]} needs`);
  }
  const params = { cwd, mcpServers: Object.entries(mcpServers).map(toServer) };
  if (session === undefined) return { method: "session/new", params };
  const can = (name: string): boolean => asObject(at(capabilities, "sessionCapabilities", name)) !== undefined;
  const again = { ...params, sessionId: session.id };
  if (fork)
    return can("fork") ? { method: "session/fork", params: again } : refuse("fork: the agent cannot branch a session");
  // Loading repeats the whole conversation, resuming does not.
  if (can("resume")) return { method: "session/resume", params: again };
  if (at(capabilities, "loadSession") === true) return { method: "session/load", params: again };
  return refuse("session: the agent cannot continue a session");
}

export function refuse(message: string, code: ErrorCode = "unsupported-option"): Refusal {
  return { code, message };
}

function toServer([name, server]: readonly [string, McpServer]): object {
  const list = (values: Readonly<Record<string, string>> = {}): object[] =>
    Object.entries(values).map(([key, value]) => ({ name: key, value }));
  if ("url" in server) return { type: server.type, name, url: server.url, headers: list(server.headers) };
  return { name, command: server.command, args: server.args ?? [], env: list(server.env) };
}

/** The prompt, and a link to each attachment, which the agent reads itself. */
export function promptBlocks({ prompt, attachments }: RunRequest): readonly object[] {
  // What begins with one of these, after white space or not, is a command to some agents (OpenCode 1.18.33, Gemini
  // 0.61.0, Qwen 0.24.4). A space without width is none to them, and nothing to the model.
  const text = /^\s*[/$]/.test(prompt) ? `\u200b${prompt}` : prompt;
  return [{ type: "text", text }, ...attachments.map(toLink)];
}

function toLink(path: string): object {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const extension = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  const uri = `file://${path.split("/").map(encodeURIComponent).join("/")}`;
  return { type: "resource_link", name, uri, mimeType: mediaTypes.get(extension) ?? "text/plain" };
}

const mediaTypes = new Map([
  ["png", "image/png"],
  ["jpg", "image/jpeg"],
  ["jpeg", "image/jpeg"],
  ["gif", "image/gif"],
  ["webp", "image/webp"],
  ["pdf", "application/pdf"],
]);
