import type { ChildProcess, ChildProcessWithoutNullStreams, StdioOptions } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { closeSync, openSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { listInherited } from "./inherited.ts";
import { isStillPrlimit, prlimitFailure } from "./prlimit.ts";
import type { ProcessIdentity } from "./process-table.ts";
import { identify } from "./process-table.ts";
import { assertDirectory, resolveExecutable } from "./resolve-executable.ts";
import { bubblewrapFailure, findInside, readInitPid, statusDescriptor, tellStatus, unwrapExit } from "./sandboxed.ts";
import type { StartFailure } from "./start-error.ts";
import { StartError } from "./start-error.ts";
import type { Exit } from "../../provider.ts";
import type { Output, StartRequest } from "./types.ts";

/** An agent that is running, or has just run. */
export interface Spawned {
  /** The agent, or bubblewrap around it. */
  readonly child: ChildProcessWithoutNullStreams & { readonly pid: number };
  /** The agent's own. */
  readonly agentPid: number;
  /** `undefined` when it is already over. */
  readonly identity: ProcessIdentity | undefined;
  readonly exit: Promise<Exit>;
  /** What had to be read to know that the start succeeded. */
  readonly firstOutput: readonly Output[];
}

/**
 * Starts the agent in a session of its own behind the wrapper's words, and waits until it is the agent that runs.
 * Rejects with a `StartError`.
 */
export async function spawnAgent(
  request: StartRequest,
  env: Readonly<Record<string, string>>,
  wrapper: readonly string[],
): Promise<Spawned> {
  let executable = request.file;
  let child: Child | undefined;
  try {
    assertDirectory(request.cwd);
    executable = resolveExecutable(request.file, request.cwd, env["PATH"]);
    const { sandbox = [] } = request;
    const words = [...wrapper, ...tellStatus(sandbox), executable, ...request.args];
    const started = await spawnChild(words, request.cwd, env, sandbox.length > 0);
    child = started.child;
    const exit = exitOf(child);
    const firstOutput = await becomeAgent(child, exit, wrapper, executable);
    const spawned = { child, agentPid: child.pid, identity: identify(child.pid), exit, firstOutput };
    return sandbox.length === 0 ? spawned : await enterSandbox(spawned, await started.initPid, executable);
  } catch (error) {
    child?.kill("SIGKILL");
    child?.stdout.destroy();
    child?.stderr.destroy();
    throw error instanceof StartError ? error : startFailure(error as NodeJS.ErrnoException, executable);
  }
}

type Child = Spawned["child"];

async function spawnChild(
  words: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
  tellsStatus: boolean,
): Promise<{ readonly child: Child; readonly initPid: Promise<number | undefined> }> {
  const [command = "", ...args] = words;
  const pipes: "pipe"[] = ["pipe", "pipe", "pipe", ...(tellsStatus ? (["pipe"] as const) : [])];
  const options = { cwd, env: { ...env }, detached: true, windowsHide: true };
  const start = (stdio: StdioOptions): ChildProcess => spawn(command, args, { ...options, stdio });
  // Without pipes when there was nothing to make them of.
  const child = tellsStatus ? startWithoutInherited(pipes, start) : start(pipes);
  for (const pipe of [child.stdout, child.stderr]) {
    // With a listener for 'readable' what is in the pipes waits for us; without one Node throws it away at the exit.
    pipe?.on("readable", () => undefined);
    pipe?.on("error", () => undefined); // a pipe that breaks ends, and 'close' tells so
  }
  const initPid = readInitPid(tellsStatus ? (child.stdio[statusDescriptor] as Readable) : undefined);
  await once(child, "spawn");
  // Later errors are those of kill(2): what could not be killed is found again by the scan.
  child.on("error", () => undefined);
  return { child: child as Child, initPid };
}

/** What the host's own starter has left open is not for a sandbox: a directory of elsewhere, say, is a way out. */
function startWithoutInherited(pipes: readonly "pipe"[], start: (stdio: StdioOptions) => ChildProcess): ChildProcess {
  const nothing = openSync("/dev/null", "r");
  try {
    const inherited = listInherited().filter((descriptor) => descriptor >= pipes.length);
    const count = Math.max(pipes.length, ...inherited.map((descriptor) => descriptor + 1));
    // "ignore" leaves open what is open.
    const others = Array.from({ length: count - pipes.length }, (_, index) =>
      inherited.includes(pipes.length + index) ? nothing : ("ignore" as const),
    );
    return start([...pipes, ...others]);
  } finally {
    closeSync(nothing);
  }
}

function startFailure(error: NodeJS.ErrnoException, executable: string): StartError {
  const fail = (reason: StartFailure, message: string) => new StartError(reason, executable, message, error);
  switch (error.code ?? "") {
    case "E2BIG":
      return fail("argument-too-long", `the arguments or the environment of ${executable} are too long`);
    case "EACCES":
    case "ENOEXEC":
      return fail("executable-not-runnable", `${executable} can't be run (${error.code})`);
    default:
      return fail("spawn-failed", `the system can't start ${executable}: ${error.message}`);
  }
}

function exitOf(child: Child): Promise<Exit> {
  return new Promise((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
}

/** Resolves once the wrapper has become the agent, with what was read on the way; rejects when it could not. */
async function becomeAgent(
  child: Child,
  exit: Promise<Exit>,
  wrapper: readonly string[],
  executable: string,
): Promise<readonly Output[]> {
  if (wrapper.length === 0) return [];
  let ended: Exit | undefined;
  void exit.then((result) => (ended = result));
  while (ended === undefined && isStillPrlimit(child.pid, wrapper)) await sleep(1);
  // Most agents that end so soon have just been quick; only prlimit's own words tell that it never became one.
  if (ended === undefined || ![1, 126, 127].includes(ended.code ?? 0)) return [];
  const bytes = await firstBytes(child);
  const failure = prlimitFailure(ended.code, bytes.toString());
  if (failure === undefined) return bytes.length > 0 ? [{ stream: "stderr", bytes }] : [];
  const reason = failure.failed === "exec" ? "executable-not-runnable" : "spawn-failed";
  throw new StartError(reason, executable, `${executable} can't be run: ${failure.message}`);
}

/** Resolves once the agent runs in its sandbox; rejects when bubblewrap could not make one. */
async function enterSandbox(spawned: Spawned, initPid: number | undefined, executable: string): Promise<Spawned> {
  const { child, exit, firstOutput } = spawned;
  const inside = await findInside(initPid, exit);
  const known = { ...spawned, exit: exit.then(unwrapExit) };
  if (inside !== undefined) return { ...known, agentPid: inside };
  if ((await exit).code !== 1) return known;
  const bytes = Buffer.concat([...firstOutput.map((output) => output.bytes), await allBytes(child)]);
  const failure = bubblewrapFailure(bytes.toString());
  if (failure === undefined) return { ...known, firstOutput: bytes.length > 0 ? [{ stream: "stderr", bytes }] : [] };
  throw new StartError("sandbox-failed", executable, `${executable} can't be run in a sandbox: ${failure}`);
}

/** What it has said on stderr, now that it is over. */
async function allBytes(child: Child): Promise<Buffer> {
  const bytes = await firstBytes(child);
  return bytes.length === 0 ? bytes : Buffer.concat([bytes, await allBytes(child)]);
}

async function firstBytes(child: Child): Promise<Buffer> {
  const bytes = child.stderr.read() as Buffer | null;
  if (bytes !== null || child.stderr.readableEnded) return bytes ?? Buffer.alloc(0);
  const over = new AbortController();
  const events = ["readable", "end", "close"].map((name) => once(child.stderr, name, over));
  await Promise.race([...events, sleep(100)]).catch(() => undefined);
  over.abort();
  await Promise.allSettled(events);
  return (child.stderr.read() as Buffer | null) ?? Buffer.alloc(0);
}
