import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  explainClock,
  readClocks,
  startClocks,
  updateClocks,
  type Clock,
  type ClockChange,
  type Timeouts,
} from "../../src/policy/clocks.ts";

const timeouts: Timeouts = { startupMs: 100, idleMs: 1_000, totalMs: 10_000 };

interface Story {
  readonly name: string;
  readonly timeouts?: Timeouts;
  /** What happened, and at which millisecond. */
  readonly changes: readonly (readonly [number, ClockChange])[];
  readonly nowMs: number;
  readonly fired: Clock | undefined;
  readonly nextLookMs?: number;
}

const stories: readonly Story[] = [
  { name: "nothing yet", changes: [], nowMs: 99, fired: undefined, nextLookMs: 1 },
  { name: "not a byte", changes: [], nowMs: 100, fired: "startup" },
  { name: "a byte in time", changes: [[99, { heard: true }]], nowMs: 1_000, fired: undefined, nextLookMs: 99 },
  { name: "silence after it", changes: [[99, { heard: true }]], nowMs: 1_099, fired: "idle" },
  {
    name: "no limit for the start",
    timeouts: { totalMs: 500 },
    changes: [],
    nowMs: 499,
    fired: undefined,
    nextLookMs: 1,
  },
  {
    name: "only an idle limit holds from the start",
    timeouts: { idleMs: 500 },
    changes: [],
    nowMs: 500,
    fired: "idle",
  },
  {
    name: "a tool call runs longer than idle",
    changes: [[50, { heard: true, openToolCalls: 1 }]],
    nowMs: 9_999,
    fired: undefined,
    nextLookMs: 1,
  },
  {
    name: "silence after a tool call",
    changes: [
      [50, { heard: true, openToolCalls: 1 }],
      [5_000, { heard: true, openToolCalls: 0 }],
    ],
    nowMs: 6_000,
    fired: "idle",
  },
  {
    name: "a tool call does not stop the total",
    changes: [[50, { heard: true, openToolCalls: 1 }]],
    nowMs: 10_000,
    fired: "total",
  },
  {
    name: "a process that was born after the last line is looked at again",
    changes: [
      [50, { heard: true }],
      [1_050, { bornAfterLastLine: true }],
    ],
    nowMs: 1_050,
    fired: undefined,
    nextLookMs: 5_000,
  },
  {
    name: "its end is the end of a tool call",
    changes: [
      [50, { heard: true }],
      [1_050, { bornAfterLastLine: true }],
      [6_050, { bornAfterLastLine: false }],
    ],
    nowMs: 7_049,
    fired: undefined,
    nextLookMs: 1,
  },
  {
    name: "silence after its end",
    changes: [
      [50, { heard: true }],
      [1_050, { bornAfterLastLine: true }],
      [6_050, { bornAfterLastLine: false }],
    ],
    nowMs: 7_050,
    fired: "idle",
  },
  {
    name: "a shim that starts the agent is no tool call",
    changes: [[50, { bornAfterLastLine: true }]],
    nowMs: 100,
    fired: "startup",
  },
  {
    name: "while we don't read, silence is ours",
    changes: [
      [50, { heard: true }],
      [550, { paused: true }],
      [8_550, { paused: false }],
    ],
    nowMs: 9_049,
    fired: undefined,
    nextLookMs: 1,
  },
  {
    name: "the silence before and after a pause is added up",
    changes: [
      [50, { heard: true }],
      [550, { paused: true }],
      [8_550, { paused: false }],
    ],
    nowMs: 9_050,
    fired: "idle",
  },
  { name: "a pause does not stop the total", changes: [[50, { paused: true }]], nowMs: 10_000, fired: "total" },
  { name: "the clock that ran out first is named", changes: [[0, { heard: true }]], nowMs: 10_500, fired: "idle" },
  { name: "no limits at all", timeouts: {}, changes: [], nowMs: 1e9, fired: undefined, nextLookMs: 2 ** 31 - 1 },
];

describe("clocks", () => {
  test.each(stories)("$name", (story) => {
    let state = startClocks(0);
    for (const [atMs, change] of story.changes) state = updateClocks(state, change, atMs);
    const reading = readClocks(state, story.timeouts ?? timeouts, story.nowMs);
    expect(reading).toEqual({ fired: story.fired, nextLookMs: story.nextLookMs ?? 0 });
  });

  test("a later attempt has its own silence and the run's total", () => {
    const state = startClocks(9_950, 0);
    expect(readClocks(state, timeouts, 9_999).fired).toBeUndefined();
    expect(readClocks(state, timeouts, 10_000).fired).toBe("total");
  });

  test("whoever looks when told to meets a clock that fires in the end", () => {
    const change = fc.record(
      {
        heard: fc.constant(true as const),
        openToolCalls: fc.integer({ min: 0, max: 2 }),
        bornAfterLastLine: fc.boolean(),
        paused: fc.boolean(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 300 }), change)), (changes) => {
        let nowMs = 0;
        let state = startClocks(nowMs);
        for (const [laterMs, some] of changes) state = updateClocks(state, some, (nowMs += laterMs));
        for (let looks = 0; ; looks++) {
          const { fired, nextLookMs } = readClocks(state, timeouts, nowMs);
          if (fired !== undefined) break;
          expect(nextLookMs).toBeGreaterThan(0);
          expect(looks).toBeLessThan(10);
          nowMs += nextLookMs;
        }
      }),
    );
  });
});

const explanations: readonly { clock: Clock; code: string; message: string }[] = [
  { clock: "startup", code: "startup-timeout", message: "The agent printed nothing within 0.1 s." },
  { clock: "idle", code: "idle-timeout", message: "The agent printed nothing for 1 s." },
  { clock: "total", code: "timeout", message: "The run was not over after 10 s." },
];

test.each(explanations)("$clock is explained with its figure", ({ clock, code, message }) => {
  expect(explainClock(clock, timeouts)).toEqual({ code, message });
});
