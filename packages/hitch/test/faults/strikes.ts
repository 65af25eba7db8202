/** What can be done to a run from outside. */
import { execFileSync } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Strike } from "./row.ts";

export const killHost: Strike = ({ host }) => void process.kill(host.pid, "SIGKILL");
export const killReaper: Strike = (scene) => void process.kill(scene.reaperPid(), "SIGKILL");
export const killAgent: Strike = (scene) => void process.kill(scene.pidOf("agent"), "SIGKILL");
export const killTool: Strike = (scene) => void process.kill(scene.pidOf("tool"), "SIGKILL");
export const killServer: Strike = (scene) => void process.kill(scene.pidOf("server"), "SIGKILL");

/** Nobody is left who could clean up. The reaper goes first: it would begin. */
export const killHostAndReaper: Strike = (scene) => {
  process.kill(scene.reaperPid(), "SIGKILL");
  process.kill(scene.host.pid, "SIGKILL");
};

export const stopAgent: Strike = (scene) => void process.kill(scene.pidOf("agent"), "SIGSTOP");

/** The whole host stands still for a while, as when a laptop sleeps. */
export const pauseHost: Strike = async ({ host }) => {
  process.kill(host.pid, "SIGSTOP");
  await sleep(1_500);
  process.kill(host.pid, "SIGCONT");
};

/** The wall clock of the host jumps; the clock that only goes forward does not. */
export function jumpClock(byMs: number): Strike {
  return async ({ host }) => {
    host.command(`clock ${byMs}`);
    await sleep(100);
  };
}

/** The disk of the state directory is full. */
export const fillDisk: Strike = (scene) => {
  const ballast = openSync(scene.seen(join(scene.state, "ballast")), "w");
  for (let blockBytes = 65_536; blockBytes > 0;) {
    try {
      writeSync(ballast, Buffer.alloc(blockBytes));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
      blockBytes = blockBytes > 1 ? blockBytes >> 1 : 0;
    }
  }
  closeSync(ballast);
};

/** Nothing can be made or removed in the state directory, until it can be again. What is open is not concerned. */
export const makeReadOnly: Strike = ({ state }) => {
  execFileSync("chmod", ["-R", "a-w", state]);
  return () => void execFileSync("chmod", ["-R", "u+w", state]);
};

/** The host gets no more of something, until it does again. `as`: the words that make a command its user's. */
export function limit(what: "nofile" | "fsize" | "nproc", soft: number, as: readonly string[] = []): Strike {
  return ({ host }) => {
    const prlimit = (...args: string[]): string => {
      const [file = "", ...words] = [...as, "prlimit", "--pid", String(host.pid), ...args];
      return execFileSync(file, words, { encoding: "utf8" }).trim();
    };
    const before = prlimit(`--${what}`, "--raw", "--noheadings", "--output=SOFT");
    prlimit(`--${what}=${soft}:`);
    return () => void prlimit(`--${what}=${before}:`);
  };
}
