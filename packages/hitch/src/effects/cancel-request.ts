/**
 * Asks the host of a run, another process, to cancel it: a file in the run's own folder, which the host watches and takes
 * away as soon as it has heard. No signal: the host may be a server with many other runs.
 */
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { watchPath } from "./watch-path.ts";

/** What the error of such a run has as its `cause`. */
export const cancelReason = "cancelled by `hitch cancel`";

/** How often the host looks where it is not told: a shared directory that another machine writes to, say. */
const lookAgainMs = 2_000;

/** Leaves the request. False if the run's folder is gone: the run is over. */
export function requestCancel(runDirectory: string): boolean {
  try {
    writeFileSync(fileIn(runDirectory), "", { mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

/** Whether a request is there that the host has not heard yet. */
export function isCancelRequested(runDirectory: string): boolean {
  return existsSync(fileIn(runDirectory));
}

/** Calls `onRequest` once, at the first request. Keeps no process alive. Gives how to stop. */
export function hearCancelRequest(runDirectory: string, onRequest: () => void): () => void {
  const look = (): void => {
    if (!isCancelRequested(runDirectory)) return;
    stop();
    onRequest();
    try {
      rmSync(fileIn(runDirectory), { force: true });
    } catch {
      // It goes with the folder. Whoever asked will think that nobody hears, and end the processes itself.
    }
  };
  const timer = setInterval(look, lookAgainMs).unref();
  const stopWatching = watchPath(runDirectory, look);
  const stop = (): void => {
    clearInterval(timer);
    stopWatching();
  };
  return stop;
}

function fileIn(runDirectory: string): string {
  return join(runDirectory, "cancel");
}
