/**
 * What `claude -p --output-format=stream-json --verbose` prints (2.1.330), shared by Claude Code and agents like it.
 *
 * One JSON object a line: `system` (its `subtype` says what), `stream_event` (a message in pieces, as Anthropic's
 * interface streams it), `assistant` (one block of a message), `user` (results of tools, and what the agent itself
 * tells its model), and `result` when it has answered. What differs from agent to agent is handed in: `ClaudeStream`.
 */
import type { Decoded, Decoder, Evidence, Failure } from "../../provider.ts";
import type { AgentEvent } from "../../vocabulary/events.ts";
import { asArray, asObject, at, parseObject, stringAt, type JsonObject } from "../../vocabulary/json.ts";
import { createCalls, type Tools } from "./claude-calls.ts";
import { readDelta, readText } from "./claude-message.ts";
import { createSteps } from "./claude-steps.ts";

export type { ToolCall, ToolEffect, ToolResult } from "./claude-calls.ts";

/** What may differ. All of it is asked anew for each line; state of its own belongs to one decoder. */
export interface ClaudeStream extends Tools {
  /** Whose sessions these are. */
  readonly provider: string;
  readonly cwd: string;
  /** The field of `result` that has the value of the agent's own structured output. */
  readonly outputField: string;
  /** What a `system` line says besides the session and the model in `init`. Undefined: nothing that is known. */
  readonly readSystem: (line: JsonObject) => Decoded | undefined;
  /** Whether an `assistant` line holds no words of the model but the agent's own, about a failure. */
  readonly isFailure: (line: JsonObject) => boolean;
  /** Whether a bad `result` comes with a whole answer after all. The agent then exits with 1. */
  readonly hasAnswer: (result: JsonObject) => boolean;
  /** The failure that a bad `result` tells. `told`: the last `assistant` line for which `isFailure` holds. */
  readonly readFailure: (result: JsonObject, told: JsonObject | undefined) => Failure;
  /** What the run has used, by all its `result` lines so far: there is another after each background task. */
  readonly readTotals: (results: readonly JsonObject[]) => readonly Evidence[];
  readonly stderr?: (text: string) => Decoded;
}

