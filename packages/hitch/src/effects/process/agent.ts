import { setTimeout as sleep } from "node:timers/promises";
import { askAllToEnd, askToEnd, findLasting, killAll } from "./kill.ts";
import type { Members } from "./members.ts";
import { readOutput } from "./output.ts";
import { describe, type ProcessEntry } from "./process-table.ts";
import type { Spawned } from "./spawn.ts";
import { feedStdin } from "./stdin.ts";
import type { Exit } from "../../provider.ts";
import type { AgentProcess, Leftover, ProcessInfo, StartRequest } from "./types.ts";

const GRACE_MS = 3000;
const LEFTOVER_AFTER_MS = 100;
const LEFTOVER_GRACE_MS = 500;

/** What the run needs to know of its agent, beyond what the caller sees. */
export interface Agent extends AgentProcess {
  /** Whether nothing of it is left, or all that is left is to be kept. */
  isSettled(): boolean;
  /** Closes the pipes, read to their ends or not. */
  closePipes(): void;
}

/** The running agent: fed, read, ended and cleaned up after. */
export function agentProcess(spawned: Spawned, members: Members, request: StartRequest): Agent {
  const { child, agentPid, firstOutput } = spawned;
  const givenUp = Promise.withResolvers<Exit>();
  const exit = Promise.race([spawned.exit, givenUp.promise]);
  const input = feedStdin(child.stdin, request.stdin, request.keepStdinOpen ?? false);
  const { stdout, stderr } = child;
  const hurry = new AbortController();
  let ending: Promise<readonly ProcessInfo[]> | undefined;
  let settled = false;
  void exit.then(() => child.stdin.destroy());
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;

  async function endAll(): Promise<readonly ProcessInfo[]> {
    try {
      await endGracefully();
      const remaining = await killAll(members);
      settled = true;
      if (remaining.some(({ pid }) => pid === child.pid)) giveUp();
      return remaining.map(describe);
    } catch (error) {
      ending = undefined; // may be tried again
      throw error;
    } finally {
      // A child of ours can be reached even where processes can't be listed.
      child.kill("SIGKILL");
      hurry.abort();
    }
  }

  async function endGracefully(): Promise<void> {
    if (!isRunning()) return;
    askToEnd(agentPid);
    try {
      members.find(); // remembered: what hangs on the agent only by ancestry is lost when the agent goes
    } catch {
      // No descriptors are free, say. The passes that kill will list them again.
    }
    await exitWithinGrace();
  }

  async function exitWithinGrace(): Promise<void> {
    await Promise.race([exit, sleepUnlessHurried(request.graceMs ?? GRACE_MS, hurry.signal)]);
  }

  /** Nobody can kill it (another user's, or stuck in the kernel): its end will not be seen. */
  function giveUp(): void {
    closePipes();
    givenUp.resolve({ code: null, signal: null });
  }

  function closePipes(): void {
    stdout.destroy();
    stderr.destroy();
  }

  return {
    pid: agentPid,
    output: readOutput({ stdout, stderr, exit }, firstOutput),
    exit,
    write: input.write,
    closeStdin: input.close,
    end(pace = "gracefully") {
      if (pace === "at-once") hurry.abort();
      ending ??= endAll();
      return ending;
    },
    async dismiss() {
      if (!isRunning()) return;
      askToEnd(agentPid);
      await exitWithinGrace();
      child.kill("SIGKILL");
    },
    async settleLeftovers(leftovers) {
      await exit;
      closePipes();
      const found = (await findLasting(members, LEFTOVER_AFTER_MS)).map(describe);
      const alive = found.length > 0 && leftovers === "end" ? await endLeftovers(members) : found;
      settled = true;
      return found.map((info): Leftover => ({ ...info, isAlive: alive.some(({ pid }) => pid === info.pid) }));
    },
    isSettled: () => settled,
    closePipes,
  };
}

async function endLeftovers(members: Members): Promise<readonly ProcessEntry[]> {
  await askAllToEnd(members, LEFTOVER_GRACE_MS);
  return killAll(members);
}

async function sleepUnlessHurried(delayMs: number, hurry: AbortSignal): Promise<void> {
  await sleep(delayMs, undefined, { signal: hurry }).catch(() => undefined);
}
