/** Measures one command: time, processor time of it and all it waited for, and when it first said something. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

export interface Measured {
  readonly wallMs: number;
  /** User and system time. */
  readonly cpuMs: number;
  /** Until the first byte on stdout. */
  readonly firstByteMs: number;
  readonly stdout: string;
}

export interface Command {
  readonly args: readonly string[];
  readonly cwd?: string;
  /** Over that of the bench; `null` takes a variable away. */
  readonly env?: Readonly<Record<string, string | null>>;
  readonly stdin?: string;
}

/** Runs it once. Rejects if it fails. */
export async function measure({ args, cwd, env, stdin = "" }: Command): Promise<Measured> {
  const startedAtMs = performance.now();
  // The shell's `times` counts its children, and theirs, as far as they were waited for.
  const child = spawn("sh", ["-c", '"$@"; code=$?; times >&3; exit $code', "sh", ...args], {
    cwd,
    env: environmentOf(env),
    stdio: ["pipe", "pipe", "pipe", "pipe"],
  });
  let firstByteMs = Number.NaN;
  child.stdout.once("data", () => (firstByteMs = performance.now() - startedAtMs));
  child.stdin.end(stdin);
  const streams = [child.stdout, child.stderr, child.stdio[3]] as NodeJS.ReadableStream[];
  const [[stdout = "", stderr = "", times = ""]] = await Promise.all([
    Promise.all(streams.map(text)),
    once(child, "close"),
  ]);
  if (child.exitCode !== 0) throw new Error(`${args.join(" ")} ended with ${child.exitCode}: ${stderr.slice(-1000)}`);
  return { wallMs: performance.now() - startedAtMs, cpuMs: readTimes(times), firstByteMs, stdout };
}

/** The environment of a command. */
export function environmentOf(changes: Command["env"] = {}): NodeJS.ProcessEnv {
  const all = Object.entries({ ...process.env, ...changes });
  return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] != null));
}

/**
 * Runs each of several commands this often, in turns, so that a busy minute hits all of them. A function may also measure
 * for itself.
 */
export async function compare<Name extends string>(
  commands: Readonly<Record<Name, () => Command | Promise<Measured>>>,
  times: number,
): Promise<Record<Name, readonly Measured[]>> {
  const names = Object.keys(commands) as Name[];
  const all = Object.fromEntries(names.map((name) => [name, [] as Measured[]])) as Record<Name, Measured[]>;
  for (let index = 0; index < times; index++) {
    for (const name of names) {
      const command = commands[name]();
      all[name].push(command instanceof Promise ? await command : await measure(command));
    }
  }
  return all;
}

/** The one in the middle. */
export function median(values: readonly number[]): number {
  return quantile(values, 1 / 2);
}

/** The one below which this part of them is, between 0 and 1. */
export function quantile(values: readonly number[], part: number): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length * part)] ?? Number.NaN;
}

/** The second line is of the children: `0m1.230s 0m0.120s`. */
function readTimes(printed: string): number {
  const [, children = ""] = printed.split("\n");
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, minutes, seconds]) => {
    return sum + (Number(minutes) * 60 + Number(seconds)) * 1000;
  }, 0);
}
