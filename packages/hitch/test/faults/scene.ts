/** Where a row is played: directories of its own, a host in them, and what can be reached from outside. */
import { spawn, type ChildProcess } from "node:child_process";
import { chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { survivors } from "../support/no-leftovers.ts";
import { listProcesses } from "../support/proc.ts";
import { normalUser, withOwnDisk } from "./abilities.ts";
import type { Outcome, Row } from "./row.ts";

const fixture = (path: string): string => fileURLToPath(new URL(`../fixtures/${path}`, import.meta.url));

export interface Scene {
  /** What every process of the row has in its environment, as `HITCH_TEST_RUN`. */
  readonly marker: string;
  readonly cwd: string;
  readonly state: string;
  readonly temp: string;
  /** Where the agent leaves its process ids, and waits. */
  readonly folder: string;
  /** Starts the host; a second one for who comes after the first. */
  start(request: object): Host;
  /** The host that was started last. */
  readonly host: Host;
  /** The process id that the agent left in its folder. */
  pidOf(who: "agent" | "tool" | "server"): number;
  reaperPid(): number;
  /** A path as the host sees it, which may have mounts of its own. */
  seen(path: string): string;
}

export interface Host {
  readonly pid: number;
  readonly child: ChildProcess;
  command(line: string): void;
  /** The number of the last event that its caller has seen. */
  lastSeen(): number;
  readonly outcome: Promise<Outcome>;
  readonly look: Promise<{ moreDescriptors: number; names: readonly string[] }>;
  readonly exit: Promise<string | number | null>;
}

/** Makes the directories of a row below `root`. */
export function setScene(row: Row, root: string, marker: string): Scene {
  const { names, normalUser: asNormalUser, ownDisk } = row.around ?? {};
  const place = (name: string): string => {
    const path = join(root, name);
    mkdirSync(path);
    if (asNormalUser === true && normalUser) chownSync(path, normalUser.id, normalUser.id);
    return path;
  };
  mkdirSync(root);
  if (asNormalUser === true && normalUser) chownSync(root, normalUser.id, normalUser.id);
  const [cwd, state, temp, folder, home] = [names?.cwd ?? "cwd", names?.state ?? "state", "tmp", "stage", "home"].map(
    place,
  );
  const paths = { cwd: cwd ?? "", state: state ?? "", temp: temp ?? "", folder: folder ?? "" };
  let host: Host | undefined;

  return {
    ...paths,
    marker,
    start(request) {
      const { PATH, HITCH_AGENTS_BIN } = process.env;
      const env = {
        ...{ PATH, HITCH_AGENTS_BIN, HOME: home, TMPDIR: temp, HITCH_STATE_DIR: state, HITCH_TEST_RUN: marker },
        // Agents that speak for others are this Node's.
        ...{ HOST_ROW: JSON.stringify(request) },
        ...row.around?.env,
      };
      if (env.PATH !== undefined) env.PATH = env.PATH.replaceAll("$FOLDER", paths.folder);
      const command = [
        ...(asNormalUser === true && normalUser ? normalUser.words : []),
        ...(ownDisk === true ? withOwnDisk(paths.state) : []),
        ...(row.around?.before ?? []),
        ...[process.execPath, "--disable-warning=ExperimentalWarning", fixture("hosts/fault-host.js")],
      ];
      return (host = startHost(command, env, paths.folder));
    },
    get host() {
      if (host === undefined) throw new Error("no host was started");
      return host;
    },
    pidOf(who) {
      // In a sandbox its own number is another one.
      const isIt = (command: string): boolean => who === "agent" && /^\S*node \S*story\.js/.test(command);
      const found = survivors({ marker, ancestor: undefined }).find(({ command }) => isIt(command));
      return found?.pid ?? Number(readFileSync(join(paths.folder, `${who}.pid`), "utf8"));
    },
    reaperPid() {
      const found = listProcesses().find(({ parent, command }) => parent === host?.pid && command.includes("reaper."));
      if (found === undefined) throw new Error("the host has no reaper");
      return found.pid;
    },
    seen: (path) => (ownDisk === true ? `/proc/${host?.pid}/root${path}` : path),
  };
}

export const storyExecutable = fixture("agents/story.js");
export const replayExecutable = fixture("agents/replay.js");

function startHost(
  command: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  folder: string,
): Host {
  const child = spawn(command[0] ?? "", command.slice(1), { cwd: "/", env, stdio: ["pipe", "pipe", "pipe"] });
  const outcome = Promise.withResolvers<Outcome>();
  const look = Promise.withResolvers<{ moreDescriptors: number; names: readonly string[] }>();
  let lastSeen = -1;
  let errors = "";
  for (const one of [outcome, look]) one.promise.catch(() => undefined);
  child.stdin.on("error", () => undefined);
  child.stderr.on("data", (bytes: Buffer) => (errors += String(bytes)));
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (!line.startsWith("{")) return (lastSeen = Number(line));
    const said = JSON.parse(line) as { outcome?: Outcome; look?: { moreDescriptors: number; names: string[] } };
    if (said.outcome) outcome.resolve(said.outcome);
    if (said.look) look.resolve(said.look);
    return undefined;
  });
  const exit = new Promise<string | number | null>((resolve) => {
    child.once("error", (error) => resolve(String(error)));
    child.once("close", (code, signal) => resolve(code ?? signal));
  });
  void exit.then((how) => {
    if (errors !== "") writeFileSync(join(folder, "host.err"), errors);
    for (const one of [outcome, look]) one.reject(new Error(`the host ended with ${how}: ${errors.trim()}`));
  });
  const command_ = (line: string): void => void child.stdin.write(`${line}\n`);
  return {
    pid: child.pid ?? 0,
    child,
    command: command_,
    lastSeen: () => lastSeen,
    outcome: outcome.promise,
    look: look.promise,
    exit,
  };
}

/** Waits until the agent has left this file in its folder. Rejects when it does not, or the run is over before. */
export async function untilLeft({ folder, host }: Scene, name: string, limitMs: number): Promise<void> {
  const end = performance.now() + limitMs;
  let over: string | undefined;
  host.outcome.then(
    ({ verdicts, message = "" }) => (over = `the run was over before: ${verdicts.join(", ")} ${message}`),
    (error: unknown) => (over = String(error)),
  );
  while (!existsSync(join(folder, name))) {
    if (over !== undefined) throw new Error(over);
    if (performance.now() > end) throw new Error("the moment never came");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
