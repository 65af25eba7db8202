/**
 * How Cline 3.0.65 tells failures: in the back end's own words, and of their kind only that a login was refused or the
 * context is full. Its own sentences have a recorded case each in the tests.
 */
import type { Failure } from "../../provider.ts";
import type { ErrorCode } from "../../vocabulary/codes.ts";
import { stringAt, type JsonObject } from "../../vocabulary/json.ts";

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
