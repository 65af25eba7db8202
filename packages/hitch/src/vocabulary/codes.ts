/**
 * The error codes and what follows from each. No other file decides whether a code may be retried, which exit code
 * the command line ends with, or which HTTP status a server answers.
 */

/** What follows from an error code. */
export interface CodeFacts {
  /** The same call may succeed later, unchanged. */
  readonly retryable: boolean;
  /** Another provider may be tried: the set-up or the back end failed, not the task. */
  readonly mayFallBack: boolean;
  /** Exit code of the command line. */
  readonly exitCode: number;
  /** Status of an HTTP answer. */
  readonly httpStatus: number;
  /** What to do about it, for people. */
  readonly hint: string;
}

/** Every way in which a run can end other than well. */
export type ErrorCode = keyof typeof codes;

const failed = { retryable: false, mayFallBack: false, exitCode: 1, httpStatus: 502 };
const wrongCall = { retryable: false, mayFallBack: false, exitCode: 2, httpStatus: 400 };
const wrongSetUp = { retryable: false, mayFallBack: true, exitCode: 3, httpStatus: 503 };
const tryLater = { retryable: true, mayFallBack: true, exitCode: 4, httpStatus: 503 };
const tooLong = { retryable: false, mayFallBack: false, exitCode: 124, httpStatus: 504 };

/** The table. */
export const codes = {
  "agent-error": {
    ...failed,
    hint: "The agent's own message says what it did not like; the journal keeps all it printed.",
  },
  crashed: {
    ...failed,
    hint: "The agent's process died. Its stderr is in the run's journal and attempts; HITCH_DEBUG=1 shows more.",
  },
  protocol: {
    ...failed,
    hint: "The agent or its model ended without a complete answer. Check the model's endpoint and the agent's version.",
  },
  "content-refused": { ...failed, hint: "The model's provider refused the content. Change the prompt or the model." },
  "context-overflow": {
    ...failed,
    httpStatus: 413,
    hint: "The conversation does not fit the model. Shorten the prompt, start a new session or take a larger model.",
  },
  "output-truncated": {
    ...failed,
    hint: "The model stopped at its output limit. Raise the limit in the agent's configuration or ask for less.",
  },
  "permission-denied": {
    ...failed,
    httpStatus: 403,
    hint: "The agent gave up on something that `permissions` refuses. Allow more, or ask for less.",
  },
  "invalid-options": { ...wrongCall, hint: "Correct the call as the message says." },
  "unsupported-option": {
    ...wrongCall,
    hint: "Leave the option out, choose another provider, or pass `lenient` and go on without it.",
  },
  "cwd-not-found": { ...wrongCall, hint: "Create the directory or pass another `cwd`." },
  "session-not-found": { ...wrongCall, httpStatus: 404, hint: "Start a new session, or continue it in its own `cwd`." },
  "executable-not-found": {
    ...wrongSetUp,
    hint: "Install the agent, put it on PATH or pass `executable`.",
  },
  "executable-outdated": { ...wrongSetUp, hint: "Update the agent." },
  authentication: { ...wrongSetUp, hint: "Log in with the agent's own command, or pass its API key in `env`." },
  "model-not-found": { ...wrongSetUp, hint: "Check `model`: the agent's own command lists the models it knows." },
  "rate-limited": { ...tryLater, httpStatus: 429, hint: "Wait and try again, or run fewer at once." },
  overloaded: { ...tryLater, hint: "The model's provider has trouble. Try again later." },
  network: { ...tryLater, hint: "The model's endpoint was not reached. Check the network and the endpoint's address." },
  "quota-exhausted": {
    ...tryLater,
    retryable: false,
    hint: "The account's quota or balance is used up. Wait for its reset, or top it up.",
  },
  lost: { ...tryLater, mayFallBack: false, hint: "The process that executed the run died. Start the run again." },
  "no-output": {
    ...failed,
    exitCode: 5,
    hint: "The agent ended without saying or doing anything. Try another prompt or model.",
  },
  "invalid-output": {
    ...failed,
    exitCode: 5,
    hint: "Make the schema simpler, or raise `retries.output`. `attempts[].output` keeps each answer and what was wrong.",
  },
  "turn-limit": { ...failed, exitCode: 6, hint: "Raise `limits.turns`, or ask for less." },
  "budget-exceeded": { ...failed, exitCode: 6, hint: "Raise `limits.usd` or `limits.tokens`, or ask for less." },
  "apply-failed": {
    ...failed,
    httpStatus: 409,
    hint: "Nothing was changed. The patch is in `changes.patch` of the result, and in the journal: `hitch show RUN --patch`.",
  },
  internal: {
    ...failed,
    exitCode: 70,
    httpStatus: 500,
    hint: "This is a bug in Hitch. Please report it with the run's journal.",
  },
  "startup-timeout": {
    ...tooLong,
    hint: "The agent printed nothing at all. Raise `timeouts.startup`, or run it by hand.",
  },
  "idle-timeout": { ...tooLong, hint: "The agent went silent. Raise `timeouts.idle` if its model thinks for long." },
  timeout: { ...tooLong, hint: "Raise `timeouts.total`, or ask for less." },
  cancelled: {
    retryable: false,
    mayFallBack: false,
    exitCode: 130,
    httpStatus: 499,
    hint: "The run was cancelled by its caller.",
  },
} as const satisfies Record<string, CodeFacts>;
