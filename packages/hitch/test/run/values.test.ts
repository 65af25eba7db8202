import { expect, test } from "vitest";
import { createValues, type Values } from "../../src/run/values.ts";
import type { RunEvent } from "../../src/vocabulary/events.ts";

/** Values whose check ends when the test says so. */
function makeValues(stop: AbortSignal): { values: Values; published: RunEvent[]; endCheck: () => void } {
  const check = Promise.withResolvers<undefined>();
  const published: RunEvent[] = [];
  const values = createValues({
    schema: { json: {}, check: (value) => check.promise.then(() => ({ ok: true, value })) },
    told: {},
    raise: (value) => value,
    corrections: { left: 1 },
    publish: (event) => published.push(event),
    stop: { signal: stop, explain: () => new Error("time is up") as never },
  });
  return { values, published, endCheck: () => check.resolve(undefined) };
}

test("a value whose check ends in time counts", async () => {
  const { values, published, endCheck } = makeValues(new AbortController().signal);
  const taken = values.take("tool", 1);
  endCheck();
  expect(await taken).toEqual({ accepted: true });
  expect([values.accepted?.value, published.length]).toEqual([1, 1]);
});

test("a value whose check ends when the attempt is over counts no more, and nothing is said of it", async () => {
  const stopped = new AbortController();
  const { values, published, endCheck } = makeValues(stopped.signal);
  const taken = values.take("tool", 1);
  stopped.abort();
  await values.settled();
  endCheck();
  expect(await taken).toEqual({ accepted: false, issues: ["the check took too long"] });
  expect([values.accepted, published]).toEqual([undefined, []]);
});
