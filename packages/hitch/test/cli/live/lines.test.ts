import stringWidth from "string-width";
import { describe, expect, test } from "vitest";
import { liveLines } from "../../../src/cli/live/live-lines.ts";
import { permanentLines } from "../../../src/cli/live/permanent.ts";
import { advance, initialState, type ViewState } from "../../../src/cli/live/state.ts";
import { unstyled } from "../text/unstyled.ts";
import type { HitchEvent } from "../../../src/vocabulary/events.ts";
import { at, called, clock, returned, started, stepFinished } from "./events.ts";

/** What stays on the screen after these events, and what is redrawn at a time after the start. */
function show(
  events: readonly HitchEvent[],
  { afterMs = 0, columns = 80, rows = 24, answerFollows = true, redact = (text: string) => text } = {},
): { permanent: string[]; live: readonly string[] } {
  let state: ViewState = initialState(answerFollows);
  const permanent: string[] = [];
  for (const event of events) {
    permanent.push(...permanentLines(event, state, { style: unstyled, columns }));
    state = advance(state, event);
  }
  const live = liveLines(state, { style: unstyled, columns, rows, nowMs: clock(afterMs), number: 0, redact });
  return { permanent, live };
}

const text = (id: string, said: string): HitchEvent => at(0, { type: "text", id, text: said });
const attemptStarted = at(0, { type: "attempt-start", provider: "opencode", command: ["opencode"] });
const finished = (status: "completed" | "failed"): HitchEvent => at(9, { type: "run-finish", status, result: {} });

describe("what is over stays, one line a thing", () => {
  const path = { filePath: "/home/me/project/src/a.ts" };
  test.each<[string, readonly HitchEvent[], readonly string[]]>([
    ["a run", [at(0, started)], ["opencode · anthropic/claude-sonnet-4-5 · workspace, enforced by agent-rules"]],
    [
      "a tool that took its time",
      [at(0, started), at(0, called("1", "read", path)), at(1234, returned("1"))],
      [expect.any(String) as string, "✓ read    src/a.ts  1.2s"],
    ],
    [
      "a tool that is printed when it is over has no duration",
      [at(500, called("1", "execute", { command: "npm test" })), at(500, returned("1"))],
      ["✓ execute npm test"],
    ],
    [
      "a tool that failed, and why",
      [at(0, called("1", "execute", { command: "npm test" })), at(0, returned("1", true, "exit code 1\nmore"))],
      ["✗ execute npm test", "  exit code 1 more"],
    ],
    [
      "a tool of a subagent",
      [at(0, { ...called("1", "read", path), parentToolCallId: "0" } as never), at(0, returned("1"))],
      ["  ✓ read    /home/me/project/src/a.ts"],
    ],
    ["a result without its call", [at(0, returned("?"))], ["✓ tool"]],
    [
      "a change that its tool has told already is not told again",
      [
        at(0, started),
        at(0, called("1", "edit", path)),
        at(0, returned("1")),
        at(0, { type: "file-change", path: path.filePath, change: "edit" }),
        at(0, { type: "file-change", path: "/home/me/project/b.ts", change: "create" }),
      ],
      [expect.any(String) as string, "✓ edit    src/a.ts", "± create  b.ts"],
    ],
    ["a warning", [at(0, { type: "warning", message: "one\ntwo\u001b[2J" })], ["! one\n  two"]],
    ["a refusal", [at(0, { type: "permission", message: "not bash" })], ["⊘ refused: not bash"]],
    ["a retry", [at(0, { type: "retry", reason: "busy", delayMs: 4000 })], ["↻ trying again in 4s: busy"]],
    ["a retry at once", [at(0, { type: "retry", reason: "busy" })], ["↻ trying again: busy"]],
    [
      "another agent",
      [at(0, { type: "fallback", from: "opencode", to: "pi", reason: "no quota" })],
      ["↻ going on with pi instead of opencode: no quota"],
    ],
    ["a compaction", [at(0, { type: "compaction" })], ["· the agent shortened its conversation"]],
    [
      "an accepted value",
      [at(0, { type: "output", via: "tool", valid: true, issues: [] })],
      ["✓ output  accepted (tool)"],
    ],
    [
      "a value that does not fit",
      [at(0, { type: "output", via: "text", valid: false, issues: ["1", "2", "3", "4", "5", "6", "7"] })],
      ["✗ output  not accepted (text)", "  1", "  2", "  3", "  4", "  5", "  and 2 more"],
    ],
    ["reasoning", [at(0, { type: "reasoning", id: "r", text: "hm" })], []],
    ["what is said on stderr", [at(0, { type: "stderr", text: "noise" })], []],
  ])("%s", (_, events, lines) => {
    expect(show(events).permanent).toEqual(lines);
  });

  test("a tool's line fits, with its duration, at any width", () => {
    const events = [at(0, called("1", "execute", { command: "語 ".repeat(200) })), at(61_000, returned("1"))];
    for (const columns of [1, 5, 20, 39, 79]) {
      const [line = ""] = show(events, { columns }).permanent;
      expect(stringWidth(line)).toBeLessThanOrEqual(columns);
      if (columns >= 20) expect(line).toMatch(/… {2}1m01s$/);
    }
  });
});

