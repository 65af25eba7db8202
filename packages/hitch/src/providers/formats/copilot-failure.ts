/**
 * How Copilot CLI 1.0.102 tells failures: `model.call_failure` for each call that failed, with the back end's own
 * words, and `session.error`, in sentences of its own, when it gives up. Each sentence has a recorded case in the
 * tests.
 */
import type { Evidence, Failure } from "../../provider.ts";
import type { ErrorCode } from "../../vocabulary/codes.ts";
import { numberAt, parseJson, stringAt } from "../../vocabulary/json.ts";

/** The failure in the data of a `model.call_failure`. */
export function readCallFailure(data: unknown): Failure {
  const told = stringAt(data, "errorMessage") ?? "";
  const parsed = parseJson(told);
  const message = (typeof parsed === "string" ? parsed : stringAt(parsed, "message")) ?? told;
  return describe(message === "" ? "The model could not be called." : message, data);
}

/** The failure in the data of a `session.error`; `last`: the call that failed before it. */
export function readSessionError(data: unknown, last: Failure | undefined): Failure {
  const own = stringAt(data, "message") ?? "";
  const isTold = last === undefined || own.includes(last.message);
  const message = isTold ? own : `${own}\n${last.message}`;
  return { ...last, ...describe(message, data) };
}

function describe(message: string, data: unknown): Failure {
  const status = numberAt(data, "statusCode");
  const name = stringAt(data, "errorCode");
  const code = codeOfSentence(message);
  return {
    message,
    ...(status !== undefined && { status }),
    ...(name !== undefined && { name }),
    ...(code !== undefined && { code }),
  };
}

/** The code of a sentence that says it all: Copilot's own, or its back end's behind a status. */
export function codeOfSentence(message: string): ErrorCode | undefined {
  return sentences.find(([sentence]) => sentence.test(message))?.[1];
}

const sentences: readonly (readonly [RegExp, ErrorCode])[] = [
  [/Failed native model HTTP request: error (sending request|decoding response body)/, "network"],
  [/Failed to (finalize|parse) chat-completions stream/, "protocol"],
  [/^No response was returned\./, "no-output"],
  [/^Could not connect to (local )?model provider at /, "network"],
  [/^The provider rejected the prompt as too long\b/, "context-overflow"],
  [/(^|: )400 This model's maximum context length is \d+ tokens\./, "context-overflow"],
  [/(^|: )429 You exceeded your current quota, /, "quota-exhausted"],
];

/** Reads a line of stderr that says why Copilot does not start. */
export function readStartFailure(line: string): Evidence | undefined {
  const message = /^(?:error|Error): (.*)$/.exec(line)?.[1];
  if (message === undefined) return undefined;
  const code = startFailures.find(([sentence]) => sentence.test(message))?.[1] ?? "agent-error";
  return { type: "failure", message, code };
}

const startFailures: readonly (readonly [RegExp, ErrorCode])[] = [
  [/^No session, task, or name matched /, "session-not-found"],
  [/^No authentication information found\./, "authentication"],
];
