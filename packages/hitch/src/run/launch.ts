/** From checked options to what is started: executable, arguments, environment and files. */
import { findUpwards } from "../effects/paths.ts";
import { buildCleanEnvironment } from "../policy/clean-environment.ts";
import { buildEnvironment, mergeEnvironment } from "../policy/environment.ts";
import type { Command, RunRequest } from "../provider.ts";
import type { Program } from "./locate.ts";
import type { ResolvedOptions, Surroundings } from "./resolve.ts";

/** An agent's process, ready to be started. */
export interface Launch {
  /** A path, or a name to look up on PATH. */
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
  readonly keepStdinOpen?: boolean;
  readonly graceMs?: number;
  /** The file that is its log. Absolute. */
  readonly log?: string;
  /** The words of the sandbox around it. */
  readonly sandbox?: readonly string[];
}

/** The environment of an agent, in a private home or in the user's. */
export function environmentIn(
  home: string | undefined,
  { cwd, env: added }: Pick<ResolvedOptions, "cwd" | "env">,
  { env: inherited }: Surroundings,
): Record<string, string> {
  const parts = { inherited, cwd, added };
  return home === undefined ? buildEnvironment(parts) : buildCleanEnvironment({ ...parts, home });
}

/** What the provider is told: the options and what was built from them. */
export function toRunRequest(
  resolved: ResolvedOptions,
  env: Readonly<Record<string, string>>,
  scratch: string,
  home?: { readonly path: string; readonly shared: string },
): RunRequest {
  const { prompt, model, effort, cwd, addDirs, systemPrompt, attachments, session, fork, native, extraArgs } = resolved;
  return {
    prompt,
    ...(model !== undefined && { model }),
    ...(effort !== undefined && { effort }),
    cwd,
    addDirs,
    ...(systemPrompt && { systemPrompt }),
    permissions: resolved.permissions.level,
    attachments,
    mcpServers: resolved.mcpServers,
    ...(session && { session }),
    fork,
    env,
    ...(home && { home: home.path, shared: home.shared, ...placeOf(cwd) }),
    scratch,
    timeouts: resolved.timeouts,
    limits: resolved.limits,
    native,
    extraArgs,
  };
}

export function toLaunch(
  program: Program,
  request: Pick<RunRequest, "cwd" | "env">,
  command: Pick<Command, "args" | "stdin" | "keepStdinOpen" | "graceMs" | "env" | "log">,
): Launch {
  return {
    file: program.file,
    args: [...program.args, ...command.args],
    cwd: request.cwd,
    env: mergeEnvironment(request.env, command.env),
    stdin: command.stdin,
    ...(command.keepStdinOpen && { keepStdinOpen: true }),
    ...(command.graceMs !== undefined && { graceMs: command.graceMs }),
    ...(command.log !== undefined && { log: command.log }),
    ...(program.sandbox && { sandbox: program.sandbox }),
  };
}

/** Where the agent works, for one that does not look for itself. */
function placeOf(cwd: string): Pick<RunRequest, "repository"> {
  const repository = findUpwards(cwd, ".git");
  return repository === undefined ? {} : { repository };
}