/** A fresh decoder. */
export function decodeClaude(stream: ClaudeStream): Decoder {
  const steps = createSteps();
  const calls = createCalls(stream);
  const refused = new Set<string | undefined>();
  const results: JsonObject[] = [];
  let hasSession = false;
  let failure: JsonObject | undefined;
  /** Background tasks for whose end the agent waits, to tell its model. */
  let openTasks = 0;
  let ended: Evidence | undefined;

  const startSession = (line: JsonObject): readonly AgentEvent[] => {
    const id = stringAt(line, "session_id");
    // An agent that finds no session gives the result an id that is none.
    if (id === undefined || hasSession || line["type"] === "result") return [];
    hasSession = true;
    return [{ type: "session", session: { provider: stream.provider, id, cwd: stream.cwd } }];
  };

  const readSystem = (line: JsonObject, text: string): Decoded => {
    const decoded = stream.readSystem(line) ?? { events: [{ type: "raw", line: text }] };
    const model = stringAt(line, "model");
    if (decoded.events?.some(({ type }) => type === "permission")) refused.add(stringAt(line, "tool_use_id"));
    if (line["subtype"] === "background_tasks_changed") openTasks = asArray(line["tasks"]).length;
    if (line["subtype"] !== "init" || model === undefined) return decoded;
    return { ...decoded, evidence: [...(decoded.evidence ?? []), { type: "model", id: model }] };
  };

  const readPiece = (event: JsonObject): readonly AgentEvent[] => {
    switch (event["type"]) {
      case "message_start":
        return steps.start(stringAt(event, "message", "id") ?? "", at(event, "message", "usage"));
      case "content_block_start":
        steps.startPiece();
        return [];
      case "content_block_delta":
        return readDelta(event["delta"], steps.openPiece);
      case "content_block_stop":
        steps.endPiece();
        return [];
      case "message_delta":
        steps.note(event["usage"], stringAt(event, "delta", "stop_reason"));
        return [];
      case "message_stop":
        return steps.end();
      default:
        return [];
    }
  };

  /** Of a subagent only its tools are shown: what it says is no answer to the caller. */
  const readMessage = (line: JsonObject, parent: string | undefined): readonly AgentEvent[] => {
    if (stream.isFailure(line)) {
      failure = line;
      return [];
    }
    const { message } = line;
    return asArray(at(message, "content")).flatMap((block): readonly AgentEvent[] => {
      if (parent !== undefined) return calls.begin(block, parent);
      const { events, id } = steps.take(stringAt(message, "id") ?? "", at(message, "usage"));
      return [...events, ...readText(block, id), ...calls.begin(block, parent)];
    });
  };

  const readUser = (line: JsonObject, parent: string | undefined): Decoded => {
    const content = asArray(at(line, "message", "content"));
    const told = content.filter((block) => at(block, "type") === "tool_result").map((block) => calls.end(block, line));
    if (told.length > 0 && parent === undefined) steps.answer();
    return {
      events: [...told.flatMap(({ events = [] }) => events), ...readGoingOn(line, stringAt(content[0], "text"))],
      evidence: told.flatMap(({ evidence = [] }) => evidence),
    };
  };

  /** The agent makes its model go on with an answer that was cut off. Its last message is then only the end of it. */
  const readGoingOn = (line: JsonObject, reason: string | undefined): readonly AgentEvent[] => {
    if (line["isSynthetic"] !== true || reason === undefined || !steps.isCutOff) return [];
    const message = "the model's answer was cut off and goes on in another message: the text is only the end of it";
    return [
      { type: "retry", reason },
      { type: "warning", message },
    ];
  };

  const readEnd = (result: JsonObject): Decoded => {
    results.push(result);
    const value = result[stream.outputField];
    // `subtype` alone says nothing: Claude Code calls failed calls of its model a success too.
    const isGood = result["subtype"] === "success" && result["is_error"] === false;
    const ok = isGood || stream.hasAnswer(result);
    const reason = stringAt(result, "terminal_reason") ?? stringAt(result, "subtype");
    const failed: readonly Evidence[] = ok ? [] : [{ type: "failure", ...stream.readFailure(result, failure) }];
    ended = {
      type: "ended",
      ok,
      ...(!ok && reason !== undefined && { reason }),
      ...(ok && !isGood && { exitCode: 1 }),
    };
    return {
      events: [...steps.end(), ...asArray(result["permission_denials"]).flatMap(readRefusal)],
      evidence: [
        ...stream.readTotals(results),
        ...(value === undefined || value === null ? [] : [{ type: "output", value } as const]),
        ...failed,
        ...(openTasks === 0 ? conclude() : []),
      ],
    };
  };

  const readRefusal = (denial: unknown): readonly AgentEvent[] => {
    const toolName = stringAt(denial, "tool_name") ?? "";
    if (refused.has(stringAt(denial, "tool_use_id"))) return [];
    return [{ type: "permission", toolName, message: `The run's permissions refused ${toolName}.` }];
  };

  const conclude = (): readonly Evidence[] => {
    const last = ended;
    ended = undefined;
    return last === undefined ? [] : [last];
  };

  const readLine = (line: JsonObject, text: string): Decoded => {
    const parent = stringAt(line, "parent_tool_use_id");
    switch (line["type"]) {
      case "system":
        return readSystem(line, text);
      case "stream_event":
        return parent === undefined ? { events: readPiece(asObject(line["event"]) ?? {}) } : {};
      case "assistant":
        return { events: readMessage(line, parent) };
      case "user":
        return readUser(line, parent);
      case "result":
        return readEnd(line);
      default:
        return { events: [{ type: "raw", line: text }] };
    }
  };

  return {
    line(text) {
      const line = parseObject(text) ?? {};
      const session = startSession(line);
      const decoded = readLine(line, text);
      return { ...decoded, events: [...session, ...(decoded.events ?? [])] };
    },
    ...(stream.stderr && { stderr: stream.stderr }),
    // The agent did not wait for its tasks, or not for their end.
    exit: () => ({ evidence: conclude() }),
  };
}
