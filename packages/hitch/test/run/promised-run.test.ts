/** A run whose machinery is still being loaded is held by its caller like any other. */
import { expect, test } from "vitest";
import { promiseRun } from "../../src/run/promised-run.ts";
import { answer, script } from "../support/scripted-agent.ts";
import { start } from "../support/start.ts";

const mistake = new Error("the package is not whole");
const loads = (steps: string) => promiseRun("0123456789a", () => Promise.resolve({ run: start(steps) }));
const fails = () => promiseRun("0123456789a", () => Promise.reject(mistake));

test("it is awaited and iterated, and has its id at once", async () => {
  const run = loads(script(...answer("Hello.")));
  expect(run.id).toBe("0123456789a");
  const types: string[] = [];
  for await (const { type } of run) types.push(type);
  expect(types.at(-1)).toBe("run-finish");
  expect(await run).toMatchObject({ text: "Hello." });
});

test("it is cancelled before it is there, and by leaving its events", async () => {
  const early = loads(script({ sleep: 60_000 }));
  await early.cancel("enough");
  expect((await early.settled).error).toMatchObject({ code: "cancelled", cause: "enough" });
  const left = loads(script({ line: { text: "…" } }, { sleep: 60_000 }));
  for await (const { type } of left) if (type === "text") break;
  expect((await left.settled).status).toBe("cancelled");
});

test("what cannot be loaded rejects, settles as failed, has no events, and can be cancelled", async () => {
  await expect(fails().result).rejects.toBe(mistake);
  expect((await fails().settled).error).toMatchObject({ code: "internal", cause: mistake });
  const events: unknown[] = [];
  for await (const event of fails()) events.push(event);
  expect(events).toEqual([]);
  await fails().cancel();
});

test("one that nobody looks at raises unhandledRejection, and one whose end was looked at does not", async () => {
  const raised: unknown[] = [];
  const others = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection").on("unhandledRejection", (reason) => raised.push(reason));
  try {
    await fails().settled;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(raised).toEqual([]);
    fails();
    await expect.poll(() => raised, { timeout: 5_000 }).toEqual([mistake]);
  } finally {
    process.removeAllListeners("unhandledRejection");
    for (const listener of others) process.on("unhandledRejection", listener);
  }
});
