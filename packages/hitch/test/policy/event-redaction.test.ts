import { describe, expect, test } from "vitest";
import { createEventRedactor } from "../../src/policy/event-redaction.ts";
import { createRedactor } from "../../src/policy/redaction.ts";
import type { AgentEvent, RunEvent } from "../../src/vocabulary/events.ts";

const secret = "sk-12345678";
type Event = AgentEvent | RunEvent;

/** What is stored of these events, with what has to come before them. */
function store(...events: readonly Event[]): readonly Event[] {
  const redactor = createEventRedactor(createRedactor({ MY_KEY: secret }));
  return events.flatMap((event) => [...redactor.closing(event), event].map((one) => redactor.redact(one)));
}

const delta = (text: string, id = "1"): Event => ({ type: "text-delta", id, text });
const thought = (text: string, id = "1"): Event => ({ type: "reasoning-delta", id, text });
const warning: Event = { type: "warning", message: "odd" };
const over: Event = { type: "attempt-finish", verdict: { ok: true } };

describe("deltas", () => {
  test.each<[string, readonly Event[], readonly Event[]]>([
    ["of one text", [delta("a sk-12"), delta("345678 b")], [delta("a "), delta("[redacted] b")]],
    [
      "with another event between",
      [delta("a sk-12"), warning, delta("345678")],
      [delta("a "), warning, delta("[redacted]")],
    ],
    [
      "of two texts at once",
      [delta("sk-12", "1"), delta("sk-1", "2"), delta("345678", "1"), delta("x", "2")],
      [delta("", "1"), delta("", "2"), delta("[redacted]", "1"), delta("sk-1x", "2")],
    ],
    [
      "of a text and a thought with the same id",
      [delta("sk-12"), thought("sk-12"), thought("3"), delta("345678")],
      [delta(""), thought(""), thought(""), delta("[redacted]")],
    ],
    [
      "that end with the attempt",
      [delta("as"), thought("bs"), over],
      [delta("a"), thought("b"), delta("s"), thought("s"), over],
    ],
    [
      "that end with their whole text",
      [delta("as"), thought("bs"), { type: "text", id: "1", text: "as" }, thought("c")],
      [delta("a"), thought("b"), delta("s"), { type: "text", id: "1", text: "as" }, thought("sc")],
    ],
    [
      "that go on after another one's whole text",
      [delta("sk-12"), { type: "text", id: "2", text: "x" }, delta("345678")],
      [delta(""), { type: "text", id: "2", text: "x" }, delta("[redacted]")],
    ],
    ["of an id that is a secret", [delta("a", secret)], [delta("a", "[redacted]")]],
  ])("%s", (_, events, stored) => {
    expect(store(...events)).toEqual(stored);
  });

  test("an attempt that starts anew does not go on with the text of the one before", () => {
    expect(store(delta("sk-12"), over, delta("345678"))).toEqual([delta(""), delta("sk-12"), over, delta("345678")]);
  });

  test("what has nothing to hide is given back itself", () => {
    const events = [delta("abc"), warning, over];
    store(...events).forEach((stored, index) => expect(stored).toBe(events[index]));
  });
});

describe("native lines", () => {
  const line = (value: unknown): Event => ({
    type: "raw",
    line: typeof value === "string" ? value : JSON.stringify(value),
  });
  const hidden = line("[redacted]");

  test.each<[string, readonly Event[], readonly Event[]]>([
    ["with a whole secret", [line({ text: `a ${secret}` })], [line({ text: "a [redacted]" })]],
    ["with the halves of one", [line({ delta: "a sk-12" }), line({ delta: "345678 b" })], [hidden, hidden]],
    [
      "with it letter by letter: its first three say nothing",
      [..."sk-12345678."].map((delta) => line({ type: "delta", delta })),
      [..."sk-12345678."].map((delta, index) => (index < 3 || index > 10 ? line({ type: "delta", delta }) : hidden)),
    ],
    ["deep inside", [line({ a: [{ b: { c: "sk-123" } }] }), line({ a: [{ b: { c: "45678" } }] })], [hidden, hidden]],
    ["that are no JSON", [line("a sk-123"), line("45678 b")], [hidden, hidden]],
    [
      "with another text of that name between",
      [
        line({ delta: { text: "my key sk-123" }, snapshot: { text: "bye." } }),
        line({ delta: { text: "45678 done" }, snapshot: { text: "bye." } }),
      ],
      [hidden, hidden],
    ],
    [
      "of two texts at once",
      [
        line({ index: 0, text: "a sk-12" }),
        line({ index: 1, text: "b sk-1" }),
        line({ index: 0, text: "345" }),
        line({ index: 1, text: "2345678 c" }),
        line({ index: 0, text: "678 d" }),
      ],
      [hidden, hidden, hidden, hidden, hidden],
    ],
    [
      "of two texts at once, one of which ends by chance as a secret begins",
      [
        line({ index: 0, text: "a sk-12" }),
        ...["is", "as", "task", "3", "."].map((text) => line({ index: 1, text })),
        line({ index: 0, text: "345678" }),
      ],
      [
        hidden,
        ...["is", "as", "task"].map((text) => line({ index: 1, text })),
        hidden, // It could have been the next piece.
        line({ index: 1, text: "." }),
        hidden,
      ],
    ],
    [
      "begun in one field and ended in another of that name",
      [line({ start: { text: "sk-123" } }), line({ delta: { text: "45678" } })],
      [hidden, hidden],
    ],
    ["that are no JSON, with another between", [line("sk-123"), line("x"), line("45678")], [hidden, line("x"), hidden]],
    [
      "with a whole one after half of one",
      [line({ a: "sk-1" }), line({ a: `2 ${secret}` })],
      [hidden, line({ a: "2 [redacted]" })],
    ],
    ["with what only begins like one", [line({ a: "s" }), line({ a: "o" })], [line({ a: "s" }), line({ a: "o" })]],
  ])("%s", (_, events, stored) => {
    expect(store(...events)).toEqual(stored);
  });

  test("with one that begins twice", () => {
    const redactor = createEventRedactor(createRedactor({ MY_KEY: "aaaaaaab" }));
    const lines = ["aaaaaaa", "ab"].map((text) => redactor.redact(line({ text })));
    expect(lines).toEqual([hidden, hidden]);
  });

  test("nested deeper than the stack are looked through", () => {
    const deep = `{"a":${"[".repeat(50_000)}"sk-12345"${"]".repeat(50_000)}}`;
    expect(store(line(deep))).toEqual([hidden]);
  });
});

