/** MCP servers, in the form of the `mcpServers` that most agents and editors read. */

/** A server that the agent starts and speaks to over stdin and stdout. */
export interface StdioMcpServer {
  readonly type?: "stdio";
  readonly command: string;
  readonly args?: readonly string[];
  /** Variables added to the server's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A server that the agent reaches over HTTP. */
export interface RemoteMcpServer {
  readonly type: "http" | "sse";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type McpServer = StdioMcpServer | RemoteMcpServer;

/** How an agent speaks to a server. */
export type McpTransport = "stdio" | "http" | "sse";

/** Servers by name. */
export type McpServers = Readonly<Record<string, McpServer>>;

/** How the agent speaks to this one. */
export function transportOf(server: McpServer): McpTransport {
  return server.type ?? "stdio";
}
