import { describe, expect, test } from "vitest";
import { decideVerdict, type Cause, type Observed, type Verdict } from "../../src/policy/verdict.ts";
import type { Evidence } from "../../src/provider.ts";

const evidence = (value: Evidence): Cause => ({ type: "evidence", evidence: value });
const well = evidence({ type: "ended", ok: true });
const badly = (reason?: string): Cause =>
  evidence({ type: "ended", ok: false, ...(reason !== undefined && { reason }) });
const failure = (message: string, more: object = {}): Cause => evidence({ type: "failure", message, ...more });
const idle: Cause = { type: "kill", code: "idle-timeout", message: "The agent printed nothing for 300 s." };
const cancelled: Cause = { type: "kill", code: "cancelled", message: "The run was cancelled." };

/** A run that went well. */
const plain: Observed = {
  exit: { code: 0, signal: null },
  causes: [well],
  endedByUs: false,
  answered: true,
  toolCalls: 0,
  openToolCalls: 0,
  permissionsRefused: 0,
  halfLine: false,
  stderrTail: "",
};

const sigkill = { code: null, signal: "SIGKILL" };
const exitOne = { code: 1, signal: null };

interface Case extends Partial<Observed> {
  readonly name: string;
  readonly verdict: Verdict;
}

const ok = (...warnings: string[]): Verdict => ({ ok: true, warnings });
const failed = (code: Extract<Verdict, { ok: false }>["code"], message: string, more: object = {}): Verdict => ({
  ok: false,
  code,
  message,
  ...more,
});

const successes: readonly Case[] = [
  { name: "ended well, with an answer", verdict: ok() },
  {
    name: "tool calls but no text",
    answered: false,
    toolCalls: 2,
    verdict: ok("The agent used its tools but gave no final text."),
  },
  { name: "a tool call still open", openToolCalls: 1, verdict: ok("The agent ended with tool calls still open: 1.") },
  { name: "a failure it recovered from", causes: [failure("429", { recovered: true }), well], verdict: ok() },
  { name: "a refused permission it got over", permissionsRefused: 1, verdict: ok() },
  {
    name: "a bad exit code that belongs to its good end",
    causes: [failure("too long", { recovered: true }), evidence({ type: "ended", ok: true, exitCode: 1 })],
    exit: exitOne,
    verdict: ok(),
  },
  {
    name: "a bad exit code after an end whose exit means nothing",
    causes: [evidence({ type: "ended", ok: true, exitCode: "any" })],
    exit: exitOne,
    verdict: ok(),
  },
  { name: "ended by us after its last word", exit: sigkill, endedByUs: true, verdict: ok() },
  { name: "… and it exits with 143", exit: { code: 143, signal: null }, endedByUs: true, verdict: ok() },
  { name: "… inside a line", halfLine: true, endedByUs: true, verdict: ok() },
  { name: "a clock that fired after its last word", causes: [well, idle], exit: sigkill, verdict: ok() },
  { name: "cancelled after its last word", causes: [well, cancelled], exit: sigkill, verdict: ok() },
];

const firstCauses: readonly Case[] = [
  {
    name: "a failure",
    causes: [failure("Too many requests", { status: 429, retryAfterMs: 5 })],
    verdict: failed("rate-limited", "Too many requests", { retryAfterMs: 5 }),
  },
  {
    name: "a failure without words",
    causes: [failure(" ", { status: 500 })],
    verdict: failed("overloaded", "The agent failed without saying why."),
  },
  { name: "a failure after the answer", causes: [well, failure("boom")], verdict: failed("agent-error", "boom") },
  {
    name: "a failure, then our kill",
    causes: [failure("bad key", { status: 401 }), idle],
    exit: sigkill,
    verdict: failed("authentication", "bad key"),
  },
  {
    name: "our kill, then a failure",
    causes: [idle, failure("aborted")],
    exit: sigkill,
    verdict: failed("idle-timeout", "The agent printed nothing for 300 s."),
  },
  {
    name: "our kill, then its last word",
    causes: [idle, well],
    verdict: failed("idle-timeout", "The agent printed nothing for 300 s."),
  },
  {
    name: "our kill while it retried",
    causes: [failure("429 slow down", { recovered: true, status: 429 }), idle],
    exit: sigkill,
    verdict: failed("idle-timeout", "The agent printed nothing for 300 s; last the model's side said: 429 slow down"),
  },
  {
    name: "cancelled while it retried",
    causes: [failure("429", { recovered: true }), cancelled],
    exit: sigkill,
    verdict: failed("cancelled", "The run was cancelled."),
  },
  {
    name: "stopped for good",
    causes: [evidence({ type: "stop", code: "protocol", message: "an endless loop" })],
    exit: sigkill,
    verdict: failed("protocol", "an endless loop"),
  },
  { name: "gave up", causes: [badly()], verdict: failed("agent-error", "The agent gave up.") },
  {
    name: "gave up for a reason",
    causes: [badly("length")],
    verdict: failed("output-truncated", "The agent gave up: length."),
  },
  {
    name: "gave up for an unknown reason",
    causes: [badly("toolUse")],
    verdict: failed("agent-error", "The agent gave up: toolUse."),
  },
  {
    name: "gave up after a refusal",
    causes: [badly("tool-calls")],
    permissionsRefused: 1,
    verdict: failed("permission-denied", "The agent stopped after the run's permissions refused it once."),
  },
  {
    name: "gave up after retries",
    causes: [failure("503", { recovered: true }), badly("error")],
    verdict: failed("agent-error", "The agent gave up: error; last the model's side said: 503"),
  },
  {
    name: "gave up, and says behind it why",
    causes: [badly("error"), failure("Refused", { status: 429 })],
    verdict: failed("rate-limited", "Refused"),
  },
  { name: "gave up, then well", causes: [badly("x"), well], verdict: failed("agent-error", "The agent gave up: x.") },
  { name: "totals say nothing", causes: [evidence({ type: "totals", scope: "attempt" }), well], verdict: ok() },
];

