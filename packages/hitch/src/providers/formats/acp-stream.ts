/**
 * A turn of an agent over the Agent Client Protocol (version 1), from the client's side: `initialize`, a session, its
 * settings, the prompt, until the agent says why it stopped.
 */
import type { Decoded, Decoder, Failure, RunRequest } from "../../provider.ts";
import type { AgentEvent } from "../../vocabulary/events.ts";
import { asObject, at, stringAt } from "../../vocabulary/json.ts";
import type { McpServers } from "../../vocabulary/mcp.ts";
import { readFailure, readReason, readSpoken, readStop, withLogin } from "./acp-failures.ts";
import { cancelledPermission, decidePermission } from "./acp-permissions.ts";
import {
  createCalls,
  readMessage,
  rpcCodes,
  writeError,
  writeNotification,
  writeRequest,
  writeResult,
  type CallId,
  type Message,
  type RpcError,
} from "./acp-rpc.ts";
import { initializeParams, openSession, promptBlocks, type Call, type Refusal } from "./acp-session.ts";
import { chooseSetting, currentModel, unknownCodes, type Setting } from "./acp-settings.ts";
import { createUpdates, type Finished } from "./acp-updates.ts";
import { readUsage } from "./acp-usage.ts";

export interface AcpStream {
  /** Whose sessions these are. */
  readonly provider: string;
  readonly request: RunRequest;
  /** What the session is to be set to before the prompt. */
  readonly settings: readonly Setting[];
  /** Those that the session is opened with. */
  readonly servers: McpServers;
  readonly quirks: Quirks;
}

/** Where an agent differs from the protocol. */
export interface Quirks {
  /** The usage that comes with the end of a turn is that of its last call of the model alone. */
  readonly usageOfLastCall?: boolean;
  /** Says more of a failure than the protocol tells. */
  readonly explain?: (failure: Failure) => Failure;
  /** A fresh reader of its log on stderr, which is also told how many tools were called so far. */
  readonly readLog?: (request: RunRequest) => (line: string, toolCalls: number) => Decoded;
}

/** The first message, which is written before the agent has said anything. */
export const firstMessage = writeRequest(0, "initialize", initializeParams);

