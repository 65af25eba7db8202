/** What OpenCode (1.18.33) says went wrong: `error` lines on stdout, messages and log lines on stderr. */
import type { Evidence, Failure } from "../../provider.ts";
import type { ErrorCode } from "../../vocabulary/codes.ts";
import { asString, numberAt, parseObject, stringAt } from "../../vocabulary/json.ts";
import { withoutColours } from "../../vocabulary/terminal.ts";
import { backEndName } from "./back-end-name.ts";
import { readRetryAfter } from "./retry-after.ts";

/** The failure in an `error` line. */
export function decodeError(error: unknown): Failure {
  // A plain text is Kilo's way (7.7.7) to say how a run ended.
  const told = stringAt(error, "data", "message") ?? stringAt(error, "message") ?? asString(error) ?? "";
  // An error object inside the model's stream arrives as JSON text.
  const inStream = parseObject(told);
  const message = stringAt(inStream, "error", "message") ?? stringAt(inStream, "message") ?? told;
  const status = numberAt(error, "data", "statusCode");
  const name = nameOf(error, inStream);
  const code = codeOf(message);
  const retryAfterMs = readRetryAfter((header) => stringAt(error, "data", "responseHeaders", header));
  return {
    message: message.trim() === "" ? (name ?? "") : message,
    ...(status !== undefined && { status }),
    ...(name !== undefined && { name }),
    ...(code !== undefined && { code }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

/** OpenCode's own name if it says something, else what the back end or the connection calls it. */
function nameOf(error: unknown, inStream: unknown): string | undefined {
  const own = stringAt(error, "name");
  if (own !== undefined && own !== "APIError" && own !== "UnknownError") return own;
  const body = parseObject(stringAt(error, "data", "responseBody") ?? "");
  return backEndName(body) ?? backEndName(inStream) ?? stringAt(error, "data", "metadata", "code") ?? own;
}

/** Where OpenCode has only words. Each was recorded. */
function codeOf(message: string): ErrorCode | undefined {
  return wordings.find(([wording]) => wording.test(message))?.[1];
}

const wordings: readonly (readonly [RegExp, ErrorCode])[] = [
  [/^Cannot connect to API: /, "network"],
  [/^The operation timed out\.$/, "network"],
  [/^JSON parsing failed: /, "protocol"],
  [/^run ended without an assistant message; /, "no-output"],
];

/** Whether a line of stderr belongs to the log: `timestamp=… level=ERROR message=… …`. */
export function isLogLine(line: string): boolean {
  return line.startsWith("timestamp=");
}

/** An error in the log. */
export interface LoggedError {
  readonly failure: Failure;
  /** What the `error` line on stdout calls it. Without one it is a failed call of the model, which is tried again. */
  readonly ref?: string;
  /** The agent that called the model: the one that compacts is another than the one that works. */
  readonly caller?: string;
}

/** Reads a line of the log; undefined if nothing follows from it. */
export function decodeLogLine(line: string): LoggedError | undefined {
  const ref = logField(line, "ref");
  if (ref === undefined && logField(line, "message") !== "stream error") return undefined;
  const told =
    logField(line, ref === undefined ? "error.error" : "error") ?? logField(line, "error.error.message") ?? "";
  const [, name = logField(line, "error.error.code"), message = told] = /^(\w+Error): ([^]*)$/.exec(told) ?? [];
  const code = isLocked(message) ? ("authentication" as const) : codeOf(message);
  const caller = logField(line, "agent");
  return {
    failure: { message, ...(name !== undefined && { name }), ...(code !== undefined && { code }) },
    ...(ref !== undefined && { ref }),
    ...(caller !== undefined && { caller }),
  };
}

/** A field of a line of the log. Fields are bare or JSON strings. */
export function logField(line: string, field: string): string | undefined {
  const [, found] = new RegExp(` ${field}=("(?:[^"\\\\]|\\\\.)*"|[^" ]+)`).exec(line) ?? [];
  return found?.startsWith('"') ? stringAt(parseObject(`{"text":${found}}`), "text") : found;
}

/** Without a key for a provider its models are "not found", but OpenCode suggests the very name that was asked for. */
function isLocked(message: string): boolean {
  const [, model, suggestions] = /^Model not found: [^/]+\/(.+?)\. Did you mean: (.+)\?$/.exec(message) ?? [];
  return model !== undefined && suggestions !== undefined && suggestions.split(", ").includes(model);
}

/** A message for people on stderr, without its colours. */
export type Notice =
  | { readonly type: "wrong-agent"; readonly message: string }
  | { readonly type: "session-not-found"; readonly message: string }
  | { readonly type: "error"; readonly failure: Failure }
  /** What may belong to the error before it. */
  | { readonly type: "detail"; readonly text: string };

/** Adds to an error what is printed below it: what is wrong in a configuration, or all that there is to know. */
export function addDetail(failure: Failure, text: string): Failure {
  if (failure.message === "Unexpected error") return { ...failure, message: text };
  return text.startsWith("↳ ") ? { ...failure, message: `${failure.message}\n${text}` } : failure;
}

/** Reads a line of stderr that is not a line of the log. */
export function decodeNotice(line: string): Notice | undefined {
  const text = withoutColours(line).trim();
  if (text.endsWith(". Falling back to default agent")) {
    const message = text.replace(/^! */, "").replace(/ Falling back to default agent$/, "");
    return { type: "wrong-agent", message: message.charAt(0).toUpperCase() + message.slice(1) };
  }
  if (/^\w+ run \[message/.test(text)) return { type: "error", failure: { message: helpInstead } };
  if (text.includes("postinstall script was not run")) {
    return { type: "error", failure: { message: text, code: "executable-not-found" } };
  }
  // A directory that cannot be made: the runtime's own words.
  if (/^E[A-Z]{3,}: /.test(text)) return { type: "error", failure: { message: text } };
  if (!text.startsWith("Error: ")) return text === "" ? undefined : { type: "detail", text };
  const message = text.slice("Error: ".length).replace(/: *$/, "");
  return message === "Session not found"
    ? { type: "session-not-found", message }
    : { type: "error", failure: { message } };
}

const helpInstead = "The agent did not understand its command line and printed its help.";

/** Reasons for which a model stops too early, and the agent with it, exiting with 0. */
export const earlyEnds = new Map<string, Evidence>([
  ["length", { type: "failure", code: "output-truncated", message: "The model stopped at its output limit." }],
  ["content-filter", { type: "failure", code: "content-refused", message: "A content filter stopped the model." }],
  // Kilo's word where OpenCode says `unknown` and goes on.
  ["other", { type: "failure", code: "protocol", message: "The model's answer ended without saying why." }],
]);
