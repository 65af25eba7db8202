/**
 * What `cline --json` prints (3.0.65): one JSON object a line, `{ ts, type }`. What the agent does is in `agent_event`;
 * an iteration is one call of the model and the tools it asks for. The last line that counts is `run_result`. What
 * subagents say and do stands among the rest while their tool is open, and is not counted in the result's
 * `aggregateUsage`.
 */
import type { Decoded, Decoder, Evidence, Failure, RunRequest } from "../../provider.ts";
import type { AgentEvent } from "../../vocabulary/events.ts";
import { asObject, at, numberAt, parseObject, stringAt, type JsonObject } from "../../vocabulary/json.ts";
import { addUsage, type Usage } from "../../vocabulary/usage.ts";
import { readFailure, readLogged, readStderr } from "./cline-failure.ts";
import { createToolReader } from "./cline-tools.ts";

/** A fresh decoder. */
export function decodeCline({ permissions, cwd }: RunRequest): Decoder {
  const tools = createToolReader(permissions);
  /** By calls of the model whose iterations go on. */
  let usage: Usage | undefined;
  let usd: number | undefined;
  let iterations = 0;
  let hasEnded = false;
  /** A tool's failure, for which the model is to blame: some in a row end the run. */
  let mistake: Failure | undefined;
  let failure: Failure | undefined;
  let lastWord: Failure | undefined;
  /** Why it gave up, as it says itself. */
  let reasonGiven: Failure | undefined;
  let logged: Failure | undefined;

  const say = (event: JsonObject, ending: "" | "-delta"): readonly AgentEvent[] => {
    const type = event["contentType"];
    if ((type !== "text" && type !== "reasoning") || tools.hasSubagent) return [];
    return [{ type: `${type}${ending}`, id: `${type}-${iterations}`, text: stringAt(event, type) ?? "" }];
  };

  const count = (event: JsonObject): Decoded => {
    const told = readUsage(event);
    if (told !== undefined) usage = addUsage(usage ?? {}, told);
    const cost = numberAt(event, "cost") ?? 0;
    if (cost > 0) usd = (usd ?? 0) + cost;
    return {};
  };

  const endIteration = (): readonly AgentEvent[] => {
    const cost = usd === undefined ? ({ source: "unknown" } as const) : ({ usd, source: "reported" } as const);
    const step: AgentEvent = { type: "finish-step", ...(usage !== undefined && { usage }), cost };
    [usage, usd] = [undefined, undefined];
    iterations += 1;
    return [step];
  };

  const take = (event: JsonObject): Decoded | undefined => {
    switch (event["type"]) {
      case "content_start":
        return { events: event["contentType"] === "tool" ? tools.start(event) : say(event, "-delta") };
      case "content_end":
        return { events: event["contentType"] === "tool" ? tools.end(event) : say(event, "") };
      case "usage":
        return count(event);
      case "iteration_end":
        return { events: endIteration() };
      case "notice":
        return { events: readNotice(event) };
      case "error":
        if (event["recoverable"] === true) mistake = readFailure(event);
        else if (!tools.hasSubagent) failure = readFailure(event);
        return {};
      case "iteration_start":
      case "content_update":
      case "done":
        return {};
      default:
        return undefined;
    }
  };

  const conclude = (result: JsonObject): Decoded => {
    hasEnded = true;
    const model = stringAt(result, "model", "id");
    // An iteration that fails has no end of its own.
    const events = usage === undefined ? [] : endIteration();
    const named: Evidence[] = model === undefined ? [] : [{ type: "model", id: model }];
    return { events, evidence: [...named, ...judge(stringAt(result, "finishReason"), stringAt(result, "text"))] };
  };

  const judge = (reason = "unknown", text = ""): Evidence[] => {
    if (reason === "completed") return [{ type: "ended", ok: true }];
    reasonGiven = failure ?? readStderr(text === "" ? whyStopped(reason, mistake) : text);
    return [{ type: "ended", ok: false, reason, exitCode: "any" }];
  };

  return {
    line(text) {
      const record = parseObject(text);
      switch (record?.["type"]) {
        case "agent_event":
          return take(asObject(record["event"]) ?? {}) ?? { events: [{ type: "raw", line: text }] };
        case "run_result":
          return conclude(record);
        case "hook_event":
          return { events: readConversation(record, cwd) };
        case "team_event":
        case "run_abort_requested":
        case "run_aborted":
          return {};
        default:
          return { events: [{ type: "raw", line: text }] };
      }
    },
    stderr(text) {
      const record = parseObject(text);
      const message = record?.["type"] === "error" ? stringAt(record, "message") : coloured.exec(text)?.[1];
      if (message !== undefined) lastWord = readStderr(message);
      return {};
    },
    log(text) {
      logged = readLogged(text) ?? logged;
      return {};
    },
    exit() {
      const why = hasEnded ? reasonGiven : (failure ?? lastWord);
      if (why === undefined) return {};
      return { evidence: [{ type: "failure", ...(logged?.message === why.message && logged), ...why }] };
    },
  };
}

const coloured = /^.\[31merror:.\[0m (.*)$/;

function whyStopped(reason: string, mistake: Failure | undefined): string {
  const last = mistake === undefined ? "" : ` after mistakes of its model, the last one: ${mistake.message}`;
  return `Cline stopped (${reason})${last || "."}`;
}

/** Its own name for the conversation; nothing goes on with it. */
function readConversation(record: JsonObject, cwd: string): readonly AgentEvent[] {
  const id = stringAt(record, "taskId");
  const isMain = record["hookEventName"] === "agent_start" && record["parentAgentId"] === null;
  return isMain && id !== undefined ? [{ type: "session", session: { provider: "cline", id, cwd } }] : [];
}

/** Input holds what went through a cache; reasoning is told nowhere. Nothing but zeros: nobody counted. */
function readUsage(told: JsonObject): Usage | undefined {
  const count = (name: string): number => numberAt(told, name) ?? 0;
  const [cacheReadTokens, cacheWriteTokens] = [count("cacheReadTokens"), count("cacheWriteTokens")];
  const [input, outputTokens] = [count("inputTokens"), count("outputTokens")];
  if (input + outputTokens === 0) return undefined;
  const inputTokens = Math.max(0, input - cacheReadTokens - cacheWriteTokens);
  return { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens };
}

/** What it does about an answer that is too long, or a context that is full. */
function readNotice(event: JsonObject): readonly AgentEvent[] {
  const kind = stringAt(event, "metadata", "kind") ?? "";
  const phase = at(event, "metadata", "phase");
  const reason = stringAt(event, "message") ?? "";
  if (kind.endsWith("compaction") && phase === "completed") return [{ type: "compaction" }];
  if (kind === "max_tokens_recovery" && phase === "started") return [{ type: "retry", reason }];
  return [];
}
