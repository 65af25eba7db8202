/**
 * What `opencode run --format json --print-logs` prints (1.18.33), shared by OpenCode and its forks.
 *
 * stdout has one JSON object a line: `step_start`, `text`, `reasoning`, `tool_use` (when the call is over),
 * `step_finish`, `error`. There is no record of the end: it is concluded when the process is over. stderr has messages
 * for people and the log.
 */
import type { Decoded, Decoder, Evidence, Exit, Failure } from "../../provider.ts";
import type { AgentEvent } from "../../vocabulary/events.ts";
import { at, parseObject, stringAt, type JsonObject } from "../../vocabulary/json.ts";
import { addDetail, decodeError, decodeLogLine, decodeNotice, earlyEnds, isLogLine } from "./opencode-failures.ts";
import { decodeLostServer } from "./opencode-mcp.ts";
import { decodeSpent } from "./opencode-spent.ts";
import { decodeTool } from "./opencode-tools.ts";
import { countTries } from "./opencode-tries.ts";

export interface OpencodeStream {
  /** Whose sessions these are. */
  readonly provider: string;
  readonly cwd: string;
  /** A session was asked for, so that it may be missing. */
  readonly continues: boolean;
  /** The run's permissions are `read-only`. */
  readonly isReadOnly: boolean;
  /** Names of the MCP servers that the run brings along. */
  readonly servers: readonly string[];
}

/** OpenCode goes on for ever after answers without a reason for stopping (98 calls in 30 s seen). */
const mostUnknownSteps = 3;

/** And if the model still reports a full context after a compaction (175 calls in 30 s seen). */
const mostFruitlessCompactions = 3;

