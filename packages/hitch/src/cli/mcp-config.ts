/** The file of `--mcp-config`. */
import { HarnessError } from "../vocabulary/error.ts";
import { asObject } from "../vocabulary/json.ts";
import type { McpServers } from "../vocabulary/mcp.ts";
import { parseJsonFile } from "./json-file.ts";

/**
 * Reads the servers in a text: what stands under `mcpServers`, as in the files of many agents and editors, or else the
 * whole object. The servers are checked where all options are.
 *
 * @throws HarnessError `invalid-options`, with `not-json` or `wrong-type` as the reason.
 */
export function parseMcpConfig(file: string, text: string): McpServers {
  const content = asObject(parseJsonFile("mcpServers", file, text, hint));
  const servers = content && "mcpServers" in content ? asObject(content["mcpServers"]) : content;
  if (servers !== undefined) return servers as McpServers;
  const message = `mcpServers: ${file} has no object with servers by name`;
  throw new HarnessError({ code: "invalid-options", option: "mcpServers", reason: "wrong-type", message, hint });
}

const hint = 'Give a file like { "mcpServers": { "docs": { "command": "docs-server" } } }.';
