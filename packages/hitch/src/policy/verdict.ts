/**
 * How an attempt ended. Neither the exit code nor an error event is the truth: agents exit 0 on errors and 1 after
 * answers, so all that was observed is weighed here, once.
 */
import type { Evidence, Exit, Failure } from "../provider.ts";
import type { ErrorCode } from "../vocabulary/codes.ts";
import { classifyFailure } from "./classify.ts";
import { lastWords } from "./last-words.ts";

/** Something that may have decided the attempt. `kill`: we ended it, for this reason. */
export type Cause =
  | { readonly type: "evidence"; readonly evidence: Evidence }
  | { readonly type: "kill"; readonly code: ErrorCode; readonly message: string };

/** All that is known about an attempt that is over. */
export interface Observed {
  /** Null if the process was never seen to end. */
  readonly exit: Exit | null;
  /** In the order in which they came. */
  readonly causes: readonly Cause[];
  /** We ended the process, for whatever reason, so its exit says nothing. */
  readonly endedByUs: boolean;
  /** There is a final text or an output. */
  readonly answered: boolean;
  readonly toolCalls: number;
  /** Tool calls without a result. */
  readonly openToolCalls: number;
  readonly permissionsRefused: number;
  /** stdout ended inside a line. */
  readonly halfLine: boolean;
  readonly stderrTail: string;
  readonly lastStdoutLine?: string;
}

/** Success with what is odd about it, or the failure's code and message. */
export type Verdict =
  { readonly ok: true; readonly warnings: readonly string[] } | ({ readonly ok: false } & FailedVerdict);

export interface FailedVerdict {
  readonly code: ErrorCode;
  /** What happened, in the agent's own words where there are any. */
  readonly message: string;
  /** How long the model's side asked to wait. */
  readonly retryAfterMs?: number;
  /** The option that could not be had. */
  readonly option?: string;
}

/**
 * Decides. The first cause wins: later ones are its consequences. A failure from which the agent recovered is no cause;
 * it only explains what came after it. An agent that gives up may say why behind that, in its log. Once the agent said
 * `ended.ok`, our own kill is no cause either, but its own bad exit is: it failed after its last word, for instance to
 * store the session, and we don't call that a success, unless the protocol that it speaks gives the exit no meaning.
 */
export function decideVerdict(observed: Observed): Verdict {
  const failed = firstCause(observed) ?? badEnd(observed) ?? emptyAnswer(observed);
  return failed === undefined ? { ok: true, warnings: oddities(observed) } : { ok: false, ...failed };
}

function firstCause(observed: Observed): FailedVerdict | undefined {
  let ended = false;
  let recovered: Failure | undefined;
  for (const [index, cause] of observed.causes.entries()) {
    if (cause.type === "kill") {
      if (!ended) return { code: cause.code, message: explained(cause.message, cause.code, recovered) };
      continue;
    }
    const { evidence } = cause;
    if (evidence.type === "stop") return { code: evidence.code, message: evidence.message };
    if (evidence.type === "ended" && !evidence.ok) {
      const why = observed.causes.slice(index).map(evidenceOf).find(isCause);
      return why === undefined ? gaveUp(evidence.reason, recovered, observed) : judgeFailure(why);
    }
    if (evidence.type === "ended") ended = true;
    if (evidence.type === "failure" && evidence.recovered !== true) return judgeFailure(evidence);
    if (evidence.type === "failure") recovered = evidence;
  }
  return undefined;
}

function isCause(evidence: Evidence | undefined): evidence is Extract<Evidence, { readonly type: "failure" }> {
  return evidence?.type === "failure" && evidence.recovered !== true;
}

/** The verdict on an attempt that this failure has ended. */
export function judgeFailure(failure: Failure): FailedVerdict {
  return {
    code: classifyFailure(failure),
    message: failure.message.trim() === "" ? "The agent failed without saying why." : failure.message,
    ...(failure.retryAfterMs !== undefined && { retryAfterMs: failure.retryAfterMs }),
  };
}

