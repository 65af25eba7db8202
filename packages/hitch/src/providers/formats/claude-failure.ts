/**
 * How Claude Code 2.1.330 tells failures. Each form has a recorded case in the tests.
 *
 * A call of the model that failed for good is told twice: by an `assistant` line of the model `<synthetic>`, with the
 * agent's own kind of the error (`api_error`, `error`), and by the `result`, with the status and Anthropic's type.
 */
import type { Decoded, Evidence, Failure } from "../../provider.ts";
import type { ErrorCode } from "../../vocabulary/codes.ts";
import { asArray, numberAt, stringAt, type JsonObject } from "../../vocabulary/json.ts";

/** An `assistant` line that no model has said. */
export function isFailure(line: JsonObject): boolean {
  return line["is_api_error_message"] === true || stringAt(line, "message", "model") === "<synthetic>";
}

/** A budget that the last answer has used up is told as an error, though that answer is whole. */
export function hasAnswer(result: JsonObject): boolean {
  return result["subtype"] === "error_max_budget_usd" && result["stop_reason"] === "end_turn";
}

/** Reads a `result` that is an error, with the `assistant` line about it. */
export function readFailure(result: JsonObject, told: JsonObject | undefined): Failure {
  const said = stringAt(result, "result") ?? "";
  const errors = asArray(result["errors"]).filter((error) => typeof error === "string");
  const message = said === "" ? errors.join("\n") : said;
  const status = numberAt(result, "api_error_status");
  const name = stringAt(result, "api_error_type") ?? stringAt(told, "api_error") ?? stringAt(told, "error");
  const kinds = [stringAt(told, "api_error"), ...ends.map((key) => stringAt(result, key)), stringAt(told, "error")];
  const code =
    kinds.map((kind) => codes.get(kind)).find((known) => known !== undefined) ??
    sentences.find(([sentence]) => sentence.test(message))?.[1];
  return {
    message,
    ...(status !== undefined && { status }),
    ...(name !== undefined && { name }),
    ...(code !== undefined && { code }),
  };
}

/** Fields of a `result` that say how it came to it. */
const ends = ["subtype", "terminal_reason", "stop_reason"];

/** Where neither the status nor Anthropic's type of the error says it. */
const codes: ReadonlyMap<string | undefined, ErrorCode> = new Map([
  ["connection_failed", "network"],
  ["no_response", "network"],
  ["stream_idle_timeout", "network"],
  ["error_max_turns", "turn-limit"],
  ["error_max_budget_usd", "budget-exceeded"],
  ["error_max_structured_output_retries", "invalid-output"],
  ["prompt_too_long", "context-overflow"],
  ["blocking_limit", "context-overflow"],
  ["refusal", "content-refused"],
]);

const sentences: readonly (readonly [RegExp, ErrorCode])[] = [
  [/^No conversation found with session ID: /, "session-not-found"],
  [/^Error: --resume requires a valid session ID /, "session-not-found"],
  [/^Not logged in /, "authentication"],
  [/^Request timed out\. /, "network"],
  [/^API Error: API returned an empty or malformed response \(HTTP 200\)/, "protocol"],
];

/** Reads a line of stderr: evidence if Claude Code would go on with something else than was asked for. */
export function readStderr(line: string): Decoded {
  const isOther = /^Warning: Unknown --effort value /.test(line);
  const stop: Evidence = { type: "stop", code: "invalid-options", message: line.trim() };
  return isOther ? { evidence: [stop] } : {};
}
