/** A host program with runs of real agents in it, as the user and in the place that a test wants. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect } from "vitest";
import { makeFolder, spawnNode, type User } from "../../fixtures/processes/hosts.ts";
import { newToken } from "../../fixtures/processes/survivors.ts";
import type { HarnessOptions } from "../../../src/run/options.ts";
import type { RunResult } from "../../../src/vocabulary/result.ts";
import type { HitchEvent } from "../../../src/vocabulary/events.ts";
import { describeProcess, type ProcessRecord } from "../../support/proc.ts";
import type { Place } from "./agents.ts";
import { findAlive, findAliveAfter, findReapers, isAlive, killAlive, type Trace } from "./process-scan.ts";
import { installationFor } from "./process-user.ts";

/** Where hosts of one user work, with all that their agents write. */
export interface Ground {
  readonly user: User;
  /** The agents' home, fresh at first. */
  readonly home: string;
  readonly state: string;
  /** A fresh directory for an agent to work in. */
  makeProject(): string;
}

export interface HostRun {
  readonly prompt: string;
  readonly options: HarnessOptions;
}

export type HostOutcome = Partial<RunResult> & { readonly status: string; readonly code?: string };

export interface Host extends Trace {
  readonly pid: number;
  /** Everything that the host said so far. */
  readonly events: readonly HitchEvent[];
  /** Its reapers, as far as they have been seen. */
  readonly reapers: readonly ProcessRecord[];
  command(line: "cancel" | "throw"): void;
  kill(signal: "SIGTERM" | "SIGKILL"): void;
  /** How the run ended. Rejects if the host ends without having said it. */
  outcome(index?: number): Promise<HostOutcome>;
  /** Its exit code or signal. */
  readonly exit: Promise<number | string | null>;
  /** What of it is alive, the host and its reapers apart. */
  agents(): readonly ProcessRecord[];
  /** Waits until something of it fulfils the condition. */
  until(condition: () => boolean): Promise<void>;
}

const startLimitMs = 120_000;

export function makeGround(user: User): Ground {
  const folder = makeFolder(user);
  const ground = { home: join(folder, "home"), state: join(folder, "state") };
  return { user, ...ground, makeProject: () => mkdtempSync(join(folder, "project-")) };
}

/** Makes the directories of a ground; call it before the agent's configuration is written into them. */
export function placeOn(ground: Ground): Place {
  mkdirSync(join(ground.home, "tmp"), { recursive: true });
  return { cwd: ground.makeProject(), home: ground.home };
}

/** The ids of the runs that have a record. */
function recordsOn({ state }: Ground): readonly string[] {
  const active = join(state, "active");
  return existsSync(active) ? readdirSync(active) : [];
}

/** Starts the host. Everything that it and its agents need of the environment is given here, nothing else. */
export function startHost(
  { user, home, state }: Ground,
  { cwd }: Pick<Place, "cwd">,
  runs: readonly HostRun[],
  env: Readonly<Record<string, string>>,
  token = newToken(),
): Host {
  const { packageRoot, path } = installationFor(user);
  const marker = `${process.env.HITCH_TEST_RUN}/${token}`;
  const trace = { token, cwd, marker };
  const child = spawnNode(user, [join(packageRoot, "test/fixtures/hosts/harness-host.ts")], {
    PATH: path,
    HITCH_TEST_RUN: marker,
    HOST_RUNS: JSON.stringify(runs),
    HITCH_STATE_DIR: state,
    HOME: home,
    TMPDIR: join(home, "tmp"),
    ...env,
  });
  const pid = child.pid ?? 0;
  const events: HitchEvent[] = [];
  const outcomes = new Map<number, HostOutcome>();
  const reapers = new Map<number, ProcessRecord>();
  let errors = "";
  let isOver = false;
  child.stderr?.on("data", (bytes: Buffer) => (errors += String(bytes)));
  child.stdin?.on("error", () => undefined);
  createInterface({ input: child.stdout! }).on("line", (line) => {
    const said = JSON.parse(line) as { index: number; event?: HitchEvent; outcome?: HostOutcome };
    if (said.event) events.push(said.event);
    if (said.outcome) outcomes.set(said.index, said.outcome);
    if (said.event?.type === "run-start") for (const reaper of findReapers(pid)) reapers.set(reaper.pid, reaper);
  });
  const exit = new Promise<number | string | null>((resolve) => {
    child.once("exit", (code, signal) => resolve(code ?? signal));
  });
  child.once("close", () => (isOver = true));

  const until = async (condition: () => boolean): Promise<void> => {
    const endMs = Date.now() + startLimitMs;
    while (!condition()) {
      if (isOver) throw new Error(`the host is over: ${errors}\n${JSON.stringify([...outcomes])}`);
      if (Date.now() > endMs) throw new Error(`waited in vain: ${errors}\n${JSON.stringify(events)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  return {
    ...trace,
    pid,
    events,
    get reapers() {
      return [...reapers.values()];
    },
    command: (line) => void child.stdin?.write(`${line}\n`),
    kill: (signal) => void child.kill(signal),
    async outcome(index = 0) {
      await until(() => outcomes.has(index));
      return outcomes.get(index)!;
    },
    exit,
    agents: () => findAlive(trace).filter((record) => record.pid !== pid && !reapers.has(record.pid)),
    until,
  };
}

/** Within 5 s nothing with any trace of the host is alive, nor its reaper, and no run on the ground has a record. */
export async function expectGone(host: Host, ground: Ground): Promise<void> {
  const alive = await findAliveAfter(() => [...findAlive(host), ...host.reapers.filter(isAlive)]);
  expect(alive.map(describeProcess)).toEqual([]);
  await expect.poll(() => recordsOn(ground), { timeout: 5_000 }).toEqual([]);
}

/** Ends what a failed test has left. */
export function endHost(host: Host): void {
  host.kill("SIGKILL");
  killAlive(host);
}
