/** From checked options to what is started: executable, arguments, environment and files. */
import { mergeEnvironment } from "../policy/environment.ts";
import type { Command, RunRequest } from "../provider.ts";
import type { Program } from "./locate.ts";
import type { ResolvedOptions } from "./resolve.ts";

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
  /** The words of the sandbox around it. */
  readonly sandbox?: readonly string[];
}

/** What the provider is told: the options and what was built from them. */
export function toRunRequest(
  resolved: ResolvedOptions,
  env: Readonly<Record<string, string>>,
  scratch: string,
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
  command: Pick<Command, "args" | "stdin" | "keepStdinOpen" | "graceMs" | "env">,
): Launch {
  return {
    file: program.file,
    args: [...program.args, ...command.args],
    cwd: request.cwd,
    env: mergeEnvironment(request.env, command.env),
    stdin: command.stdin,
    ...(command.keepStdinOpen && { keepStdinOpen: true }),
    ...(command.graceMs !== undefined && { graceMs: command.graceMs }),
    ...(program.sandbox && { sandbox: program.sandbox }),
  };
}
