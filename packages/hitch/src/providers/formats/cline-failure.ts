/**
 * How Cline 3.0.65 tells failures: in the back end's own words, and of their kind only that a login was refused or the
 * context is full. What the back end has answered is in its log. Its own sentences have a recorded case each in the
 * tests.
 */
import type { Failure } from "../../provider.ts";
import type { ErrorCode } from "../../vocabulary/codes.ts";
import { asArray, at, numberAt, parseObject, stringAt, type JsonObject } from "../../vocabulary/json.ts";
import { backEndName } from "./back-end-name.ts";
import { readRetryAfter } from "./retry-after.ts";

/** The failure in an `error` event. */
export function readFailure(event: JsonObject): Failure {
  const message = stringAt(event, "error", "message") ?? "";
  const name = stringAt(event, "error", "name");
  const code = codeByClass.get(stringAt(event, "errorClass") ?? "") ?? codeOf(message);
  return {
    message: message === "" ? "Cline gave up without a word." : message,
    ...(name !== undefined && name !== "Error" && { name }),
    ...(code !== undefined && { code }),
  };
}

/** The failure in a line of stderr: JSON, or before its options are read a plain sentence in colour. */
export function readStderr(message: string): Failure {
  const code = codeOf(message);
  return { message, ...(code !== undefined && { code }) };
}

/** The failed call of the model in a line of its log, as the last of its tries ended; undefined if it tells of none. */
export function readLogged(line: string): Failure | undefined {
  const told = at(parseObject(line), "err");
  const last = asArray(at(told, "aggregateErrors")).at(-1) ?? told;
  const status = numberAt(last, "statusCode");
  if (status === undefined) return undefined;
  const name = backEndName(parseObject(stringAt(last, "responseBody") ?? ""));
  const retryAfterMs = readRetryAfter((header) => stringAt(last, "responseHeaders", header));
  return {
    message: stringAt(last, "message") ?? "",
    status,
    ...(name !== undefined && { name }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

const codeByClass = new Map<string, ErrorCode>([
  ["auth", "authentication"],
  ["context_window_exceeded", "context-overflow"],
]);

function codeOf(message: string): ErrorCode | undefined {
  return sentences.find(([sentence]) => sentence.test(message))?.[1];
}

const sentences: readonly (readonly [RegExp, ErrorCode])[] = [
  [/^Cannot connect to API: /, "network"],
  [/^The socket connection was closed unexpectedly\./, "network"],
  [/^JSON parsing failed: /, "protocol"],
  [/^Response stream ended without a finish reason\.$/, "protocol"],
  [/^The request exceeds the model's context window /, "context-overflow"],
  [/^Model reached the maximum output token limit /, "output-truncated"],
  [/^Model returned empty response$/, "no-output"],
  [/ API key is missing\. /, "authentication"],
];
