/** JSON-RPC 2.0 as the Agent Client Protocol speaks it: one message a line, in both directions. */
import { asObject, numberAt, parseObject, stringAt } from "../../vocabulary/json.ts";

/** Whoever asks chooses it, and the answer repeats it. */
export type CallId = string | number | null;

/** A message of the agent's. */
export type Message =
  | { readonly type: "request"; readonly id: CallId; readonly method: string; readonly params: unknown }
  | { readonly type: "notification"; readonly method: string; readonly params: unknown }
  | { readonly type: "result"; readonly id: unknown; readonly result: unknown }
  | { readonly type: "error"; readonly id: unknown; readonly error: RpcError };

export interface RpcError {
  readonly code: number | undefined;
  readonly message: string;
  readonly data: unknown;
}

/** The codes of JSON-RPC and of the protocol that have a meaning here. */
export const rpcCodes = { methodNotFound: -32601, authenticationRequired: -32000 } as const;

/** Undefined: the line is no message. */
export function readMessage(line: string): Message | undefined {
  const message = parseObject(line);
  if (message === undefined) return undefined;
  const { id, params } = message;
  const method = stringAt(message, "method");
  if (method !== undefined) {
    return isCallId(id) ? { type: "request", id, method, params } : { type: "notification", method, params };
  }
  const error = asObject(message["error"]);
  if (error !== undefined) {
    const told = { code: numberAt(error, "code"), message: stringAt(error, "message") ?? "", data: error["data"] };
    return { type: "error", id, error: told };
  }
  return "result" in message ? { type: "result", id, result: message["result"] } : undefined;
}

/** Calls of ours, from 0 on, and what is to be made of their answers. */
export interface Calls<Outcome> {
  /** The message to write. */
  ask(method: string, params: object, whenAnswered: WhenAnswered<Outcome>): string;
  /** Undefined: nobody has asked. */
  settle(answer: Extract<Message, { readonly type: "result" | "error" }>): Outcome | undefined;
}

export interface WhenAnswered<Outcome> {
  readonly onResult: (result: unknown) => Outcome;
  readonly onError: (error: RpcError) => Outcome;
}

export function createCalls<Outcome>(): Calls<Outcome> {
  const open = new Map<unknown, WhenAnswered<Outcome>>();
  let count = 0;
  return {
    ask(method, params, whenAnswered) {
      const id = count++;
      open.set(id, whenAnswered);
      return writeRequest(id, method, params);
    },
    settle(answer) {
      // Without an id an agent tells that it could not read a call: nobody will answer it any more.
      const [latest] = [...open.keys()].slice(-1);
      const id = answer.type === "error" && answer.id === null ? latest : answer.id;
      const call = open.get(id);
      open.delete(id);
      return answer.type === "result" ? call?.onResult(answer.result) : call?.onError(answer.error);
    },
  };
}

export function writeRequest(id: number, method: string, params: object): string {
  return write({ id, method, params });
}

export function writeNotification(method: string, params: object): string {
  return write({ method, params });
}

export function writeResult(id: CallId, result: object): string {
  return write({ id, result });
}

export function writeError(id: CallId, code: number, message: string): string {
  return write({ id, error: { code, message } });
}

function write(message: object): string {
  return `${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`;
}

function isCallId(id: unknown): id is CallId {
  return typeof id === "string" || typeof id === "number" || id === null;
}
