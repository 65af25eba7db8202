/** A journal is redacted, its readers in the process are not: what only memory has must neither be lost nor grow. */
import { expect, onTestFinished, test } from "vitest";
import { openJournal } from "../../src/effects/journal.ts";
import { createRedactor } from "../../src/policy/redaction.ts";
import { createEventLog } from "../../src/run/event-log.ts";
import type { HitchEvent } from "../../src/vocabulary/events.ts";
import { temporaryDirectory } from "../support/start.ts";

const secret = "s3cr3t-v4lue";
const padding = "x".repeat(100 * 1024);

function open() {
  const journal = openJournal(temporaryDirectory(), "0123456789a");
  onTestFinished(() => journal.close());
  const log = createEventLog({
    runId: "0123456789a",
    now: () => new Date(0),
    journal,
    redact: createRedactor({ MY_TOKEN: secret }),
    onEvent: () => undefined,
    onJournalError: (error) => {
      throw error;
    },
  });
  const publish = (count: number, type: "text" | "raw" = "text"): void => {
    const text = `${secret} ${padding}`;
    for (let index = 0; index < count; index++)
      log.publish(1, [type === "text" ? { type, id: "1", text } : { type, line: text.slice(4) + secret.slice(0, 6) }]);
  };
  return { log, publish };
}

const isWhole = (event: HitchEvent | undefined): boolean => event?.type === "text" && event.text.startsWith(secret);

async function take(reader: AsyncGenerator<HitchEvent, void>, count: number): Promise<(HitchEvent | undefined)[]> {
  const taken: (HitchEvent | undefined)[] = [];
  for (let index = 0; index < count; index++) taken.push((await reader.next()).value ?? undefined);
  return taken;
}

test("a reader that lags gets every secret of a long run", async () => {
  const { log, publish } = open();
  const reader = log.read();
  const seen: (HitchEvent | undefined)[] = [];
  for (let round = 0; round < 10; round++) {
    // More than what is kept of all events, so that it has to be read back.
    publish(25);
    seen.push(...(await take(reader, 25)));
  }
  expect(seen.map((event) => event?.seq)).toEqual(seen.map((_, index) => index));
  expect(seen.every(isWhole)).toBe(true);
  expect(log.isFull()).toBe(false);
  await reader.return();
});

test("an agent that says more secrets than memory takes waits for the reader", async () => {
  const { log, publish } = open();
  const reader = log.read();
  const pending = reader.next();
  publish(39);
  expect(log.isFull()).toBe(false);
  publish(10);
  expect(log.isFull()).toBe(true);
  let hasRoom = false;
  const room = log.room().then(() => (hasRoom = true));
  expect(isWhole((await pending).value ?? undefined)).toBe(true);
  expect((await take(reader, 5)).every(isWhole)).toBe(true);
  expect(hasRoom).toBe(false);
  expect((await take(reader, 10)).every(isWhole)).toBe(true);
  await room;
  expect(log.isFull()).toBe(false);
  await reader.return();
});

test("a reader that goes away makes nobody wait", async () => {
  const { log, publish } = open();
  const reader = log.read();
  const pending = reader.next();
  publish(60);
  await pending;
  const room = log.room();
  expect(log.isFull()).toBe(true);
  await reader.return();
  await room;
  expect(log.isFull()).toBe(false);
});

test("without a reader nothing waits, and of what is too much the newest is kept whole", async () => {
  const { log, publish } = open();
  publish(100);
  expect(log.isFull()).toBe(false);
  log.finish();
  const seen = await take(log.read(), 100);
  expect(isWhole(seen[0])).toBe(false);
  expect(seen.slice(-38).every(isWhole)).toBe(true);
  expect(seen.filter(isWhole).length).toBeLessThan(42);
});

test("what is hidden counts by its own length", async () => {
  const { log, publish } = open();
  const reader = log.read();
  const pending = reader.next();
  publish(60, "raw");
  expect(log.isFull()).toBe(true);
  await pending;
  await reader.return();
});
