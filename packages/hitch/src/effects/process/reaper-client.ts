// The host's side of the reaper: started with the first run, told of every run, started again when it has died, let
// go when there has been no run for a while. A worker thread has a reaper of its own, which then sees the end of the
// thread too.
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { MARKER } from "./marker.ts";
import type { ReaperMessage, Watch } from "./reaper-protocol.ts";

const RENEWALS_PER_DEADLINE = 8;
const IDLE_FOR_MS = 1000;

const watches = new Map<string, Watch>();
let reaper: ChildProcess | undefined;
let renewal: NodeJS.Timeout | undefined;
let idle: NodeJS.Timeout | undefined;

/**
 * Has the run ended when this process dies. To be called before anything of the run is started.
 * Throws when the reaper's program isn't beside this file, as in a bundle.
 */
export function watchRun(watch: Watch): void {
  assertProgramExists();
  clearTimeout(idle);
  watches.set(watch.mark.runId, watch);
  if (isAlive(reaper)) tell(reaper, { type: "watch", watch });
  else startReaper();
  scheduleRenewal();
}

/** The run is over; nothing of it is to be ended any more. */
export function releaseRun(runId: string): void {
  if (!watches.delete(runId)) return;
  if (isAlive(reaper)) tell(reaper, { type: "done", runId });
  scheduleRenewal();
  if (watches.size > 0) return;
  // Kept for a while: a host that starts one run after the other pays for one reaper.
  idle = setTimeout(() => reaper?.stdin?.end(), IDLE_FOR_MS).unref();
}

function scheduleRenewal(): void {
  clearInterval(renewal);
  if (watches.size === 0) return;
  const shortestMs = Math.min(...[...watches.values()].map((watch) => watch.renewWithinMs));
  renewal = setInterval(renew, shortestMs / RENEWALS_PER_DEADLINE).unref();
}

function renew(): void {
  if (isAlive(reaper)) return tell(reaper, { type: "renew" });
  try {
    startReaper();
  } catch {
    // The system has no room for another process now; the next renewal tries again.
  }
}

function startReaper(): void {
  const started: ChildProcess = spawn(process.execPath, [reaperProgram()], {
    cwd: "/",
    detached: true, // a terminal's signals go to the host's group
    env: reaperEnvironment(),
    stdio: ["pipe", "ignore", "ignore"],
  });
  // A failed start or a broken pipe: the next renewal sees that there is no reaper and starts one.
  started.on("error", () => undefined);
  started.stdin?.on("error", () => undefined);
  // Neither keeps the host from ending: its end is what the reaper waits for.
  started.unref();
  (started.stdin as unknown as { unref(): void } | null)?.unref();
  reaper = started;
  for (const watch of watches.values()) tell(started, { type: "watch", watch });
}

function assertProgramExists(): void {
  const program = reaperProgram();
  if (!existsSync(program)) throw new Error(`Hitch's reaper is missing at ${program}: keep hitch out of bundles`);
}

/** Beside this file, and in the same language: TypeScript in the sources, JavaScript in the package. */
function reaperProgram(): string {
  return fileURLToPath(import.meta.url).replace(/reaper-client(\.[a-z]+)$/, "reaper$1");
}

/** No NODE_OPTIONS of the host's; the marker, so that a run around this host finds this reaper. */
function reaperEnvironment(): Record<string, string> {
  const marker = process.env[MARKER];
  return marker === undefined ? {} : { [MARKER]: marker };
}

function isAlive(child: ChildProcess | undefined): child is ChildProcess {
  return (
    child?.pid !== undefined && child.exitCode === null && child.signalCode === null && child.stdin?.writable === true
  );
}

function tell(child: ChildProcess, message: ReaperMessage): void {
  child.stdin?.write(`${JSON.stringify(message)}\n`);
}
