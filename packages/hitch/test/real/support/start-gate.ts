/** Lets only as many agents start at once as there are cores, over all test runs of this clone: more at once take longer in all. */
import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { MockModel } from "../../../src/testing/index.ts";
import { repository } from "../../support/docs.ts";

/** A start that never reaches its model gives way after this time. */
const longestStartMs = 30_000;

/** A ticket is a file: `TIME-PID-…`. */
const tickets = join(repository, "node_modules", ".cache", "hitch", "starts");

/** Waits for its turn, first come, first served. The next one's turn comes when the model was asked, or at the call of what this gives. */
export async function waitToStart(model: MockModel | undefined): Promise<() => void> {
  const leave = await queue();
  const limit = setTimeout(leave, longestStartMs);
  model?.waitForRequest(model.requests.length + 1, { timeoutMs: longestStartMs }).then(leave, leave);
  return () => {
    clearTimeout(limit);
    leave();
  };
}

async function queue(): Promise<() => void> {
  mkdirSync(tickets, { recursive: true });
  const ticket = `${Date.now()}-${process.pid}-${randomUUID()}`;
  const leave = (): void => rmSync(join(tickets, ticket), { force: true });
  writeFileSync(join(tickets, ticket), "");
  while (!readdirSync(tickets).filter(isHeld).sort().slice(0, availableParallelism()).includes(ticket))
    await sleep(100);
  return leave;
}

/** A process that was killed has left its tickets. */
function isHeld(ticket: string): boolean {
  try {
    return process.kill(Number(ticket.split("-")[1]), 0);
  } catch {
    rmSync(join(tickets, ticket), { force: true });
    return false;
  }
}
