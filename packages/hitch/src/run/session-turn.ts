/** One run at a time on one session: agents mix up two conversations that go on in one place. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { holderOf, lockFile, silenceLimitMs, type Lock } from "../effects/lock.ts";
import type { Session } from "../vocabulary/result.ts";

const pollMs = 100;

/** The sessions that a run works in; no other run continues them meanwhile. */
export interface Turns {
  /**
   * Waits until no other run has the session, in whatever process of this state directory. Resolves also when `stop`
   * aborts, which is then looked at by the caller.
   */
  wait(session: Session, stop: AbortSignal): Promise<void>;
  /** Takes a session that the agent has just opened or branched off. */
  hold(session: Session): void;
  release(): void;
}

/** `warn` hears who has a session, and where the lock lies. */
export function createTurns(directory: string, warn: (message: string) => void): Turns {
  const held = new Map<string, Lock>();
  const take = (session: Session): { readonly isHeld: boolean; readonly path: string } => {
    const path = join(directory, `${sessionKey(session)}.lock`);
    const lock = held.get(path) ?? lockFile(path);
    if (lock) held.set(path, lock);
    return { isHeld: lock !== undefined, path };
  };
  return {
    async wait(session, stop) {
      for (let tries = 0; !stop.aborted; tries++) {
        const { isHeld, path } = take(session);
        if (isHeld) return;
        if (tries === 1) warn(`another run is using session ${session.id}; ${describeWait(path)}`);
        await sleep(pollMs, undefined, { signal: stop }).catch(() => undefined);
      }
    },
    hold(session) {
      try {
        const { isHeld, path } = take(session);
        if (!isHeld) warn(`another run is using session ${session.id} too; its lock is ${path}`);
      } catch (error) {
        // The agent is at work already; that is no reason to end it.
        warn(`session ${session.id} cannot be kept from other runs: ${String(error)}`);
      }
    },
    release() {
      for (const lock of held.values()) lock.release();
    },
  };
}

/** Letters and digits that stand for a session, in the name of a file. */
export function sessionKey({ provider, id }: Session): string {
  return createHash("sha256")
    .update(JSON.stringify([provider, id]))
    .digest("hex")
    .slice(0, 32);
}

function describeWait(path: string): string {
  const holder = holderOf(path);
  if (holder === undefined) return `waiting for its end; its lock is ${path}`;
  const { pid, machine, isInSight } = holder;
  if (isInSight) return `waiting for the end of process ${pid}, which holds ${path}`;
  const who = `process ${pid} of another container or machine (${machine})`;
  return `waiting until ${who} releases ${path} or has not renewed it for ${silenceLimitMs / 60_000} minutes`;
}
