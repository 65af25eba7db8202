/** What a sandboxed process sees of this machine's files: the facts for the rules of `policy/sandbox-places.ts`. */
import { isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findReal } from "../effects/sandbox/real-path.ts";
import { findRealPlaces, leadsOut } from "../effects/sandbox/real-places.ts";
import { findRepositoryPlaces, findSealed } from "../effects/sandbox/repository-places.ts";
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
    "permissions" | "cwd" | "addDirs" | "attachments" | "mcpServers" | "env" | "home" | "shared" | "scratch"
  >;
  /** Of this user: all of them are hidden. */
  readonly homes: readonly string[];
  /** Absent for Git, which looks at what the agent has left. */
  readonly agent?: Agent;
  readonly program?: Program;
  /** Hitch's own directory; absent if it is only planned. */
  readonly stateDirectory?: string;
}

/** Real places, those of the agent's own as far as they exist. */
export function sandboxPlaces(subject: SandboxSubject): readonly Place[] {
  const { choice, request, stateDirectory } = subject;
  const { cwd, addDirs, env, attachments, permissions, scratch } = request;
  const homes = withRealPaths(subject.homes);
  const written = permissions === "read-only" ? choice.writable : [cwd, ...addDirs, ...choice.writable];
  const repositories = [cwd, ...addDirs, ...choice.writable].map(findRepositoryPlaces);
  return findRealPlaces(
    listPlaces({
      level: permissions,
      cwd,
      addDirs,
      writable: choice.writable,
      homes,
      // With a home of its own they serve nothing, and there may be tokens in them.
      gitHomes: request.home === undefined ? homes : [],
      kept: keptPlaces(subject).map(({ path }) => path),
      env,
      programs: programsOf(subject),
      read: [
        ...[...attachments, ...filesOfServers(request), packageRoot],
        ...repositories.flatMap(({ read }) => read),
        // What one agent could write there, those of others would run.
        ...(request.shared === undefined ? [] : [request.shared]),
      ],
      pinned: repositories.flatMap(({ pinned }) => pinned),
      sealed: [...repositories.flatMap(({ sealed }) => sealed), ...findSealed(written)],
      ...(stateDirectory !== undefined && { stateDirectory }),
      ...(choice.journals !== undefined && { journals: choice.journals }),
      scratch,
    }),
    homes,
  );
}

/** What the agent keeps in the home, by absolute path. */
export function keptPlaces({
  agent,
  request: { env, home: own },
  homes,
}: SandboxSubject): readonly { path: string; isFile: boolean }[] {
  if (own !== undefined) return [{ path: own, isFile: false }];
  const [home = "/"] = homes;
  const keeps = agent?.keeps ?? (agent?.home ? [agent.home] : []);
  return keeps.map((place) => {
    const { env: variable = "", user, below = "", isFile = false } = { below: undefined, isFile: undefined, ...place };
    const directory = env[variable] || user.replace(/^~(?=\/|$)/, home);
    return { path: join(directory, below), isFile };
  });
}

/** A home may be named by a link, and programs in it without. */
function withRealPaths(paths: readonly string[]): readonly string[] {
  return [...new Set(paths.flatMap((path) => [path, findReal(path)?.path ?? path]))];
}

/** Where our own programs are: the relay of a closed network and of the tool for an output. */
const packageRoot = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** Each with what it is a link to, unless an agent may have made that link. */
function programsOf({ choice, program, request }: SandboxSubject): readonly string[] {
  const { mcpServers, cwd, addDirs } = request;
  const commands = Object.values(mcpServers).flatMap((server) => ("command" in server ? [server.command] : []));
  const files = program === undefined ? [] : [program.file, program.path];
  const written = withRealPaths([cwd, ...addDirs, ...choice.writable]);
  return [process.execPath, ...commands, ...files].filter(isAbsolute).flatMap((path) => {
    const real = findReal(path);
    return real === undefined || leadsOut(real, written) ? [path] : [path, real.path];
  });
}

/** What the command of a server names: its script, a directory that it serves. */
function filesOfServers({ mcpServers }: SandboxSubject["request"]): readonly string[] {
  const words = Object.values(mcpServers).flatMap((server) => ("command" in server ? (server.args ?? []) : []));
  return words.filter((word) => isAbsolute(word));
}
