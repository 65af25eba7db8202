/** The caller makes a mistake, does not read, or has had enough. */
import { row, type Row } from "../row.ts";

/** The events of the story without a value, in order. */
const story = [
  ...["run-start", "attempt-start", "text", "text", "text", "tool-call", "tool-result", "text", "finish-step"],
  ...["attempt-finish", "run-finish"],
];
const flood = { story: { flood: 100_000 }, expected: "completed" };

/** Before the verdict the run is cancelled by it; from the verdict on it is what it is. */
const ends = (does: string): Row[] =>
  story.map((type, at) => {
    const expected = at < story.indexOf("attempt-finish") ? "cancelled" : "completed";
    return row(`the caller ${does}`, `event ${at}, ${type}`, {
      consumer: { does, at },
      story: { paceMs: 150 },
      expected,
    });
  });

/** What a listener throws is never swallowed: too late to cancel the run, it is an exception of the host's. */
const throws = ends("throws in the listener").map((one): Row => {
  if (one.expected === "cancelled") return one;
  if (!one.moment.includes("run-finish")) return { ...one, expected: "cancelled" };
  return { ...one, check: ({ uncaught }) => (uncaught?.includes("listener") ? undefined : "nobody hears of it") };
});

export const consumers: readonly Row[] = [
  ...["aborts", "cancels", "throws in the loop", "leaves the loop"].flatMap(ends),
  ...throws,
  row("100,000 events at once", "journal write", flood),
  row("100,000 events at once, without a journal", "mid-text", { ...flood, options: { journal: false } }),
  row("the caller is slow", "journal write", { ...flood, consumer: { does: "is slow" } }),
  row("the caller is slow, without a journal", "mid-text", {
    ...flood,
    consumer: { does: "is slow" },
    options: { journal: false },
  }),
  row("the caller never reads", "journal write", { ...flood, consumer: { does: "never" } }),
  row("the caller never goes on", "journal write", { ...flood, consumer: { does: "never goes on" } }),
  row("the caller never goes on, without a journal", "mid-text", {
    ...flood,
    consumer: { does: "never goes on" },
    options: { journal: false, timeouts: { total: 5_000 } },
    expected: "timeout",
  }),
];
