import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { cancelReason } from "../../src/effects/cancel-request.ts";
import { openState } from "../../src/effects/state.ts";
import { cancelRun } from "../../src/run/cancel-run.ts";
import type { Run } from "../../src/run/run.ts";
import { expectNothingAlive } from "../support/no-leftovers.ts";
import { answer, script } from "../support/scripted-agent.ts";
import { start } from "../support/start.ts";

const never = new AbortController().signal;

test.each([true, false])("of two runs in one process the one that is asked for ends (journal: %s)", async (journal) => {
  const one = start(script({ line: { text: "On it." } }, { sleep: 60_000 }), { journal });
  const other = start(script({ sleep: 1_500 }, ...answer("Done.")), { journal });
  await untilItTalks(one);
  const state = openState(process.env);
  expect(await cancelRun(state, one.id, never)).toEqual({ by: "host" });
  const { status, error } = await one.settled;
  expect({ status, code: error?.code, cause: error?.cause }).toEqual({
    ...{ status: "cancelled", code: "cancelled", cause: cancelReason },
  });
  expect(error?.result.text).toBe("On it.");
  expect((await other).text).toBe("Done.");
  expect(readdirSync(state.active)).toEqual([]);
  await expectNothingAlive();
});

test("a run that is over needs no cancelling", async () => {
  const run = start(script(...answer("Done.")));
  await run;
  expect(await cancelRun(openState(process.env), run.id, never)).toEqual({ by: "nobody" });
});

test("runs that are cancelled at any moment of their lives end, completed or cancelled", async () => {
  const state = openState(process.env);
  for (const delayMs of [0, 20, 60, 120, 200, 300]) {
    const run = start(script(...answer("Done.")));
    const { settled } = run;
    await sleep(delayMs);
    expect(["host", "nobody"]).toContain((await cancelRun(state, run.id, never)).by);
    const { status } = await settled;
    expect(["cancelled", "completed"]).toContain(status);
  }
  await expectNothingAlive();
});

test("whoever stops waiting leaves the request standing", async () => {
  const run = start(script({ ignoreTerm: true }, { line: { text: "On it." } }, { sleep: 60_000 }));
  await untilItTalks(run);
  const stop = new AbortController();
  const cancelled = cancelRun(openState(process.env), run.id, stop.signal);
  await sleep(200);
  stop.abort("SIGINT");
  await expect(cancelled).rejects.toMatchObject({ code: "cancelled", cause: "SIGINT" });
  expect((await run.settled).status).toBe("cancelled");
  await expectNothingAlive();
});

/** Leaves a reader behind, which does not cancel the run. */
async function untilItTalks(run: Run): Promise<void> {
  const events = run[Symbol.asyncIterator]();
  for (let next = await events.next(); next.done !== true; next = await events.next()) {
    if (next.value.type === "text") return;
  }
  throw new Error("it never said anything");
}