export function decodeAcp({ provider, request, settings, servers, quirks }: AcpStream): Decoder {
  const calls = createCalls<Decoded>();
  const updates = createUpdates(quirks.usageOfLastCall);
  const readLog = quirks.readLog?.(request);
  const left = [...settings];
  let agentName: string | undefined;
  let authMethods: unknown;
  let sessionId: string | undefined;
  /** What the agent lets its clients choose. */
  let offer: unknown;
  /** The failure that its log has told since it told anything else. */
  let logged: string | undefined;
  let isPrompting = false;
  let isCancelled = false;

  const ask = (
    { method, params }: Call,
    onResult: (result: unknown) => Decoded,
    onError = (error: RpcError): Decoded => fail(readFailure(error)),
  ): Decoded => ({ reply: calls.ask(method, params, { onResult, onError }) });

  const end = ({ events, evidence }: Finished): Decoded => {
    isPrompting = false;
    return { events, evidence, closeStdin: true };
  };

  const fail = (failure: Failure, { events, evidence }: Finished = { events: [], evidence: [] }): Decoded => {
    const told = { type: "failure", ...withLogin(failure, authMethods) } as const;
    return end({ events, evidence: [...evidence, told, { type: "ended", ok: false }] });
  };

  const initialized = (result: unknown): Decoded => {
    agentName = stringAt(result, "agentInfo", "name");
    authMethods = at(result, "authMethods");
    const call = openSession(request, servers, result);
    if (isRefusal(call)) return fail(call);
    return ask(call, opened, (error) => fail(judgeOpening(readFailure(error))));
  };

  /** Agents do not tell why they could not go on with a session; OpenCode has no words for it at all (1.18.33). */
  const judgeOpening = (failure: Failure): Failure =>
    request.session === undefined || failure.code !== undefined ? failure : { ...failure, code: "session-not-found" };

  const opened = (result: unknown): Decoded => {
    // Going on with a session does not repeat its id.
    const id = stringAt(result, "sessionId") ?? (request.fork ? undefined : request.session?.id);
    if (id === undefined) return fail({ message: "The agent opened a session without an id.", code: "protocol" });
    sessionId = id;
    offer = result;
    const session: AgentEvent = { type: "session", session: { provider, id, cwd: request.cwd } };
    const { events = [], ...next } = goOn(id);
    return { ...next, events: [session, ...events] };
  };

  const goOn = (id: string): Decoded => {
    const setting = left.shift();
    if (setting === undefined) return prompt(id);
    const call = chooseSetting(setting, id, offer);
    if (call === undefined) return goOn(id);
    if (isRefusal(call)) return fail(call);
    const onResult = (result: unknown): Decoded => {
      // The model decides which efforts there are.
      offer = { ...asObject(offer), ...asObject(result) };
      return goOn(id);
    };
    const onError = (error: RpcError): Decoded => fail({ ...readFailure(error), code: unknownCodes[setting.option] });
    return ask(call, onResult, onError);
  };

  const prompt = (id: string): Decoded => {
    isPrompting = true;
    const model = request.model ?? currentModel(offer);
    const params = { sessionId: id, prompt: promptBlocks(request) };
    return {
      ...ask({ method: "session/prompt", params }, answered, broken),
      ...(model !== undefined && { evidence: [{ type: "model", id: model }] }),
    };
  };

  const answered = (result: unknown): Decoded => {
    const reason = readReason(result, updates.lastPiece);
    const usage = readUsage(at(result, "usage"));
    const { events, evidence } = updates.finish(reason, usage);
    const spoken = readSpoken(agentName, updates.lastPiece, usage !== undefined);
    return spoken === undefined
      ? end({ events, evidence: [...evidence, ...readStop(reason)] })
      : fail(spoken, { events, evidence });
  };

  const broken = (error: RpcError): Decoded => {
    const failure = readFailure(error);
    const told = failure.code === undefined ? (quirks.explain?.(failure) ?? failure) : failure;
    const isWhole = logged === undefined || told.message.includes(logged);
    return fail(isWhole ? told : { ...told, message: `${told.message}\n${logged}` }, updates.finish("error"));
  };

  /** Whatever the agent asks is answered at once, so that it never waits for us. */
  const answer = (id: CallId, method: string, params: unknown): Decoded => {
    if (method !== "session/request_permission") {
      return { reply: writeError(id, rpcCodes.methodNotFound, `This client has no ${method}.`) };
    }
    if (isCancelled) return { reply: writeResult(id, cancelledPermission) };
    const { call, events } = updates.ask(asObject(at(params, "toolCall")) ?? {});
    const { result, refusal } = decidePermission(params, call, request);
    const told: AgentEvent[] =
      refusal === undefined ? [] : [{ type: "permission", toolName: call.toolName, message: refusal }];
    return { events: [...events, ...told], reply: writeResult(id, result) };
  };

  const heed = (message: Exclude<Message, { type: "request" }>, line: string): Decoded => {
    const raw: Decoded = { events: [{ type: "raw", line }] };
    if (message.type === "notification") {
      if (message.method !== "session/update") return raw;
      // Before the prompt they tell what was in the session already.
      if (!isPrompting || stringAt(message.params, "sessionId") !== sessionId) return {};
      const events = updates.take(asObject(at(message.params, "update")) ?? {});
      if (events !== undefined && events.length > 0) logged = undefined;
      return events === undefined ? raw : { events };
    }
    return calls.settle(message) ?? raw;
  };

  // What the command has written already.
  ask({ method: "initialize", params: initializeParams }, initialized);

  return {
    line(text) {
      const message = readMessage(text);
      if (message === undefined) return { events: [{ type: "raw", line: text }] };
      return message.type === "request" ? answer(message.id, message.method, message.params) : heed(message, text);
    },
    ...(readLog && {
      stderr(line: string) {
        const decoded = readLog(line, updates.toolCalls);
        logged = decoded.evidence?.find((found) => found.type === "failure")?.message ?? logged;
        return decoded;
      },
    }),
    cancel() {
      isCancelled = true;
      if (!isPrompting || sessionId === undefined) return { closeStdin: true };
      return { reply: writeNotification("session/cancel", { sessionId }) };
    },
  };
}

function isRefusal(value: object): value is Refusal {
  return "code" in value;
}
