/** What a sandboxed process sees of this machine's files: the facts for the rules of `policy/sandbox-places.ts`. */
import { realpathSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findRealPlaces } from "../effects/sandbox/real-places.ts";
import { findRepositoryPlaces } from "../effects/sandbox/repository-places.ts";
import { listPlaces } from "../policy/sandbox-places.ts";
import type { Place } from "../policy/sandbox.ts";
import type { Agent, RunRequest } from "../provider.ts";
import type { SandboxChoice } from "./check-sandbox.ts";
import type { Program } from "./locate.ts";

/** What is to run in a sandbox. */
export interface SandboxSubject {
  readonly choice: SandboxChoice;
  readonly request: Pick<
    RunRequest,
    "permissions" | "cwd" | "addDirs" | "attachments" | "mcpServers" | "env" | "scratch"
  >;
  /** Absent for Git, which looks at what the agent has left. */
  readonly agent?: Agent;
  readonly program?: Program;
  /** Hitch's own directory; absent if it is only planned. */
  readonly stateDirectory?: string;
}

/** Real places, those of the agent's own as far as they exist. */
export function sandboxPlaces(subject: SandboxSubject): readonly Place[] {
  const { choice, request, program, stateDirectory } = subject;
  const { cwd, addDirs, env, attachments, permissions, scratch } = request;
  const repositories = [cwd, ...addDirs, ...choice.writable].map(findRepositoryPlaces);
  return findRealPlaces(
    listPlaces({
      level: permissions,
      cwd,
      addDirs,
      writable: choice.writable,
      homes: homesOf(env),
      kept: keptPlaces(subject).map(({ path }) => path),
      env,
      programs: [...programsOf(subject), ...(program === undefined ? [] : [program.file, program.path])].flatMap(
        withTarget,
      ),
      read: [...attachments, ...filesOfServers(request), packageRoot, ...repositories.flatMap(({ read }) => read)],
      pinned: repositories.flatMap(({ pinned }) => pinned),
      sealed: repositories.flatMap(({ sealed }) => sealed),
      ...(stateDirectory !== undefined && { stateDirectory }),
      scratch,
    }),
  );
}

/** What the agent keeps in the home, by absolute path. */
export function keptPlaces({ agent, request: { env } }: SandboxSubject): readonly { path: string; isFile: boolean }[] {
  const [home = "/"] = homesOf(env);
  const keeps = agent?.keeps ?? (agent?.home ? [agent.home] : []);
  return keeps.map((place) => {
    const { env: variable = "", user, below = "", isFile = false } = { below: undefined, isFile: undefined, ...place };
    const directory = env[variable] || user.replace(/^~(?=\/|$)/, home);
    return { path: join(directory, below), isFile };
  });
}

/** The agent's, and those that the system knows for this user. */
function homesOf(env: Readonly<Record<string, string>>): readonly string[] {
  return [env.HOME ?? homedir(), homedir()].filter((home) => isAbsolute(home));
}

/** Where our own programs are: the relay of a closed network and of the tool for an output. */
const packageRoot = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

function programsOf({ request: { mcpServers } }: SandboxSubject): readonly string[] {
  const commands = Object.values(mcpServers).flatMap((server) => ("command" in server ? [server.command] : []));
  return [process.execPath, ...commands].filter((command) => isAbsolute(command));
}

/** What the command of a server names: its script, a directory that it serves. */
function filesOfServers({ mcpServers }: SandboxSubject["request"]): readonly string[] {
  const words = Object.values(mcpServers).flatMap((server) => ("command" in server ? (server.args ?? []) : []));
  return words.filter((word) => isAbsolute(word));
}

function withTarget(program: string): readonly string[] {
  try {
    return [program, realpathSync(program)];
  } catch {
    return [program]; // The start will say what is wrong with it.
  }
}
