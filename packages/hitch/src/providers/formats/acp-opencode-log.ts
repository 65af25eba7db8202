/**
 * What the log of `opencode acp` (1.18.33) tells and the protocol does not: calls of the model that are tried again,
 * servers that are lost, and that it goes round in circles. It does that after an answer without a reason for stopping,
 * and if nothing was in the answer, the protocol tells nothing at all (8 calls in 6 s seen).
 */
import type { Decoded, Evidence, RunRequest } from "../../provider.ts";
import { decodeLogLine, logField } from "./opencode-failures.ts";
import { decodeLostServer } from "./opencode-mcp.ts";

export const logFlags = ["--print-logs", "--log-level", "INFO"] as const;

/** Rounds without a tool. The end takes one, and a compaction two. */
const mostIdleRounds = 6;

const circle: Evidence = {
  type: "stop",
  code: "protocol",
  message: "The agent calls its model again and again without doing anything: the answers end without saying why.",
};

/** A fresh reader, which takes the lines of the log and how many tools were called so far. */
export function readAcpLog({ mcpServers }: RunRequest): (line: string, toolCalls: number) => Decoded {
  const servers = Object.keys(mcpServers);
  /** Subagents have sessions of their own; their tools are not told. */
  let session: string | undefined;
  let rounds = 0;
  let lastToolCalls = 0;

  const begin = (line: string, toolCalls: number): Decoded => {
    session ??= logField(line, "session.id");
    if (session !== logField(line, "session.id")) return {};
    rounds = toolCalls === lastToolCalls ? rounds + 1 : 0;
    lastToolCalls = toolCalls;
    return rounds === mostIdleRounds ? { evidence: [circle] } : {};
  };

  return (line, toolCalls) => {
    if (logField(line, "message") === "loop") return begin(line, toolCalls);
    const lost = decodeLostServer(line, servers);
    if (lost !== undefined) return { events: [{ type: "warning", message: lost }] };
    const logged = decodeLogLine(line);
    return logged === undefined ? {} : { evidence: [{ type: "failure", ...logged.failure, recovered: true }] };
  };
}
