/** Lets only as many agents start at once as there are cores, over all test files: more at once take longer in all. */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { lockFile, type Lock } from "../../../src/effects/lock.ts";
import type { MockModel } from "../../../src/testing/index.ts";

/** A start that never reaches its model gives way after this time. */
const longestStartMs = 15_000;

/** Waits for its turn. Gives what to call when the run is over; once its model was asked, the next one's turn comes. */
export async function waitToStart(model: MockModel | undefined): Promise<() => void> {
  const lock = await takeTurn();
  const release = once(() => lock.release());
  const limit = setTimeout(release, longestStartMs);
  model?.waitForRequest(model.requests.length + 1, { timeoutMs: longestStartMs }).then(release, release);
  return () => {
    clearTimeout(limit);
    release();
  };
}

async function takeTurn(): Promise<Lock> {
  for (;;) {
    for (let turn = 0; turn < availableParallelism(); turn++) {
      const lock = lockFile(join(process.env.HITCH_TEST_ROOT ?? "", `start-${turn}`));
      if (lock !== undefined) return lock;
    }
    await sleep(50);
  }
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (!done) action();
    done = true;
  };
}
