/** One run at a time on one session: agents mix up two conversations that go on in one place. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { lockFile } from "../effects/lock.ts";
import type { Session } from "../vocabulary/result.ts";

const pollMs = 100;

/**
 * Waits until no other run continues the session, in whatever process of this state directory. Resolves with what gives
 * the turn back; also when `stop` aborts, which is then looked at by the caller.
 */
export async function takeTurn(
  directory: string,
  { provider, id }: Session,
  stop: AbortSignal,
  warn: (message: string) => void,
): Promise<() => void> {
  const name = createHash("sha256")
    .update(JSON.stringify([provider, id]))
    .digest("hex")
    .slice(0, 32);
  const path = join(directory, `${name}.lock`);
  for (let tries = 0; !stop.aborted; tries++) {
    const lock = lockFile(path);
    if (lock) return () => lock.release();
    if (tries === 1) warn(`another run is using session ${id}; waiting for its end`);
    await sleep(pollMs, undefined, { signal: stop }).catch(() => undefined);
  }
  return () => undefined;
}
