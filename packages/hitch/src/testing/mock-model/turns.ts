/**
 * What the mock model does with one request, as plain data.
 *
 * A *turn* is the model's side of one request: an answer, an HTTP status, or a fault of the line.
 */

export type Turn = AnswerTurn | StatusTurn | FaultTurn;

/** The model answers. Without text and tool calls it is a clean, empty answer. */
export interface AnswerTurn extends Timing, Content {
  readonly type: "answer";
  /** Default: `tool-calls` if there are any, else `stop`. */
  readonly finish?: Finish;
  /** Default: 1000 tokens in, 50 out. `null`: the model reports none. */
  readonly usage?: TokenCounts | null;
  readonly headers?: Headers;
}

/** The model's server refuses. The body has the form of the request's protocol unless `body` replaces it. */
export interface StatusTurn extends Timing {
  readonly type: "status";
  readonly status: number;
  /** The machine-readable code in the body: `insufficient_quota`, `context_length_exceeded` … Default: by status. */
  readonly code?: string;
  /** Default: what such a server usually says. */
  readonly message?: string;
  /** 429 and 5xx get `retry-after-ms: 1` unless `retry-after` or `retry-after-ms` is given here. */
  readonly headers?: Headers;
  /** Sent as it is: a string as text (give its content type in `headers`), anything else as JSON. */
  readonly body?: unknown;
}

/** The line or the server breaks. The content, by default a few words, is sent first where the fault leaves time for it. */
export interface FaultTurn extends Timing, Content {
  readonly type: "fault";
  readonly fault: Fault;
  /** Between the content and the fault. Default: 500 for `cut`, so that the client has seen the content; else 0. */
  readonly pauseMs?: number;
  /** `stream-error`: the message and the code inside the stream. */
  readonly message?: string;
  readonly code?: string;
}

export type Fault =
  /** The request is accepted and nothing ever comes back. */
  | "hang-before-headers"
  /** Status 200 and headers, then silence. */
  | "hang-after-headers"
  /** Content, then silence. */
  | "hang-mid-stream"
  /** Content, then the connection is closed before the answer's end. */
  | "cut"
  /** The connection is reset before any header. */
  | "reset"
  /** Content, then a line that is not of the protocol. */
  | "malformed"
  /** Content, then the body ends properly, but the model never said that it had finished. */
  | "no-finish"
  /** A clean stop with neither text nor tool call; the content is not sent. */
  | "empty"
  /** Status 200 with a web page for a body, as a captive portal or a proxy sends it. */
  | "not-sse"
  /** Content, then an error object inside the stream. */
  | "stream-error";

export type Finish = "stop" | "length" | "tool-calls" | "content-filter";

export interface Content {
  readonly reasoning?: string;
  readonly text?: string;
  readonly toolCalls?: readonly ToolCall[];
}

export interface ToolCall {
  readonly name: string;
  /** The arguments, or a string that is sent as it is: broken JSON, for instance. */
  readonly arguments: Readonly<Record<string, unknown>> | string;
  /** Default: unique in the life of the mock. */
  readonly id?: string;
}

/** Tokens. `cacheRead` and `cacheWrite` (told only by Anthropic) are parts of `input`, `reasoning` is one of `output`. */
export interface TokenCounts {
  readonly input: number;
  readonly output: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
  readonly reasoning?: number;
}

export interface Timing {
  /** Before the headers. Default 0. */
  readonly delayMs?: number;
  /** Before each piece of the stream. Default 0. */
  readonly dripMs?: number;
}

export type Headers = Readonly<Record<string, string>>;

export const defaultTokenCounts: TokenCounts = { input: 1000, output: 50 };

/** A model that says this and stops. */
export function text(text: string, more: Omit<Partial<AnswerTurn>, "type" | "text"> = {}): AnswerTurn {
  return { type: "answer", text, ...more };
}

/** A model that calls one tool. */
export function toolCall(
  name: string,
  argumentsOfCall: ToolCall["arguments"],
  more: Omit<Partial<AnswerTurn>, "type" | "toolCalls"> = {},
): AnswerTurn {
  return { type: "answer", toolCalls: [{ name, arguments: argumentsOfCall }], ...more };
}

/** A server that answers with this HTTP status. */
export function status(status: number, more: Omit<Partial<StatusTurn>, "type" | "status"> = {}): StatusTurn {
  return { type: "status", status, ...more };
}

/** A line that breaks in this way. */
export function fault(fault: Fault, more: Omit<Partial<FaultTurn>, "type" | "fault"> = {}): FaultTurn {
  return { type: "fault", fault, ...more };
}