describe("what the agent says", () => {
  const talk = [text("a", "Let me look.\n"), at(1, called("1", "read", {}))];

  test("scrolls up as soon as it cannot be the answer any more", () => {
    expect(show(talk).permanent).toEqual(["Let me look."]);
    expect(show([text("a", "First."), at(1, stepFinished), text("b", "Second.")]).permanent).toEqual(["First."]);
    expect(show([text("a", "Oh."), at(1, { type: "retry", reason: "cut" })]).permanent).toEqual([
      "Oh.",
      "↻ trying again: cut",
    ]);
  });

  test("is live until then, the newest words last, and deltas are not said twice", () => {
    const deltas = ["It adds", " them"].map((piece) => at(0, { type: "text-delta", id: "a", text: piece }));
    expect(show(deltas).live).toEqual(["It adds them", "⠋ writing", "  0s"]);
    expect(show([...deltas, text("a", "It adds them now.")]).live[0]).toBe("It adds them now.");
    expect(show([text("a", "First."), text("b", "Second.")]).live.slice(0, 2)).toEqual(["First.", "Second."]);
  });

  test("is left to stdout at the end, if that is the same terminal and gets the answer", () => {
    const answer = [...talk, text("b", "The answer."), at(2, stepFinished)];
    const at_ = (answerFollows: boolean, status: "completed" | "failed"): string[] =>
      show([...answer, finished(status)], { answerFollows }).permanent;
    expect(at_(true, "completed")).toEqual(["Let me look."]);
    expect(at_(true, "failed")).toEqual(["Let me look.", "The answer."]);
    expect(at_(false, "completed")).toEqual(["Let me look.", "The answer."]);
  });

  test("is not shown if it was the value, which is shown as such", () => {
    const value = text("a", '{"a":1}');
    const accepted = (via: "text" | "tool"): HitchEvent => at(1, { type: "output", via, valid: true, issues: [] });
    expect(show([value, accepted("text"), finished("completed")]).permanent).toEqual(["✓ output  accepted (text)"]);
    expect(show([value, accepted("tool"), finished("completed")]).permanent[0]).toBe('{"a":1}');
    const refused = at(1, { type: "output", via: "text", valid: false, issues: [] });
    expect(show([value, refused]).permanent).toEqual(['{"a":1}', "✗ output  not accepted (text)"]);
  });

  test("is redacted when put together: a secret may come in two pieces", () => {
    const pieces = ["my sec", "ret is"].map((piece) => at(0, { type: "text-delta", id: "a", text: piece }));
    expect(show(pieces, { redact: (said) => said.replace("secret", "[redacted]") }).live[0]).toBe("my [redacted] is");
  });
});

describe("what goes on is redrawn", () => {
  test.each<[string, readonly HitchEvent[], string]>([
    ["before the agent", [at(0, started)], "⠋ starting"],
    ["the start of an agent", [at(0, started), attemptStarted], "⠋ starting opencode"],
    [
      "an agent that has said nothing yet",
      [attemptStarted, at(0, { type: "session", session: { provider: "opencode", id: "s", cwd: "/" } })],
      "⠋ working",
    ],
    ["reasoning", [at(0, { type: "reasoning-delta", id: "r", text: "hm" })], "⠋ thinking"],
    ["an open call", [at(0, called("1", "execute", { command: "npm test" }))], "⠋ execute npm test  12s"],
    ["an open call without a title", [at(0, called("1", "other", {}))], `⠋ my_tool${" ".repeat(3)}12s`],
    ["a wait", [at(0, { type: "retry", reason: "busy", delayMs: 20_000 })], "⠋ trying again in 8s"],
    ["a wait that is over", [at(0, { type: "retry", reason: "busy", delayMs: 2_000 })], "⠋ trying again"],
    ["a call that died with its attempt", [at(0, called("1", "read", {})), attemptStarted], "⠋ starting opencode"],
  ])("%s", (_, events, line) => {
    expect(show(events, { afterMs: 12_400 }).live[0]).toBe(line);
  });

  test("several calls at once, three of them by name", () => {
    const calls = ["a", "b", "c", "d", "e"].map((path) => at(0, called(path, "read", { path })));
    const { live } = show([...calls, at(1, returned("b"))], { afterMs: 2000 });
    expect(live).toEqual(["⠋ read    a  2s", "⠋ read    c  2s", "⠋ read    d  2s", "  and 1 more", "  0s"]);
  });

  test("time, tokens, cost, attempt and plan stand below", () => {
    const plan = at(0, {
      type: "plan",
      entries: [
        { content: "Find it", status: "completed" },
        { content: "Fix it", status: "in-progress" },
      ],
    });
    const events = [at(0, started), at(0, stepFinished), at(0, stepFinished), plan, { ...attemptStarted, attempt: 2 }];
    expect(show(events, { afterMs: 65_999 }).live.at(-1)).toBe(
      "  1m05s · 24.7k in, 800 out · $0.0246 · attempt 2 · 1/2 Fix it",
    );
  });

  test("an unknown cost is not shown as a sum of the known ones", () => {
    const unknown = at(0, { type: "finish-step", cost: { source: "unknown" } });
    expect(show([at(0, started), at(0, stepFinished), unknown]).live.at(-1)).toBe("  0s · 12.3k in, 400 out");
  });

  test("it never is wider or as high as the terminal", () => {
    const events = [
      at(0, started),
      at(0, { type: "text-delta", id: "a", text: "語 and e\u0301 and 👩\u200D👧 and\ttabs\n".repeat(50) }),
      ...["a", "b", "c", "d"].map((id) => at(0, { ...called(id, "execute", { command: "語".repeat(99) }) })),
      at(0, { type: "text-delta", id: "b", text: "更に ".repeat(500) }),
      at(0, stepFinished),
    ];
    for (const columns of [1, 2, 3, 10, 39, 79, 200]) {
      for (const rows of [2, 3, 4, 5, 8, 24]) {
        const { live } = show(events, { columns, rows });
        expect(live.length).toBeLessThan(rows);
        // A wide character has no half.
        expect(Math.max(...live.map((line) => stringWidth(line)))).toBeLessThanOrEqual(Math.max(2, columns));
      }
    }
  });
});
