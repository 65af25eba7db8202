/**
 * What a run sets in Codex's configuration (0.169.0): `-c key=value`, the value in TOML, over all of the user's files.
 *
 * What surprised us:
 * - A setting of the command line is merged with the user's; a list replaces theirs.
 * - Where nobody can be asked, a tool of an MCP server is refused unless the server's tools are approved beforehand.
 * - The model is called before all servers have started; it finds their tools when it looks for them.
 * - A server that does not start is a warning in the log, below its usual level; the run goes on without it.
 */
import type { RunRequest } from "../../provider.ts";
import type { McpServer } from "../../vocabulary/mcp.ts";

/** Settings as arguments. */
export function setting(key: string, value: unknown): readonly string[] {
  return ["-c", `${key}=${toToml(value)}`];
}

/** A value in TOML, on one line. JSON's strings are TOML's, but for one character. */
export function toToml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toToml).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value).replaceAll("\u007f", "\\u007f");
  return `{${Object.entries(value)
    .map(([key, inner]) => `${toToml(key)}=${toToml(inner)}`)
    .join(",")}}`;
}

/** Where the sandbox lets commands and patches write, and how they reach the network. */
export function sandboxSettings({ permissions, addDirs, env }: RunRequest): readonly string[] {
  if (permissions !== "workspace") return [];
  const table = "sandbox_workspace_write";
  return [
    ...setting(`${table}.network_access`, true),
    ...setting(`${table}.writable_roots`, addDirs),
    ...setting(`${table}.exclude_tmpdir_env_var`, false),
    // One temp directory is enough.
    ...setting(`${table}.exclude_slash_tmp`, Boolean(env["TMPDIR"])),
  ];
}

/** What the servers of a run take. No variable and no header is an argument, which all users of a machine can see. */
export interface McpParts {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
}

export function mcpParts({ mcpServers, cwd, scratch }: RunRequest): McpParts {
  const parts = Object.entries(mcpServers).map(([name, server]) => partsOf(name, server, cwd, scratch));
  return {
    args: parts.flatMap(({ args }) => args),
    env: Object.assign({}, ...parts.map(({ env }) => env)) as Record<string, string>,
    files: Object.assign({}, ...parts.map(({ files }) => files)) as Record<string, string>,
  };
}

/** How the variables begin that have the headers of servers. */
export const headerVariables = "HITCH_MCP_";

function partsOf(name: string, server: McpServer, cwd: string, scratch: string): McpParts {
  const settings = (values: Readonly<Record<string, unknown>>): readonly string[] =>
    setting(`mcp_servers.${name}`, { ...values, enabled: true, default_tools_approval_mode: "approve" });
  if ("url" in server) {
    const headers = Object.entries(server.headers ?? {});
    const variable = (index: number): string => `${headerVariables}${name.replaceAll("-", "_")}_${index}`;
    const names = headers.map(([header], index) => [header, variable(index)] as const);
    return {
      args: settings({ url: server.url, env_http_headers: Object.fromEntries(names) }),
      env: Object.fromEntries(headers.map(([, value], index) => [variable(index), value] as const)),
      files: {},
    };
  }
  const { command, args = [], env = {} } = server;
  if (Object.keys(env).length === 0) return { args: settings({ command, args, cwd }), env: {}, files: {} };
  const file = `mcp-${name}.sh`;
  const exports = Object.entries(env).map(([variable, value]) => `export ${variable}=${quoteForShell(value)}\n`);
  return {
    args: settings({ command: "/bin/sh", args: [`${scratch}/${file}`, command, ...args], cwd }),
    env: {},
    files: { [file]: `${exports.join("")}exec "$@"\n` },
  };
}

function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
