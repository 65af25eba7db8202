/** Lets only as many agents start at once as there are cores, over all test files: more at once take longer in all. */
import { randomUUID } from "node:crypto";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { MockModel } from "../../../src/testing/index.ts";

/** A start that never reaches its model gives way after this time. */
const longestStartMs = 15_000;

/** Waits for its turn, first come, first served. The next one's turn comes when the model was asked, or at the call of what this gives. */
export async function waitToStart(model: MockModel | undefined): Promise<() => void> {
  const leave = await queue(process.env.HITCH_TEST_ROOT ?? "");
  const limit = setTimeout(leave, longestStartMs);
  model?.waitForRequest(model.requests.length + 1, { timeoutMs: longestStartMs }).then(leave, leave);
  return () => {
    clearTimeout(limit);
    leave();
  };
}

/** A ticket is a file; those that came first have the turn. */
async function queue(directory: string): Promise<() => void> {
  const prefix = "ticket-";
  const ticket = `${prefix}${Date.now()}-${randomUUID()}`;
  writeFileSync(join(directory, ticket), "");
  const place = (): number =>
    readdirSync(directory)
      .filter((name) => name.startsWith(prefix))
      .sort()
      .indexOf(ticket);
  while (place() >= availableParallelism()) await sleep(50);
  return () => rmSync(join(directory, ticket), { force: true });
}
