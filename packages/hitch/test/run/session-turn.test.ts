import { expect, test } from "vitest";
import type { Run } from "../../src/run/run.ts";
import type { HitchEvent } from "../../src/vocabulary/events.ts";
import { answer, script } from "../support/scripted-agent.ts";
import { start, temporaryDirectory } from "../support/start.ts";

const quick = script(...answer("Done."));

function sessionOf(cwd: string) {
  return { cwd, session: { provider: "scripted", id: "shared", cwd } };
}

async function collect(run: Run): Promise<HitchEvent[]> {
  const events: HitchEvent[] = [];
  for await (const event of run) events.push(event);
  return events;
}

function timeOf(events: readonly HitchEvent[], type: HitchEvent["type"]): number {
  return Date.parse(events.find((event) => event.type === type)?.time ?? "");
}

/** Resolves with a run that has the session, for this time, when its agent has said something. */
async function holdSession(options: ReturnType<typeof sessionOf>, timeMs = 60_000): Promise<{ holding: Run }> {
  const started = Promise.withResolvers<void>();
  const prompt = script({ line: { text: "…" } }, { sleep: timeMs }, ...answer("Done."));
  const holding = start(prompt, { ...options, onEvent: ({ type }) => type === "text" && started.resolve() });
  await started.promise;
  return { holding };
}

test("two runs on one session go one after the other, and the one that waits says so", async () => {
  const options = sessionOf(temporaryDirectory());
  const { holding } = await holdSession(options, 1500);
  const [one, two] = await Promise.all([collect(holding), collect(start(quick, options))]);
  expect(timeOf(two, "attempt-start")).toBeGreaterThanOrEqual(timeOf(one, "attempt-finish"));
  expect(two.filter(({ type }) => type === "warning")).toMatchObject([
    { message: expect.stringContaining("another run is using session shared") as string },
  ]);
  expect(two.at(-1)).toMatchObject({ status: "completed" });
});

test("waiting for a session ends with the run's time, and when it is cancelled", async () => {
  const options = sessionOf(temporaryDirectory());
  const { holding } = await holdSession(options);
  const late = start(quick, { ...options, timeouts: { total: 300 } });
  const cancelled = start(quick, options);
  setTimeout(() => void cancelled.cancel("enough"), 300);
  expect((await late.settled).error).toMatchObject({ code: "timeout" });
  expect((await cancelled.settled).error).toMatchObject({ code: "cancelled", cause: "enough" });
  await holding.cancel();
});

test("another session need not be waited for", async () => {
  const options = sessionOf(temporaryDirectory());
  const { holding } = await holdSession(options);
  expect(await start(quick, { ...options, session: "another" })).toMatchObject({ text: "Done.", warnings: [] });
  await holding.cancel();
});
