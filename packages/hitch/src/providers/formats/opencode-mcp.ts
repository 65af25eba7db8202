/**
 * MCP servers of a run in OpenCode's words (1.18.33). A tool reaches the model as `<server>_<tool>`.
 *
 * What surprised us:
 * - A server that does not start, or not within 30 s, is only a warning in the log; the run goes on without it.
 * - A call that takes 60 s without a sign of progress is an error to the model.
 * - A server one of whose tools OpenCode cannot read (`true` as a property's schema is enough) has no tools at all, and
 *   not even the log says so.
 * - A tool's schema stays as it is but for its root, which gets `additionalProperties: false` and `properties`.
 * - A server of the same name in the user's configuration is merged with ours: variables and headers that only theirs
 *   has stay. Nothing can take a key away, but all that ours can set, it sets.
 */
import type { RunRequest } from "../../provider.ts";
import type { JsonObject } from "../../vocabulary/json.ts";
import type { McpServer } from "../../vocabulary/mcp.ts";
import { logField } from "./opencode-failures.ts";

/** The configuration's `mcp`. */
export function mcpConfig({ mcpServers, cwd }: RunRequest): JsonObject {
  return Object.fromEntries(Object.entries(mcpServers).map(([name, server]) => [name, configOf(server, cwd)]));
}

function configOf(server: McpServer, cwd: string): JsonObject {
  if (!("url" in server)) {
    const { command, args = [], env = {} } = server;
    return { type: "local", command: [command, ...args], environment: env, cwd, enabled: true };
  }
  // It tries both ways of speaking to a server by itself. A login would register it there, and wait for somebody.
  return { type: "remote", url: server.url, headers: server.headers ?? {}, oauth: false, enabled: true };
}

/** What a line of the log says about one of these servers: that it is not there, or not any more. */
export function decodeLostServer(line: string, names: readonly string[]): string | undefined {
  const lost = losses.find(({ message }) => message === logField(line, "message"));
  const name = lost && logField(line, lost.field);
  if (lost === undefined || name === undefined || !names.includes(name)) return undefined;
  return `the MCP server ${name} ${lost.what}; the agent goes on without its tools`;
}

const losses = [
  { message: "server unavailable", field: "key", what: "could not be started or reached" },
  { message: "MCP connection closed", field: "server", what: "has gone" },
] as const;
