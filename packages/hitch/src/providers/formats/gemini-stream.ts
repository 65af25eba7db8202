/**
 * What `gemini --output-format=stream-json` prints (0.61.0).
 *
 * It tells of texts and tools, not of calls of its model, and counts tokens over the whole run. A call of the model
 * ends with its tools' results, which come together, or with the run.
 */
import type { Decoded, Decoder, Evidence, RunRequest } from "../../provider.ts";
import type { AgentEvent } from "../../vocabulary/events.ts";
import { asObject, at, numberAt, parseObject, stringAt, type JsonObject } from "../../vocabulary/json.ts";
import type { Usage } from "../../vocabulary/usage.ts";
import { readFailure, readLoggedError, readStartFailure, type LoggedError } from "./gemini-failure.ts";
import { createToolReader } from "./gemini-tools.ts";
import { readTries } from "./gemini-tries.ts";

export function decodeGemini({ cwd }: RunRequest): Decoder {
  const steps = createSteps();
  const readTry = readTries();
  let isStarted = false;
  let failed: string | undefined;
  let logged: LoggedError = {};

  const readMessage = (event: JsonObject): Decoded => {
    const text = stringAt(event, "content") ?? "";
    return event["role"] === "assistant" && text !== "" ? { events: steps.say(text) } : {};
  };

  const readError = (event: JsonObject): Decoded => {
    const message = stringAt(event, "message") ?? "Gemini told an error without words.";
    const isFailure = event["severity"] === "error" || /^Loop detected/.test(message);
    if (!isFailure) return { events: [{ type: "warning", message }] };
    failed = message;
    return {};
  };

  const readResult = (event: JsonObject): Decoded => {
    const totals = readTotals(event["stats"]);
    if (event["status"] !== "success") failed ??= stringAt(event, "error", "message") ?? "";
    return failed === undefined
      ? { events: steps.end(), evidence: [...totals, { type: "ended", ok: true }] }
      : { evidence: totals };
  };

  return {
    line(text) {
      // The prompt, which may be megabytes long.
      if (/^\{"type":"message","timestamp":"[^"]*","role":"user"/.test(text)) return {};
      const event = parseObject(text) ?? {};
      switch (event["type"]) {
        case "init":
          isStarted = true;
          return readInit(event, cwd);
        case "message":
          return readMessage(event);
        case "tool_use":
          return { events: steps.begin(event) };
        case "tool_result":
          return { events: steps.close(event) };
        case "error":
          return readError(event);
        case "result":
          return readResult(event);
        default:
          return { events: [{ type: "raw", line: text }] };
      }
    },
    stderr(text) {
      const found = readLoggedError(text);
      if (found !== undefined) logged = found.name === undefined ? { ...logged, ...found } : found;
      // Later the words of a tool that failed may be the same.
      const evidence = isStarted ? undefined : readStartFailure(text);
      return evidence === undefined ? readTry(text) : { evidence: [evidence] };
    },
    // Only here, since stderr may still name the error when stdout has said that there was one.
    exit() {
      return failed === undefined ? {} : { evidence: [{ type: "failure", ...readFailure(failed, logged) }] };
    },
  };
}

function readInit(event: JsonObject, cwd: string): Decoded {
  const id = stringAt(event, "session_id");
  const model = stringAt(event, "model") ?? "auto";
  return {
    ...(id !== undefined && { events: [{ type: "session", session: { provider: "gemini", id, cwd } }] }),
    // Which one it then takes is in the counts alone.
    ...(!model.startsWith("auto") && { evidence: [{ type: "model", id: model }] }),
  };
}

function readTotals(stats: unknown): readonly Evidence[] {
  const usage = readUsage(stats);
  if (usage === undefined) return [];
  const models = Object.entries(asObject(at(stats, "models")) ?? {}).flatMap(([model, counts]) => {
    const share = readUsage(counts);
    return share === undefined ? [] : [[model, share] as const];
  });
  return [{ type: "totals", scope: "attempt", usage, usageByModel: Object.fromEntries(models) }];
}

/** Of all calls of a model. The total alone has the reasoning; where it is 0 the back end reported nothing. */
function readUsage(counts: unknown): Usage | undefined {
  const total = numberAt(counts, "total_tokens") ?? 0;
  if (total === 0) return undefined;
  const outputTokens = numberAt(counts, "output_tokens") ?? 0;
  return {
    inputTokens: numberAt(counts, "input") ?? 0,
    outputTokens,
    reasoningTokens: Math.max(0, total - (numberAt(counts, "input_tokens") ?? 0) - outputTokens),
    cacheReadTokens: numberAt(counts, "cached") ?? 0,
  };
}

interface Steps {
  say(delta: string): readonly AgentEvent[];
  begin(use: JsonObject): readonly AgentEvent[];
  close(result: JsonObject): readonly AgentEvent[];
  /** The model has made its last call. */
  end(): readonly AgentEvent[];
}

function createSteps(): Steps {
  const tools = createToolReader();
  let step = 0;
  let pieces = 0;
  let said = "";
  let isUnderWay = false;

  const id = (): string => `${step}.${pieces}`;
  const endPiece = (): readonly AgentEvent[] => {
    if (said === "") return [];
    const piece: AgentEvent = { type: "text", id: id(), text: said };
    said = "";
    pieces += 1;
    return [piece];
  };
  const end = (): readonly AgentEvent[] => {
    if (!isUnderWay) return [];
    const events = endPiece();
    step += 1;
    pieces = 0;
    isUnderWay = false;
    return [...events, { type: "finish-step", cost: { source: "unknown" } }];
  };

  return {
    say(delta) {
      isUnderWay = true;
      said += delta;
      return [{ type: "text-delta", id: id(), text: delta }];
    },
    begin(use) {
      isUnderWay = true;
      return [...endPiece(), ...tools.start(use)];
    },
    close(result) {
      const events = tools.end(result);
      return tools.open === 0 ? [...events, ...end()] : events;
    },
    end,
  };
}
