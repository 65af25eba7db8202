/**
 * What `copilot --output-format=json` prints (1.0.102): one JSON object a line, `{ type, data, agentId? }`. A turn is
 * one call of the model and the tools it asks for; its lines have its number. The last line is `result`. What has an
 * `agentId` comes from a subagent.
 */
import type { Decoded, Decoder, Evidence, Failure, RunRequest } from "../../provider.ts";
import type { AgentEvent } from "../../vocabulary/events.ts";
import { asArray, asObject, at, parseObject, stringAt, type JsonObject } from "../../vocabulary/json.ts";
import { readCallFailure, readSessionError, readStartFailure } from "./copilot-failure.ts";
import { endTool, startTool } from "./copilot-tools.ts";

/** So often Copilot asks a model that stopped at its output limit to go on; then it takes that for the answer. */
const mostContinuations = 2;

/** A fresh decoder. */
export function decodeCopilot(request: RunRequest): Decoder {
  const servers = Object.keys(request.mcpServers);
  /** Turns since the last whole message. */
  const turns = new Set<string>();
  let messages = 0;
  /** Of the message that is being said: what came before the model was asked to go on, and what came since. */
  let before = "";
  let said = "";
  /** The turn has a message, so that its end is a step's. */
  let hasAnswered = false;
  let isTruncated = false;
  /** The last message asks for no tool. */
  let isWhole = false;
  let isAborted = false;
  let isStarted = false;
  let lastCall: Failure | undefined;
  /** Why it gave up, as it says. It counts if the run ends badly. */
  let failure: Failure | undefined;

  const id = (): string => `message-${messages}`;

  const takeMessage = (data: JsonObject): Decoded => {
    const text = before + (stringAt(data, "content") ?? "");
    const isFinal = asArray(data["toolRequests"]).length === 0;
    turns.delete(stringAt(data, "turnId") ?? "");
    isWhole = isFinal;
    isTruncated = isFinal && turns.size >= mostContinuations;
    turns.clear();
    hasAnswered = true;
    const events: AgentEvent[] = text === "" ? [] : [{ type: "text", id: id(), text }];
    [before, said] = ["", ""];
    messages += 1;
    return { events };
  };

  const endTurn = (): Decoded => {
    if (!hasAnswered) {
      [before, said] = [before + said, ""];
      return {};
    }
    hasAnswered = false;
    lastCall = undefined;
    return { events: [{ type: "finish-step", cost: { source: "unknown" } }] };
  };

  const retry = (data: JsonObject): Decoded => {
    // What the failed call has said is said again.
    const undone: AgentEvent[] = said === "" ? [] : [{ type: "text", id: id(), text: before }];
    said = "";
    const reason = lastCall?.message ?? stringAt(data, "reason") ?? "";
    return { events: [...undone, { type: "retry", reason }] };
  };

  const end = (event: JsonObject): Decoded => {
    const session = stringAt(event, "sessionId");
    const events: AgentEvent[] =
      session === undefined
        ? []
        : [{ type: "session", session: { provider: "copilot", id: session, cwd: request.cwd } }];
    return { events, evidence: conclude(event["exitCode"]) };
  };

  const conclude = (exitCode: unknown): Evidence[] => {
    if (exitCode !== 0) return [...pending(), { type: "ended", ok: false }];
    if (isAborted) return [{ type: "failure", code: "crashed", message: "Copilot was told to stop." }];
    if (!isWhole) return [{ type: "failure", code: "protocol", message: "Copilot ended before its answer was whole." }];
    if (!isTruncated) return [...pending({ recovered: true }), { type: "ended", ok: true }];
    const message = "The model stopped at its output limit, and again each time it was asked to go on.";
    return [{ type: "failure", code: "output-truncated", message }];
  };

  const pending = (more: { readonly recovered?: true } = {}): Evidence[] => {
    const told: Evidence[] = failure === undefined ? [] : [{ type: "failure", ...failure, ...more }];
    failure = undefined;
    return told;
  };

  const decodeMain = (type: unknown, data: JsonObject): Decoded => {
    switch (type) {
      case "assistant.message_delta": {
        const text = stringAt(data, "deltaContent") ?? "";
        said += text;
        return { events: [{ type: "text-delta", id: id(), text }] };
      }
      case "assistant.message":
        return takeMessage(data);
      case "assistant.reasoning_delta": {
        const text = stringAt(data, "deltaContent") ?? "";
        return { events: [{ type: "reasoning-delta", id: stringAt(data, "reasoningId") ?? "", text }] };
      }
      case "assistant.reasoning": {
        const text = stringAt(data, "content") ?? "";
        return { events: [{ type: "reasoning", id: stringAt(data, "reasoningId") ?? "", text }] };
      }
      case "assistant.turn_start":
        isWhole = false;
        return {};
      case "assistant.turn_end":
        return endTurn();
      case "assistant.turn_retry":
        return retry(data);
      case "model.call_failure":
        lastCall = readCallFailure(data);
        return { evidence: [{ type: "failure", ...lastCall, recovered: true }] };
      case "abort":
        isAborted = true;
        return {};
      case "session.error":
        failure = readSessionError(data, lastCall);
        return {};
      case "session.compaction_complete":
        return { events: at(data, "success") === false ? [] : [{ type: "compaction" }] };
      case "session.warning":
        return { events: [{ type: "warning", message: stringAt(data, "message") ?? "" }] };
      case "session.mcp_server_status_changed":
        return { events: readServer(data, servers) };
      default:
        return {};
    }
  };

  return {
    line(text) {
      const event = parseObject(text);
      if (event === undefined) return { events: [{ type: "raw", line: text }] };
      isStarted = true;
      if (event["type"] === "result") return end(event);
      const data = asObject(event["data"]) ?? {};
      const isMain = event["agentId"] === undefined;
      const turn = stringAt(data, "turnId");
      if (isMain && turn !== undefined) turns.add(turn);
      if (event["type"] === "tool.execution_start") return { events: startTool(data) };
      if (event["type"] === "tool.execution_complete") return { events: endTool(data) };
      return isMain ? decodeMain(event["type"], data) : {};
    },
    stderr(line) {
      // Later it may be the word of a server or a tool.
      const evidence = isStarted ? undefined : readStartFailure(line);
      return evidence === undefined ? {} : { evidence: [evidence] };
    },
    exit: () => ({ evidence: pending() }),
  };
}

function readServer(data: JsonObject, servers: readonly string[]): readonly AgentEvent[] {
  const name = stringAt(data, "serverName") ?? "";
  if (stringAt(data, "status") !== "failed" || !servers.includes(name)) return [];
  const told = stringAt(data, "error");
  const message = `the MCP server ${name} could not be started or reached; the agent goes on without its tools`;
  return [{ type: "warning", message: told === undefined ? message : `${message}: ${told}` }];
}