/** A fresh decoder. */
export function decodeOpencode({ provider, cwd, continues, isReadOnly, servers }: OpencodeStream): Decoder {
  let sessionId: string | undefined;
  let isStepOpen = false;
  /** A line is lost that may have begun a step or ended one. */
  let isLineBroken = false;
  let lastReason: string | undefined;
  let unknownSteps = 0;
  let stepsSinceCompaction = 0;
  let fruitlessCompactions = 0;
  /** The step writes a summary, because the call before found the context full. */
  let isCompacting = false;
  /** An `error` line. OpenCode may go on after it, so it counts only when nothing follows. */
  let failure: Failure | undefined;
  let failureRef: string | undefined;
  let hasRecovered = false;
  const tries = countTries();
  let notice: Failure | undefined;
  const loggedErrors = new Map<string, Failure>();

  const startSession = (event: JsonObject): AgentEvent[] => {
    const id = stringAt(event, "sessionID");
    if (id === undefined || sessionId !== undefined) return [];
    sessionId = id;
    return [{ type: "session", session: { provider, id, cwd } }];
  };

  const startStep = (): Decoded => {
    const overcome = failure;
    failure = undefined;
    failureRef = undefined;
    hasRecovered ||= overcome !== undefined;
    isStepOpen = true;
    isCompacting = overcome?.name === "ContextOverflowError";
    const compaction = isCompacting ? compact() : {};
    const recovered: Evidence[] = overcome === undefined ? [] : [{ type: "failure", ...overcome, recovered: true }];
    return {
      events: [...tries.begin(), ...(compaction.events ?? [])],
      evidence: [...recovered, ...(compaction.evidence ?? [])],
    };
  };

  const finishStep = (part: unknown): Decoded => {
    tries.end();
    isStepOpen = false;
    isLineBroken = false;
    lastReason = stringAt(part, "reason") ?? "unknown";
    stepsSinceCompaction += 1;
    unknownSteps = lastReason === "unknown" ? unknownSteps + 1 : 0;
    const message =
      "The model's answers end without saying why, again and again: its endpoint may not speak this protocol.";
    return {
      events: [{ type: "finish-step", ...decodeSpent(part), reason: lastReason }],
      ...(unknownSteps === mostUnknownSteps && {
        evidence: [{ type: "stop" as const, code: "protocol" as const, message }],
      }),
    };
  };

  /** Between two compactions there is always one step that wrote the summary. */
  const compact = (): Decoded => {
    fruitlessCompactions = stepsSinceCompaction <= 2 ? fruitlessCompactions + 1 : 1;
    stepsSinceCompaction = 0;
    const message = "The conversation fills the model's context again after each compaction.";
    return {
      events: [{ type: "compaction" }],
      ...(fruitlessCompactions === mostFruitlessCompactions + 1 && {
        evidence: [{ type: "stop" as const, code: "context-overflow" as const, message }],
      }),
    };
  };

  const decodeEvent = (event: JsonObject): Decoded => {
    const { part } = event;
    const id = stringAt(part, "id") ?? "";
    const text = stringAt(part, "text") ?? "";
    switch (event["type"]) {
      case "step_start":
        return startStep();
      case "text":
        if (at(part, "synthetic") !== true) return { events: [{ type: "text", id, text }] };
        // It tells itself to go on. After a full context in a session it puts the prompt again instead.
        return isCompacting ? {} : compact();
      case "reasoning":
        return { events: [{ type: "reasoning", id, text }] };
      case "tool_use":
        return { events: decodeTool(part, isReadOnly) };
      case "step_finish":
        return finishStep(part);
      case "error":
        // The same error may be printed twice, and the first time it is printed it is the cause.
        failure ??= decodeError(event["error"]);
        failureRef ??= stringAt(event, "error", "data", "ref");
        tries.end();
        return {};
      default:
        return {};
    }
  };

  const decodeLog = (line: string): Decoded => {
    const lost = decodeLostServer(line, servers);
    if (lost !== undefined) return { events: [{ type: "warning", message: lost }] };
    const logged = decodeLogLine(line);
    if (logged === undefined) return {};
    if (logged.ref !== undefined) {
      loggedErrors.set(logged.ref, logged.failure);
      return {};
    }
    const { message, code } = logged.failure;
    const events = tries.fail(message, logged.caller);
    const stop: Evidence[] = code === "network" && tries.areHopeless ? [{ type: "stop", code, message }] : [];
    return { events, evidence: [{ type: "failure", ...logged.failure, recovered: true }, ...stop] };
  };

  return {
    line(text) {
      const event = parseObject(text);
      if (event === undefined) {
        // Other lines are what plugins print.
        isLineBroken ||= text.startsWith("{");
        return {};
      }
      const session = startSession(event);
      const retries = answerLines.has(event["type"]) ? tries.succeed() : [];
      const decoded = decodeEvent(event);
      return { ...decoded, events: [...session, ...retries, ...(decoded.events ?? [])] };
    },

    stderr(line) {
      if (isLogLine(line)) return decodeLog(line);
      const told = decodeNotice(line);
      if (told?.type === "wrong-agent") {
        return { evidence: [{ type: "stop", code: "invalid-options", message: told.message }] };
      }
      if (told?.type === "detail") notice &&= addDetail(notice, told.text);
      else if (told?.type === "error") notice ??= told.failure;
      else if (told !== undefined)
        notice ??= { message: told.message, ...(continues && { code: "session-not-found" }) };
      return {};
    },

    exit: (exit) => ({ evidence: conclude(exit) }),
  };

  function conclude(exit: Exit): Evidence[] {
    // "Unexpected server error. Check server logs for details." hides the one that was logged.
    const early = earlyEnds.get(lastReason ?? "");
    // Why nothing was said says more than that nothing was.
    if (failure?.code === "no-output" && early !== undefined) return [early];
    if (failure !== undefined) return [{ type: "failure", ...(loggedErrors.get(failureRef ?? "") ?? failure) }];
    const isOpen = isStepOpen || isLineBroken;
    if (!isOpen && lastReason === "stop" && exit.code !== null) {
      // An error line makes OpenCode exit with 1, even if it went on to a good end.
      return [{ type: "ended", ok: true, ...(hasRecovered && exit.code === 1 && { exitCode: 1 }) }];
    }
    if (notice !== undefined) return [{ type: "failure", ...notice }];
    // Ended between two steps, or in one: it has not said all, and how it exited says more.
    if (isOpen || lastReason === undefined || lastReason === "tool-calls" || lastReason === "unknown") return [];
    return [...(early ? [early] : []), { type: "ended", ok: false, reason: lastReason }];
  }
}

/** Lines that are printed only when the model has answered. */
const answerLines: ReadonlySet<unknown> = new Set(["text", "reasoning", "tool_use", "step_finish"]);
