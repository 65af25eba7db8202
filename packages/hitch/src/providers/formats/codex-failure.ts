/**
 * How Codex 0.169.0 tells failures: in sentences of its own around the back end's words. Each form has a recorded case
 * in the tests. For 400 it prints the body and nothing else, for 404 and 500 no status: only its HTTP client logs that.
 */
import type { Evidence, Failure } from "../../provider.ts";
import type { ErrorCode } from "../../vocabulary/codes.ts";
import type { AgentEvent } from "../../vocabulary/events.ts";
import { at, parseObject, stringAt } from "../../vocabulary/json.ts";
import { readRetryAfter } from "./retry-after.ts";

/** The last answer of the model's side, as the log of the HTTP client has it. */
export interface HttpAnswer {
  readonly status: number;
  readonly retryAfterMs?: number;
}

/** Reads a failure's sentence; `answer` fills in what it does not say. */
export function readFailure(message: string, answer: HttpAnswer | undefined): Failure {
  const words = stringAt(parseObject(message), "detail") ?? message;
  const code = sentences.find(([sentence]) => sentence.test(words))?.[1];
  if (code !== undefined) return { message: words, code, ...waitOf(answer) };
  const incomplete = /Incomplete response returned, reason: (\w+)/.exec(message)?.[1];
  if (incomplete !== undefined) return { message, name: incomplete };
  const body = parseObject(message);
  const error = at(body, "error");
  const name = stringAt(error, "code") ?? stringAt(error, "type");
  const told = /unexpected status (\d{3})|last status: (\d{3})/.exec(message);
  const status = Number(told?.[1] ?? told?.[2] ?? (body === undefined ? undefined : 400)) || answer?.status;
  return {
    message: stringAt(error, "message") ?? words,
    ...(status !== undefined && { status }),
    ...(name !== undefined && { name }),
    ...waitOf(answer),
  };
}

function waitOf(answer: HttpAnswer | undefined): Pick<Failure, "retryAfterMs"> {
  return answer?.retryAfterMs === undefined ? {} : { retryAfterMs: answer.retryAfterMs };
}

const sentences: readonly (readonly [RegExp, ErrorCode])[] = [
  [/^Quota exceeded\. /, "quota-exhausted"],
  [/^You’ve hit your usage limit\./, "quota-exhausted"],
  [/^rate limit exceeded: /, "rate-limited"],
  [/^Codex ran out of room in the model's context window\./, "context-overflow"],
  [/^We’re currently experiencing high demand/, "overloaded"],
  [/^The (requested )?model ['`][^'`]*['`] does not exist/, "model-not-found"],
  [/^The '[^']*' model is not supported when using Codex with /, "model-not-found"],
  [/^Missing environment variable: /, "authentication"],
  [/^Connection failed: /, "network"],
  [/^stream disconnected before completion: (Transport error|error sending request|idle timeout)/, "network"],
  [/^stream disconnected before completion: stream closed before response\.completed$/, "protocol"],
];

/** Reads a line of the log of the HTTP client. */
export function readHttpAnswer(line: string): HttpAnswer | undefined {
  const { status, headers } =
    / codex_http_client::client: Request completed .* status=(?<status>\d{3}) .*headers=(?<headers>\{.*\})/.exec(line)
      ?.groups ?? {};
  if (status === undefined) return undefined;
  const named = parseObject(headers ?? "");
  const retryAfterMs = readRetryAfter((name) => stringAt(named, name));
  return { status: Number(status), ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

/** Reads a line of stderr that says why Codex does not start. */
export function readStartFailure(line: string): Evidence | undefined {
  const message = /^(?:error: |Error: |(?=Error loading ))(.*)$/.exec(line)?.[1];
  if (message === undefined) return undefined;
  const code = startFailures.find(([sentence]) => sentence.test(message))?.[1] ?? "agent-error";
  return { type: "failure", message, code };
}

const startFailures: readonly (readonly [RegExp, ErrorCode])[] = [
  [/no rollout found for thread id/, "session-not-found"],
  [/"input_error_code":"input_too_large"/, "invalid-options"],
];

/** Reads what the log says of a call that was refused, which Codex tells nobody but its model. */
export function readRefusal(line: string): AgentEvent | undefined {
  const message = / ERROR codex_core::tools::router: error=(.*)$/.exec(line)?.[1];
  if (message === undefined || !refusals.some((refusal) => refusal.test(message))) return undefined;
  return { type: "permission", message };
}

const refusals = [
  /rejected by user approval settings$/,
  /^approval policy is Never; reject command/,
  /^exec_command failed: CreateProcess \{ message: "Rejected\(/,
];
