/**
 * How Gemini CLI 0.61.0 tells failures: in words, which are read only here. Each form has a recorded case in the tests.
 *
 * `result` has a sentence, `[API Error: …]`, around the back end's JSON or its message alone. The error's name and its
 * status are then on stderr only, as are calls of the model that are tried again, and why Gemini does not start.
 */
import type { Evidence, Failure } from "../../provider.ts";
import type { ErrorCode } from "../../vocabulary/codes.ts";
import { at, numberAt, parseObject, stringAt } from "../../vocabulary/json.ts";

/** What stderr says of the error that ended the run. */
export interface LoggedError {
  readonly name?: string;
  readonly status?: number;
}

/** Reads the sentence of a `result` or an `error`; `logged` fills in what it does not say. */
export function readFailure(sentence: string, logged: LoggedError = {}): Failure {
  // The advice behind it is for this status alone.
  const [, quoted, advice] = /^\[API Error: (.*)\](\n[^\]]*)?$/s.exec(sentence) ?? [];
  const words = quoted ?? sentence;
  const error = at(parseObject(words.replace(/^got status: \w+\. /, "")), "error");
  const message = stringAt(error, "message") ?? words;
  const code = logged.name === "TerminalQuotaError" ? "quota-exhausted" : codeOfSentence(message);
  const status = numberAt(error, "code") ?? (advice === undefined ? undefined : 429) ?? logged.status;
  const name = stringAt(error, "status") ?? logged.name;
  return { message, ...(code && { code }), ...(status !== undefined && { status }), ...(name && { name }) };
}

/** The code of a sentence that says it all. */
export function codeOfSentence(message: string): ErrorCode | undefined {
  return sentences.find(([sentence]) => sentence.test(message))?.[1];
}

const sentences: readonly (readonly [RegExp, ErrorCode])[] = [
  [/^API key not valid\. /, "authentication"],
  [/^The input token count .* exceeds the maximum number of tokens allowed/, "context-overflow"],
  [/^You have exhausted your daily quota on this model\./, "quota-exhausted"],
  [/^Model response was truncated because it exceeded the token limit\./, "output-truncated"],
  [/^The model response was blocked /, "content-refused"],
  [/^The model returned (an empty response|reasoning thoughts but no final response)/, "no-output"],
  [/^(Maximum session turns exceeded|Reached max session turns)/, "turn-limit"],
  [/^Model stream ended /, "protocol"],
  [/ in JSON at position \d+|^Incomplete JSON segment at the end$/, "protocol"],
  [/^terminated$|fetch failed sending request$/, "network"],
];

/** A call of the model that failed, as stderr has it. */
export interface FailedTry {
  /** From 1, for each call anew. */
  readonly count: number;
  readonly failure: Failure;
}

/** Reads a line that says that a call will be tried again. */
export function readFailedTry(line: string): FailedTry | undefined {
  const [, count, more = ""] = /^Attempt (\d+) failed(.*)$/.exec(line) ?? [];
  if (count === undefined || more.endsWith(". Max attempts reached")) return undefined;
  const status = /^ with (?:status )?(\d{3}) ?/.exec(more)?.[1];
  // Without the error itself it is a limit that the back end has announced.
  const [, limit] = /^: (.*?)(?:\. Retrying after \d+ms\.\.\.)?$/.exec(more) ?? [];
  const failure =
    limit === undefined
      ? readFailure(
          more.replace(/^.*? Retrying with backoff\.\.\. (?:\w+: )?/, ""),
          status === undefined ? {} : { status: Number(status) },
        )
      : readFailure(limit, { name: "rate_limit_exceeded" });
  return { count: Number(count), failure };
}

/** How long it then waits, in milliseconds. It may say so some lines later. */
export function readWait(line: string): number | undefined {
  const wait = /\. Retrying after (\d+)ms\.\.\.$/.exec(line)?.[1];
  return wait === undefined ? undefined : Number(wait);
}

/** Reads a line of the report of an error. */
export function readLoggedError(line: string): LoggedError | undefined {
  const name = /^Error when talking to Gemini API .*?\.json (\w+): /.exec(line)?.[1];
  if (name !== undefined) return { name };
  const status = /^ {2,4}(?:status|code): (\d{3}),?$/.exec(line)?.[1];
  return status === undefined ? undefined : { status: Number(status) };
}

/** Reads a line of stderr that says why Gemini does not start. */
export function readStartFailure(line: string): Evidence | undefined {
  const [, code] = startFailures.find(([sentence]) => sentence.test(line)) ?? [];
  return code && { type: "failure", message: line, code };
}

const startFailures: readonly (readonly [RegExp, ErrorCode])[] = [
  [/^Error resuming session: /, "session-not-found"],
  [/^Please set an Auth method in your /, "authentication"],
  [/^When using .*, you must specify /, "authentication"],
  [/^Invalid auth method selected\.$/, "authentication"],
  [/^Error authenticating: /, "authentication"],
  [/^Unknown arguments?: /, "agent-error"],
];
