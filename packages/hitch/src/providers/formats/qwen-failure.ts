/**
 * How Qwen Code 0.24.4 tells failures: by one sentence in brackets, in place of an answer, or on stderr. It holds the
 * status and the message of the back end, or the client's error with its cause; the back end's own code is lost.
 */
import type { Evidence, Failure } from "../../provider.ts";
import type { ErrorCode } from "../../vocabulary/codes.ts";
import { asArray, at, numberAt, stringAt, type JsonObject } from "../../vocabulary/json.ts";

const failureStart = "[API Error: ";

/** Whether a text is, or begins to be, such a sentence. */
export function isFailureText(text: string | undefined): boolean {
  return text?.startsWith(failureStart) === true;
}

/** The sentence of an `assistant` line that holds nothing else and cost nothing. */
export function failureIn(line: JsonObject | undefined): string | undefined {
  const content = asArray(at(line, "message", "content"));
  const text = stringAt(content[0], "text");
  const isFree = (numberAt(line, "message", "usage", "output_tokens") ?? 0) === 0;
  return content.length === 1 && isFree && isFailureText(text) ? text : undefined;
}

/** Reads the failure that a `result` tells. */
export function readFailure(result: JsonObject): Failure {
  const message = stringAt(result, "error", "message") ?? stringAt(result, "result") ?? "";
  return readSentence(message);
}

function readSentence(message: string): Failure {
  const code = codeOfSentence(message);
  if (code !== undefined) return { message, code };
  const status = /^\[API Error: (\d{3})\b/.exec(message)?.[1];
  if (status !== undefined) return { message, status: Number(status) };
  const name = /\(cause: (?:connect |read |getaddrinfo )?(E[A-Z_]+|UND_ERR_[A-Z_]+)\b/.exec(message)?.[1];
  return { message, ...(name !== undefined && { name }) };
}

/** The code of a sentence that says it all, in its brackets or without them. */
export function codeOfSentence(message: string): ErrorCode | undefined {
  const words = isFailureText(message) ? message.slice(failureStart.length) : message;
  return sentences.find(([sentence]) => sentence.test(words))?.[1];
}

const sentences: readonly (readonly [RegExp, ErrorCode])[] = [
  [/^429 You exceeded your current quota\b/, "quota-exhausted"],
  [/^400 This model's maximum context length is /, "context-overflow"],
  [/^Model request exceeds the endpoint request-body limit \(HTTP 413\)/, "context-overflow"],
  [/^Model stream ended without a finish reason\./, "protocol"],
  [/^Model stream ended with empty response text\./, "no-output"],
  [/^Streaming request received a non-SSE response /, "protocol"],
  // Of the parser of Node, in the middle of an answer.
  [/^(Expected|Unexpected|Unterminated|Bad) .* JSON\b/, "protocol"],
  [/^(Connection error\.|terminated\b)/, "network"],
  [/^No stream activity for /, "network"],
  [/^Request timeout after /, "network"],
  [/^Missing API key for /, "authentication"],
  [/^No auth type is selected\./, "authentication"],
];

/**
 * Reads a line of stderr that says why it ends or will not come to an end. Before the first line of stdout (`isStarted`
 * is false) that may be why it does not start; later such words are those of a server, which writes there too.
 */
export function readStderr(line: string, isStarted: boolean): Evidence | undefined {
  const wait = /^Retrying in \d+s \(attempt \d+\/\d+\): (.*)$/.exec(line)?.[1];
  // The call was made seven times before it waits.
  if (wait !== undefined) return { type: "stop", code: "rate-limited", message: wait };
  const words = isStarted ? lastWords : [...firstWords, ...lastWords];
  const code = words.find(([sentence]) => sentence.test(line))?.[1];
  return code === undefined ? undefined : { type: "failure", message: line, code };
}

const firstWords: readonly (readonly [RegExp, ErrorCode])[] = [
  [/^Unknown arguments?: /, "agent-error"],
  [/^No saved session found with (ID|title) /, "session-not-found"],
  [/^Failed to (fork|load forked) session /, "session-not-found"],
];

const lastWords: readonly (readonly [RegExp, ErrorCode])[] = [
  [/^Reached max session turns for this session\./, "turn-limit"],
  [/^Run aborted: wall-clock budget of .* exceeded /, "timeout"],
  [/^Run aborted: tool-call budget of .* exceeded /, "turn-limit"],
];
