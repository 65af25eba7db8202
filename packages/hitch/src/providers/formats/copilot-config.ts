/**
 * What a run sets for Copilot CLI (1.0.102): its permissions and its MCP servers.
 *
 * What surprised us:
 * - A denial beats whatever the user has approved, an approval of the command line only adds to it.
 * - Paths in commands are looked at too, before they run; it is no sandbox.
 * - A server of the same name in the user's configuration is replaced by the run's.
 */
import type { RunRequest } from "../../provider.ts";
import type { McpServer } from "../../vocabulary/mcp.ts";

/** The flags of a level. The tools of the run's own servers may always be used. */
export function permissionFlags({ permissions, addDirs, mcpServers }: RunRequest): readonly string[] {
  const further = addDirs.map((directory) => `--add-dir=${directory}`);
  switch (permissions) {
    case "read-only": {
      const allowed = Object.keys(mcpServers).map((name) => `--allow-tool=${name}`);
      return [
        "--disallow-temp-dir",
        "--deny-tool=write",
        "--deny-tool=shell",
        "--deny-tool=url",
        ...allowed,
        ...further,
      ];
    }
    case "workspace":
      return ["--disallow-temp-dir", "--allow-all-tools", "--allow-all-urls", ...further];
    case "unrestricted":
      return ["--allow-all", ...further];
  }
}

/** The file that has the servers of the run, if there are any. Variables and headers are no arguments. */
export function mcpFile({ mcpServers, cwd }: RunRequest): Readonly<Record<string, string>> {
  const names = Object.keys(mcpServers);
  const servers: Record<string, object> = Object.fromEntries(
    Object.entries(mcpServers).map(([name, server]) => [name, { ...configOf(server, cwd), tools: ["*"] }] as const),
  );
  return names.length === 0 ? {} : { "mcp.json": JSON.stringify({ mcpServers: servers }) };
}

function configOf(server: McpServer, cwd: string): object {
  if ("url" in server) return { type: server.type, url: server.url, headers: server.headers ?? {} };
  return { type: "local", command: server.command, args: server.args ?? [], env: server.env ?? {}, cwd };
}