const badEnds: readonly Case[] = [
  {
    name: "exit 0 without a last word",
    causes: [],
    verdict: failed("protocol", "The agent exited with code 0 before it had finished."),
  },
  {
    name: "… with a help screen",
    causes: [],
    lastStdoutLine: "  --help  shows this",
    verdict: failed("protocol", "The agent exited with code 0 before it had finished: --help  shows this"),
  },
  {
    name: "… amid its protocol",
    causes: [],
    lastStdoutLine: '{"type":"message_end"}',
    verdict: failed("protocol", "The agent exited with code 0 before it had finished."),
  },
  {
    name: "… with words on stderr",
    causes: [],
    stderrTail: "Falling back\n",
    verdict: failed("protocol", "The agent exited with code 0 before it had finished: Falling back"),
  },
  {
    name: "… after refusals",
    causes: [],
    permissionsRefused: 2,
    verdict: failed("permission-denied", "The agent stopped after the run's permissions refused it 2 times."),
  },
  {
    name: "half a line",
    causes: [],
    halfLine: true,
    verdict: failed("protocol", "The agent's output ended inside a line."),
  },
  {
    name: "half a line after its last word",
    halfLine: true,
    verdict: failed("protocol", "The agent's output ended inside a line."),
  },
  {
    name: "killed by somebody",
    causes: [],
    exit: sigkill,
    verdict: failed("crashed", "The agent was killed by SIGKILL, maybe because memory ran out."),
  },
  {
    name: "killed by a signal after its last word",
    exit: { code: null, signal: "SIGSEGV" },
    verdict: failed("crashed", "The agent was killed by SIGSEGV after its answer."),
  },
  {
    name: "exit 1 with a reason",
    causes: [],
    exit: exitOne,
    stderrTail: "Error: no such flag\n",
    verdict: failed("agent-error", "The agent exited with code 1: Error: no such flag"),
  },
  {
    name: "exit 1 without a word",
    causes: [],
    exit: exitOne,
    verdict: failed("crashed", "The agent exited with code 1."),
  },
  {
    name: "exit 1 after its last word",
    exit: exitOne,
    stderrTail: "cannot save the session",
    verdict: failed("agent-error", "The agent exited with code 1 after its answer: cannot save the session"),
  },
  {
    name: "exit 137, as a shell says of SIGKILL",
    causes: [],
    exit: { code: 137, signal: null },
    stderrTail: "Killed",
    verdict: failed("crashed", "The agent exited with code 137: Killed"),
  },
  {
    name: "exit 1 while it retried",
    causes: [failure("500 oops", { recovered: true })],
    exit: exitOne,
    verdict: failed("crashed", "The agent exited with code 1; last the model's side said: 500 oops"),
  },
  {
    name: "an end that nobody saw",
    causes: [],
    exit: null,
    verdict: failed("crashed", "The end of the agent's process was not seen."),
  },
];

const emptyAnswers: readonly Case[] = [
  {
    name: "nothing said and nothing done",
    answered: false,
    verdict: failed("no-output", "The agent ended well, but said and did nothing."),
  },
  {
    name: "nothing said after a refusal",
    answered: false,
    toolCalls: 1,
    permissionsRefused: 1,
    verdict: failed("permission-denied", "The agent stopped after the run's permissions refused it once."),
  },
];

describe.each([
  { title: "success", cases: successes },
  { title: "the first cause wins", cases: firstCauses },
  { title: "a bad end", cases: badEnds },
  { title: "an empty answer", cases: emptyAnswers },
])("$title", ({ cases }) => {
  test.each(cases)("$name", ({ name: _name, verdict, ...observed }) => {
    expect(decideVerdict({ ...plain, ...observed })).toEqual(verdict);
  });
});
