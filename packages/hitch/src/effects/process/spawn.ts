import type { ChildProcess, ChildProcessWithoutNullStreams } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { isStillPrlimit, prlimitFailure } from "./prlimit.ts";
import type { ProcessIdentity } from "./process-table.ts";
import { identify } from "./process-table.ts";
import { assertDirectory, resolveExecutable } from "./resolve-executable.ts";
import type { StartFailure } from "./start-error.ts";
import { StartError } from "./start-error.ts";
import type { Exit } from "../../provider.ts";
import type { Output, StartRequest } from "./types.ts";

/** An agent that is running, or has just run. */
export interface Spawned {
  readonly child: ChildProcessWithoutNullStreams & { readonly pid: number };
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
    child = await spawnChild([...wrapper, executable, ...request.args], request.cwd, env);
    const exit = exitOf(child);
    const firstOutput = await becomeAgent(child, exit, wrapper, executable);
    return { child, identity: identify(child.pid), exit, firstOutput };
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
): Promise<Child> {
  const [command = "", ...args] = words;
  const options = { cwd, env: { ...env }, detached: true, windowsHide: true };
  const child: ChildProcess = spawn(command, args, options); // without pipes when there was nothing to make them of
  for (const pipe of [child.stdout, child.stderr]) {
    // With a listener for 'readable' what is in the pipes waits for us; without one Node throws it away at the exit.
    pipe?.on("readable", () => undefined);
    pipe?.on("error", () => undefined); // a pipe that breaks ends, and 'close' tells so
  }
  await once(child, "spawn");
  // Later errors are those of kill(2): what could not be killed is found again by the scan.
  child.on("error", () => undefined);
  return child as Child;
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

async function firstBytes(child: Child): Promise<Buffer> {
  const bytes = child.stderr.read() as Buffer | null;
  if (bytes !== null || child.stderr.readableEnded) return bytes ?? Buffer.alloc(0);
  const soon = AbortSignal.timeout(100);
  await once(child.stderr, "readable", { signal: soon }).catch(() => undefined);
  return (child.stderr.read() as Buffer | null) ?? Buffer.alloc(0);
}
