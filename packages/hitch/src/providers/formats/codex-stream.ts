/**
 * What `codex exec --json` prints (0.169.0).
 *
 * It tells of items, not of calls of its model, and counts tokens over the whole thread. So where one call of the model
 * ends and the next begins is read from the order: in an answer the tools come last. Several of them run one after the
 * other, and only the log on stderr tells whether the model was asked in between.
 */
import type { Decoded, Decoder, Evidence, RunRequest } from "../../provider.ts";
import type { AgentEvent } from "../../vocabulary/events.ts";
import { asObject, parseJson, parseObject, stringAt, type JsonObject } from "../../vocabulary/json.ts";
import { readFailure, readHttpAnswer, readRefusal, readStartFailure, type HttpAnswer } from "./codex-failure.ts";
import { readCall, readResult, readUsage } from "./codex-items.ts";

export function decodeCodex(request: RunRequest): Decoder {
  const steps = createSteps();
  const warned = new Set<string>();
  let lastMessage = "";
  let failed: string | undefined;
  let answer: HttpAnswer | undefined;

  const warn = (message: string): readonly AgentEvent[] => {
    if (warned.has(message)) return [];
    warned.add(message);
    return [{ type: "warning", message }];
  };

  const endItem = (item: JsonObject, text: string): readonly AgentEvent[] => {
    const said = stringAt(item, "text") ?? "";
    switch (item["type"]) {
      case "agent_message":
        lastMessage = said;
        return steps.say("text", said);
      case "reasoning":
        return steps.say("reasoning", said);
      case "error":
        return warn(stringAt(item, "message") ?? "Codex told an error without words.");
      default: {
        const call = readCall(item);
        if (call === undefined) return [{ type: "raw", line: text }];
        const events = [...steps.begin(call), ...readResult(item)];
        steps.close(call);
        return events;
      }
    }
  };

  const readItem = (event: JsonObject, text: string): Decoded => {
    const item = asObject(event["item"]) ?? {};
    if (event["type"] === "item.completed") return { events: endItem(item, text) };
    const call = event["type"] === "item.started" && item["type"] !== "web_search" ? readCall(item) : undefined;
    return call === undefined ? {} : { events: steps.begin(call) };
  };

  /** An `error` is a retry or how the turn ends: `turn.failed` then says it again. */
  const readError = (message: string): Decoded => {
    const [, count, reason] = /^Reconnecting\.\.\. (\d+\/\d+|waiting for network) \((.*)\)$/s.exec(message) ?? [];
    if (reason === undefined) {
      failed = message;
      return {};
    }
    if (count === "waiting for network") return { evidence: [{ type: "stop", code: "network", message: reason }] };
    const evidence: Evidence = { type: "failure", recovered: true, ...readFailure(reason, answer) };
    return { events: [...steps.again(), { type: "retry", reason }], evidence: [evidence] };
  };

  const endTurn = (event: JsonObject): Decoded => {
    failed = undefined;
    const usage = readUsage(event["usage"]);
    const value = request.outputSchema === undefined ? undefined : parseJson(lastMessage);
    return {
      events: steps.end(),
      evidence: [
        ...(usage === undefined ? [] : [{ type: "totals", scope: "session", usage } as const]),
        // Nobody has checked it against the schema.
        ...(value === undefined ? [] : [{ type: "output", value } as const]),
        { type: "ended", ok: true },
      ],
    };
  };

  return {
    line(text) {
      const event = parseObject(text) ?? {};
      switch (event["type"]) {
        case "thread.started": {
          const id = stringAt(event, "thread_id");
          if (id === undefined) return {};
          return { events: [{ type: "session", session: { provider: "codex", id, cwd: request.cwd } }] };
        }
        case "turn.started":
          return {};
        case "item.started":
        case "item.updated":
        case "item.completed":
          return readItem(event, text);
        case "error":
          return readError(stringAt(event, "message") ?? "");
        case "turn.failed":
          failed = stringAt(event, "error", "message") ?? "";
          return {};
        case "turn.completed":
          return endTurn(event);
        default:
          return { events: [{ type: "raw", line: text }] };
      }
    },
    stderr(text) {
      const told = readHttpAnswer(text);
      answer = told ?? answer;
      if (told?.status === 200) steps.answer();
      const refusal = readRefusal(text);
      if (refusal !== undefined) return { events: [refusal] };
      const evidence = readStartFailure(text);
      if (evidence !== undefined) return { evidence: [evidence] };
      const [, warning] = /^warning: (.*)$/.exec(text) ?? [];
      if (warning !== undefined) return { events: warn(warning) };
      const name = / WARN codex_mcp::rmcp_client: MCP server startup failed server_name="([^"]*)"/.exec(text)?.[1];
      if (name === undefined || !Object.hasOwn(request.mcpServers, name)) return {};
      return {
        events: warn(`the MCP server ${name} could not be started or reached; the agent goes on without its tools`),
      };
    },
    // Only here, since stderr may still tell the status when stdout has said that the turn failed.
    exit() {
      const events = steps.unfinished();
      return failed === undefined
        ? { events }
        : { events, evidence: [{ type: "failure", ...readFailure(failed, answer) }] };
    },
  };
}

interface Steps {
  say(type: "text" | "reasoning", text: string): readonly AgentEvent[];
  begin(call: Call): readonly AgentEvent[];
  close(call: Call): void;
  /** The model's side began to answer a call. */
  answer(): void;
  /** The model's call failed and is made once more: what it said comes again, in the place of what was there. */
  again(): readonly AgentEvent[];
  /** The model has made its last call, which used no tool. */
  end(): readonly AgentEvent[];
  /** The end of a call of the model whose tools have run, but after which nothing came. */
  unfinished(): readonly AgentEvent[];
}

type Call = Extract<AgentEvent, { type: "tool-call" }>;

function createSteps(): Steps {
  const calls = new Set<string>();
  const open = new Set<string>();
  let step = 0;
  let pieces = 0;
  /** 0 as long as nothing is known of any: a user may have set what is logged. */
  let answers = 0;

  const finish = (): readonly AgentEvent[] => {
    step += 1;
    pieces = 0;
    calls.clear();
    return [{ type: "finish-step", cost: { source: "unknown" } }];
  };
  const unfinished = (): readonly AgentEvent[] => (calls.size > 0 && open.size === 0 ? finish() : []);

  return {
    say(type, text) {
      const before = calls.size > 0 ? finish() : [];
      return [...before, { type, id: `${step}.${pieces++}`, text }];
    },
    begin(call) {
      if (calls.has(call.toolCallId)) return [];
      const before = answers === 0 || answers > step + 1 ? unfinished() : [];
      calls.add(call.toolCallId);
      open.add(call.toolCallId);
      return [...before, call];
    },
    close(call) {
      open.delete(call.toolCallId);
    },
    answer() {
      answers += 1;
    },
    again() {
      const before = unfinished();
      answers = Math.min(answers, step);
      pieces = 0;
      return before;
    },
    end: () => [...(calls.size > 0 ? finish() : []), ...finish()],
    unfinished,
  };
}
