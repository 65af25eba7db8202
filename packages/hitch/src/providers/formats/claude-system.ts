/** What Claude Code 2.1.330 tells in `system` lines besides the session and the model. */
import type { Decoded } from "../../provider.ts";
import type { AgentEvent } from "../../vocabulary/events.ts";
import { asArray, numberAt, stringAt, type JsonObject } from "../../vocabulary/json.ts";

/** `servers`: those that the run brings along. Undefined: a line about other things. */
export function readSystem(line: JsonObject, servers: readonly string[]): Decoded | undefined {
  switch (line["subtype"]) {
    case "init":
      return { events: asArray(line["mcp_servers"]).flatMap((server) => readServer(server, servers)) };
    case "api_retry":
      return readRetry(line);
    case "permission_denied": {
      const message = stringAt(line, "message") ?? "";
      return { events: [{ type: "permission", toolName: stringAt(line, "tool_name") ?? "", message }] };
    }
    case "compact_boundary":
      return { events: [{ type: "compaction" }] };
    default:
      return undefined;
  }
}

function readServer(server: unknown, servers: readonly string[]): readonly AgentEvent[] {
  const name = stringAt(server, "name") ?? "";
  if (stringAt(server, "status") !== "failed" || !servers.includes(name)) return [];
  const message = `the MCP server ${name} could not be started or reached; the agent goes on without its tools`;
  return [{ type: "warning", message }];
}

/** A failed call of the model that is made again. Without a status there was no answer. */
function readRetry(line: JsonObject): Decoded {
  const status = numberAt(line, "error_status");
  const delayMs = numberAt(line, "retry_delay_ms");
  const name = stringAt(line, "error") ?? "unknown";
  const reason = status === undefined ? `no answer (${name})` : `HTTP ${status} (${name})`;
  return {
    events: [{ type: "retry", reason, ...(delayMs !== undefined && { delayMs }) }],
    evidence: [{ type: "failure", recovered: true, message: reason, name, ...(status !== undefined && { status }) }],
  };
}
