import { type ChildProcess, spawn, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { buffer, text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { HitchEvent } from "../../src/vocabulary/events.ts";
import { assertEvent } from "../support/event-schema.ts";
import { temporaryDirectory } from "../support/start.ts";

const main = fileURLToPath(new URL("../../bin/hitch.js", import.meta.url));
const fakePi = fileURLToPath(new URL("../fixtures/agents/fake-pi.js", import.meta.url));

/** What the fake agent does; see `fixtures/agents/fake-pi.js`. */
export interface FakePi {
  readonly answer?: string;
  readonly count?: number;
  readonly replay?: string;
  readonly hang?: true;
  readonly ignoreTerm?: true;
  readonly exit?: number;
}

/** What the fake agent was started with. */
export interface Started {
  readonly pid: number;
  readonly sleeper?: number;
  readonly cwd: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
}

/** A user with a home and a project of their own, and the fake agent as the only one on their PATH. */
export interface User {
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly configFile: string;
  /** What the agent was started with; `undefined` if it never was. */
  started(): Started | undefined;
}

export function makeUser(does: FakePi = {}, env: Readonly<Record<string, string>> = {}): User {
  const directory = temporaryDirectory();
  const bin = join(directory, "bin");
  mkdirSync(bin);
  symlinkSync(fakePi, join(bin, "pi"));
  mkdirSync(join(directory, "config", "hitch"), { recursive: true });
  const log = join(directory, "started.json");
  return {
    directory,
    configFile: join(directory, "config", "hitch", "config.json"),
    env: {
      ...process.env,
      PATH: [bin, dirname(process.execPath), "/usr/bin", "/bin"].join(":"),
      HITCH_STATE_DIR: join(directory, "state"),
      XDG_CONFIG_HOME: join(directory, "config"),
      FAKE_PI: JSON.stringify(does),
      FAKE_PI_LOG: log,
      ...env,
    },
    started: () => (existsSync(log) ? (JSON.parse(readFileSync(log, "utf8")) as Started) : undefined),
  };
}

/** How the command ended, seen from outside. */
export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

/** Runs the real command to its end. stdin is empty unless given; the word `open` is a pipe that nobody writes to or closes. */
export async function hitch(user: User, args: readonly string[], stdin = ""): Promise<Ended> {
  const child = startHitch(user, args);
  child.stdin?.on("error", () => undefined); // It may end without reading.
  if (stdin !== "open") child.stdin?.end(stdin);
  return ended(child);
}

/** Starts the real command, in the user's project. */
export function startHitch(user: User, args: readonly string[], stdio: StdioOptions = "pipe"): ChildProcess {
  return spawn(process.execPath, [main, ...args], { cwd: user.directory, env: user.env, stdio });
}

/** Starts it in a shell, where `hitch` is the command. */
export function startInShell(user: User, script: string): ChildProcess {
  const shell = `hitch() { "${process.execPath}" "${main}" "$@"; }; ${script}`;
  return spawn("/bin/bash", ["-c", shell], { cwd: user.directory, env: user.env });
}

export async function ended(child: ChildProcess): Promise<Ended> {
  const [stdout, stderr, [code]] = await Promise.all([
    child.stdout ? buffer(child.stdout).then(String) : "",
    child.stderr ? text(child.stderr) : "",
    once(child, "close") as Promise<[number | null]>,
  ]);
  return { stdout, stderr, code };
}

/** The events in JSON lines. Throws unless each is valid, they are numbered without gaps and the last one alone is a run-finish. */
export function readEvents(lines: string): readonly HitchEvent[] {
  if (!lines.endsWith("\n")) throw new Error(`the last line is cut: …${lines.slice(-200)}`);
  const events = lines
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as HitchEvent);
  events.forEach((event, index) => {
    assertEvent(event);
    if (event.seq !== index) throw new Error(`event ${index} has seq ${event.seq}`);
    if ((event.type === "run-finish") !== (index === events.length - 1)) {
      throw new Error(`event ${index} of ${events.length} is ${event.type}`);
    }
  });
  return events;
}

export function lastOf(lines: string): Extract<HitchEvent, { type: "run-finish" }> {
  const last = readEvents(lines).at(-1);
  if (last?.type !== "run-finish") throw new Error("there is no run-finish");
  return last;
}

/** Waits until the agent has been started. */
export async function untilStarted(user: User): Promise<Started> {
  return eventually(() => user.started());
}

/** Waits up to 30 s for something that is not `undefined` or `false`. */
export async function eventually<Value>(look: () => Value | undefined | false): Promise<Value> {
  for (let tries = 0; tries < 600; tries++) {
    const value = look();
    if (value !== undefined && value !== false) return value;
    await sleep(50);
  }
  throw new Error("it did not happen within 30 s");
}

/** Whether a process is there and not only waiting to be buried. */
export function isAlive(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
  } catch {
    return false;
  }
}