test("a title that was cut in the middle of a secret is stored without the half", () => {
  const begin = { type: "run-start", version: 1, provider: "x", cwd: "/home/me/project" } as const;
  const permissions = { level: "workspace", enforcedBy: "nothing" } as unknown as Extract<
    Event,
    { type: "run-start" }
  >["permissions"];
  const titled = (title: string): Event => ({ ...begin, permissions, containment: "full" as never, title });
  expect(store(titled("use sk-1234"))).toEqual([titled("use [redacted]")]);
  expect(store(titled("use tasks"))).toEqual([titled("use tasks")]);
});

test("of a secret of several lines, each line is one: it is printed in lines", () => {
  const redactor = createEventRedactor(createRedactor({ MY_KEY: "-----BEGIN KEY-----\nAAAABBBBCCCC\nzz\n" }));
  const lines = ["-----BEGIN KEY-----", "AAAABBBBCCCC", "zz"].map((text) => redactor.redact({ type: "stderr", text }));
  expect(lines.map(({ text }) => text)).toEqual(["[redacted]", "[redacted]", "zz"]);
});

describe("a secret that is one of Hitch's own words", () => {
  const words = [
    "run-finish",
    "completed",
    "opencode",
    "cancelled",
    "workspace",
    "agent-rules",
    "rate-limit",
    "in-place",
  ];
  const names = ["toolCallId", "permissions", "inputTokens", "enforcedBy", "entries", "retryable", "warnings"];
  const redact = createRedactor(Object.fromEntries([...words, ...names].map((word, index) => [`S${index}_KEY`, word])));
  const redactor = createEventRedactor(redact);

  test.each<[Event]>([
    [
      {
        type: "run-finish",
        status: "completed",
        result: {
          runId: "0123456789a",
          provider: "opencode",
          session: { provider: "opencode", id: "1", cwd: "/" },
          permissions: { level: "workspace", enforcedBy: "agent-rules" },
          workspace: { type: "in-place" },
          usage: { inputTokens: 1 },
          warnings: [],
        },
        error: { code: "rate-limit", message: "m", hint: "h", retryable: true },
      } as unknown as Event,
    ],
    [{ type: "plan", entries: [{ content: "c", status: "completed" }] }],
    [{ type: "attempt-start", provider: "opencode", command: [] }],
    [{ type: "fallback", from: "opencode", to: "opencode", reason: "r" }],
    [{ type: "attempt-finish", verdict: { ok: false, code: "cancelled" } }],
    [{ type: "tool-call", toolCallId: "1", toolName: "t", kind: "execute", input: {} }],
  ])("leaves it in Hitch's fields: %j", (event) => {
    expect(redactor.redact(event)).toBe(event);
  });

  test("hides it in what the agent said, was given and made", () => {
    const call = (input: unknown, toolName: string): Event =>
      ({ type: "tool-call", toolCallId: "1", toolName, kind: "read", input }) as const;
    expect(redactor.redact(call({ type: "run-finish", permissions: ["completed"] }, "opencode"))).toEqual(
      call({ type: "[redacted]", "[redacted]": ["[redacted]"] }, "[redacted]"),
    );
    const finish = (output: unknown, text: string) =>
      ({ type: "run-finish", status: "completed", result: { output, text, metadata: output } }) as Event;
    expect(redactor.redact(finish({ status: "completed", provider: "opencode" }, "completed"))).toEqual(
      finish({ status: "[redacted]", provider: "[redacted]" }, "[redacted]"),
    );
  });
});
