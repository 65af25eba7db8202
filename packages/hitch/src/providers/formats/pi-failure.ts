/**
 * How pi 0.87.1 tells failures: in words, which are read only here. Each form has a recorded case in the tests.
 *
 * An assistant message with `stopReason: "error"` has an `errorMessage`, which is made of the status and the body of
 * the answer (`429: {"code":…}`, `500 <html>…`, `OpenAI API error (429): …`), or is the HTTP client's own sentence.
 * What is wrong with the call is said on stderr before the first event.
 */
import type { Evidence, Failure } from "../../provider.ts";
import type { ErrorCode } from "../../vocabulary/codes.ts";
import { asObject, at, parseObject, stringAt, type JsonObject } from "../../vocabulary/json.ts";

/** How it went, by the last message of the model. pi has said all. */
export function readEnd(last: JsonObject | undefined): readonly Evidence[] {
  const reason = stringAt(last, "stopReason") ?? "no answer";
  if (reason === "stop") return [{ type: "ended", ok: true }];
  const ended: Evidence = { type: "ended", ok: false, reason };
  if (reason === "length") {
    return [{ type: "failure", code: "output-truncated", message: "The model stopped at its output limit." }, ended];
  }
  if (reason !== "error") return [ended];
  const failure = readFailure(stringAt(last, "errorMessage") ?? "", stringAt(last, "rawStopReason"));
  return [{ type: "failure", ...failure }, ended];
}

/** Reads the `errorMessage` of an assistant message and the back end's own reason for stopping. */
export function readFailure(message: string, rawStopReason?: string): Failure {
  const answer = /^(?:[\w .-]+ \((?<prefixed>[45]\d\d)\): |(?<bare>[45]\d\d):? )(?<body>.*)$/s.exec(message)?.groups;
  if (answer === undefined) {
    const code = sentences.find(([sentence]) => sentence.test(message))?.[1];
    return {
      message,
      ...(code !== undefined && { code }),
      ...(rawStopReason !== undefined && { name: rawStopReason }),
    };
  }
  const name = nameInBody(answer["body"] ?? "");
  const status = Number(answer["prefixed"] ?? answer["bare"]);
  return { message, status, ...(name !== undefined && { name }) };
}

/** Reads a line of stderr: evidence if it says why pi does not start. */
export function readStderr(line: string): Evidence | undefined {
  const code = startFailures.find(([sentence]) => sentence.test(line))?.[1];
  if (code !== undefined) return { type: "failure", message: line.trim(), code };
  const stop = endless.find(([sentence]) => sentence.test(line))?.[1];
  return stop && { type: "stop", message: line.trim(), code: stop };
}

/** OpenAI's `code` says more than its `type`; Anthropic has only `type`, Google only `status`, both one level down. */
function nameInBody(body: string): string | undefined {
  const parsed = parseObject(body);
  const error = asObject(at(parsed, "error")) ?? parsed;
  return stringAt(error, "code") ?? stringAt(error, "type") ?? stringAt(error, "status");
}

const sentences: readonly (readonly [RegExp, ErrorCode])[] = [
  [/^Connection error\.$/, "network"],
  // The HTTP client's word for a connection that was cut, and for one that pi gave up after its idle limit.
  [/^terminated$/, "network"],
  [/^Request timed out\.$/, "network"],
  [/^Stream ended without finish_reason$/, "protocol"],
  [/ in JSON at position \d+| is not valid JSON$|^Unexpected end of JSON input$/, "protocol"],
];

const startFailures: readonly (readonly [RegExp, ErrorCode])[] = [
  [/No session found matching '/, "session-not-found"],
  [/No API key found for /, "authentication"],
  [/Error: Model ".*" (?:not found|is ambiguous)|Error: Unknown provider "/, "model-not-found"],
];

/** Lines after which pi would go on with something else than was asked for. */
const endless: readonly (readonly [RegExp, ErrorCode])[] = [
  // It then asks whether to fork and takes the prompt for the answer.
  [/Session found in different project: /, "session-not-found"],
  [/Warning: Invalid thinking level "/, "invalid-options"],
];