function gaveUp(reason: string | undefined, recovered: Failure | undefined, observed: Observed): FailedVerdict {
  const code = classifyFailure({ message: "", ...(reason !== undefined && { name: reason }) });
  if (code === "agent-error" && observed.permissionsRefused > 0) return refused(observed);
  const message = reason === undefined ? "The agent gave up." : `The agent gave up: ${reason}.`;
  return { code, message: explained(message, code, recovered) };
}

function refused(observed: Observed): FailedVerdict {
  const times = observed.permissionsRefused === 1 ? "once" : `${observed.permissionsRefused} times`;
  return { code: "permission-denied", message: `The agent stopped after the run's permissions refused it ${times}.` };
}

/** The end of the process itself, where nothing before it decided. */
function badEnd(observed: Observed): FailedVerdict | undefined {
  const { exit, causes, halfLine } = observed;
  const end = causes.map(evidenceOf).find((evidence) => evidence?.type === "ended");
  const ended = end !== undefined;
  if (ended && (observed.endedByUs || causes.some(({ type }) => type === "kill"))) return undefined;
  const expected = end?.exitCode ?? 0;
  // A signal is no exit of its own, whatever the agent may exit with.
  const isClean = (expected === "any" ? exit !== null && exit.signal === null : exit?.code === expected) && !halfLine;
  if (isClean && ended) return undefined;
  if (isClean && observed.permissionsRefused > 0) return refused(observed);
  return { code: codeOfEnd(observed), message: withLastWords(describeEnd(exit, halfLine, ended), observed) };
}

function evidenceOf(cause: Cause): Evidence | undefined {
  return cause.type === "evidence" ? cause.evidence : undefined;
}

function describeEnd(exit: Exit | null, halfLine: boolean, ended: boolean): string {
  const when = ended ? " after its answer" : "";
  if (exit === null) return "The end of the agent's process was not seen";
  if (exit.signal === "SIGKILL") return `The agent was killed by SIGKILL${when}, maybe because memory ran out`;
  if (exit.signal !== null) return `The agent was killed by ${exit.signal}${when}`;
  if (exit.code !== 0) return `The agent exited with code ${exit.code}${when}`;
  return halfLine ? "The agent's output ended inside a line" : "The agent exited with code 0 before it had finished";
}

/** An agent that says why it exits has failed; one that dies without a word, or as by a signal, has crashed. */
function codeOfEnd({ exit, stderrTail }: Observed): ErrorCode {
  if (exit === null || exit.signal !== null) return "crashed";
  if (exit.code === 0) return "protocol";
  return exit.code === null || exit.code > 128 || lastWords(stderrTail) === undefined ? "crashed" : "agent-error";
}

function withLastWords(message: string, observed: Observed): string {
  // A line of the agent's protocol explains nothing to people; a line of a help screen does.
  const printed = observed.lastStdoutLine?.startsWith("{") ? "" : (observed.lastStdoutLine ?? "");
  const words = lastWords(observed.stderrTail) ?? lastWords(printed);
  const recovered = observed.causes.findLast(isRecovered)?.evidence;
  return explained(words === undefined ? `${message}.` : `${message}: ${words}`, "crashed", recovered);
}

function isRecovered(cause: Cause): cause is { type: "evidence"; evidence: { type: "failure" } & Failure } {
  return cause.type === "evidence" && cause.evidence.type === "failure" && cause.evidence.recovered === true;
}

/** Adds what the model's side said last, which is why an agent that retries runs out of time. */
function explained(message: string, code: ErrorCode, recovered: Failure | undefined): string {
  if (recovered === undefined || code === "cancelled") return message;
  return `${message.replace(/\.$/, "")}; last the model's side said: ${recovered.message}`;
}

function emptyAnswer(observed: Observed): FailedVerdict | undefined {
  if (observed.answered) return undefined;
  if (observed.permissionsRefused > 0) return refused(observed);
  return observed.toolCalls > 0
    ? undefined
    : { code: "no-output", message: "The agent ended well, but said and did nothing." };
}

function oddities({ answered, openToolCalls }: Observed): readonly string[] {
  return [
    ...(answered ? [] : ["The agent used its tools but gave no final text."]),
    // Agents may leave a background tool behind and end well, so this alone is no failure.
    ...(openToolCalls === 0 ? [] : [`The agent ended with tool calls still open: ${openToolCalls}.`]),
  ];
}
