/** Lets only as many agents start at once as there are cores, over all test runs of this clone: more at once take longer in all. */
import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { MockModel } from "../../../src/testing/index.ts";
import { repository } from "../../support/docs.ts";

/** A start that never reaches its model gives way after this time. */
const longestStartMs = 30_000;

/** Who waits shows that it does; a ticket that is older belongs to a run that was killed. */
const longestSilenceMs = 2 * longestStartMs;

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
  while (!readdirSync(tickets).filter(isHeld).sort().slice(0, availableParallelism()).includes(ticket)) {
    await sleep(100);
    utimesSync(join(tickets, ticket), Date.now() / 1000, Date.now() / 1000);
  }
  return leave;
}

/** A process that was killed has left its tickets, and its number may be another's by now. */
function isHeld(ticket: string): boolean {
  const path = join(tickets, ticket);
  try {
    if (Date.now() - statSync(path).mtimeMs < longestSilenceMs) return process.kill(Number(ticket.split("-")[1]), 0);
  } catch {
    // Neither the ticket nor its process is there any more.
  }
  rmSync(path, { force: true });
  return false;
}
