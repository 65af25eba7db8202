/** The environment of an agent: the caller's own, less what makes an agent misread where it runs. */

/** Variables that are never handed on, with the reason. `*` at the end stands for any ending. */
export const removedVariables: readonly { readonly name: string; readonly reason: string }[] = [
  {
    name: "OPENCODE_SERVER_PASSWORD",
    reason: "OpenCode up to 1.17.0 guards its own in-process server with it and then says «Session not found»",
  },
  { name: "OPENCODE_SERVER_USERNAME", reason: "belongs to OPENCODE_SERVER_PASSWORD" },
  { name: "OPENCODE", reason: "says that the process runs inside OpenCode" },
  { name: "OPENCODE_PID", reason: "names the OpenCode that Hitch's caller runs in" },
  { name: "OPENCODE_RUN_ID", reason: "names the run that Hitch's caller belongs to" },
  { name: "OPENCODE_PROCESS_ROLE", reason: "makes OpenCode believe that it is a worker of another" },
  { name: "OPENCODE_WORKSPACE_ID", reason: "ties OpenCode to another instance's workspace" },
  { name: "OPENCODE_CLIENT", reason: "makes OpenCode offer what its desktop or editor would handle" },
  { name: "AGENT", reason: "OpenCode sets it for its shell tools: the agent is not a tool of another" },
  { name: "CLAUDECODE", reason: "says that the process runs inside Claude Code" },
  { name: "CLAUDE_CODE_ENTRYPOINT", reason: "says how the Claude Code around Hitch was started" },
  { name: "CLAUDE_CODE_SESSION_ID", reason: "names the session that Hitch's caller runs in" },
  { name: "CLAUDE_CODE_CHILD_SESSION", reason: "makes Claude Code a child of the session around Hitch" },
  { name: "CLAUDE_CODE_SSE_PORT", reason: "ties Claude Code to the editor around Hitch" },
  { name: "CLAUDE_CODE_MESSAGING_*", reason: "would let Claude Code speak to the one that Hitch's caller runs in" },
  { name: "CLAUDE_CODE_CHILD_NOTES_DIR", reason: "belongs to the Claude Code around Hitch" },
  { name: "CLAUDE_CODE_SESSION_ATTENDED", reason: "says whether somebody watches the Claude Code around Hitch" },
  { name: "CLAUDE_CODE_EXECPATH", reason: "names the program of the Claude Code around Hitch" },
  { name: "CLAUDE_PID", reason: "names the Claude Code that Hitch's caller runs in" },
  { name: "CLAUDE_EFFORT", reason: "the effort of the Claude Code around Hitch" },
  { name: "AI_AGENT", reason: "says which agent Hitch's caller runs in" },
  { name: "CODEX_SANDBOX*", reason: "says that the process is already in Codex's sandbox" },
  { name: "CODEX_THREAD_ID", reason: "names the Codex thread that Hitch's caller runs in" },
  { name: "CODEX_CI", reason: "set by Codex for its shell tools" },
  { name: "GEMINI_CLI", reason: "set by Gemini CLI for its shell tools" },
  { name: "QWEN_CODE", reason: "set by Qwen Code for its shell tools" },
  { name: "QWEN_CODE_CLI", reason: "names the program of the Qwen Code around Hitch" },
  { name: "QWEN_CODE_SESSION_ID", reason: "names the session that Hitch's caller runs in" },
  { name: "QWEN_CODE_PROJECT_DIR", reason: "names the directory of that session" },
  { name: "QWEN_CODE_MODEL*", reason: "names the model of that session" },
  { name: "QWEN_CODE_AGENT_ID", reason: "names the subagent that Hitch's caller runs in" },
  { name: "QWEN_CODE_PROMPT_ID", reason: "names the prompt that Hitch's caller works on" },
  { name: "KILO_SERVER_PASSWORD", reason: "Kilo guards its own in-process server with it, as OpenCode does" },
  { name: "KILO_SERVER_USERNAME", reason: "belongs to KILO_SERVER_PASSWORD" },
  { name: "KILO", reason: "says that the process runs inside Kilo" },
  { name: "KILO_PID", reason: "names the Kilo that Hitch's caller runs in" },
  { name: "KILO_RUN_ID", reason: "names the run that Hitch's caller belongs to" },
  { name: "KILO_PROCESS_ROLE", reason: "makes Kilo believe that it is a worker of another" },
  { name: "KILO_WORKSPACE_ID", reason: "ties Kilo to another instance's workspace" },
  { name: "KILO_CLIENT", reason: "makes Kilo offer what its editor would handle" },
  { name: "COPILOT_CLI*", reason: "says that the process runs inside Copilot, and which version that is" },
  { name: "COPILOT_AGENT_SESSION_ID", reason: "names the Copilot session that Hitch's caller runs in" },
  { name: "COPILOT_LOADER_PID", reason: "names the Copilot that Hitch's caller runs in" },
  { name: "CLINE_CONNECTOR_*", reason: "set by Cline for its shell tools: how the Cline around Hitch was started" },
  { name: "CLINE_RUN_AS_HUB_DAEMON", reason: "makes Cline the daemon that works for others" },
  { name: "CLINE_HOOK_AGENT_RESUME", reason: "says that the Cline around Hitch continues a session" },
  { name: "CLINE_WRAPPER_PATH", reason: "names the launcher of the Cline around Hitch" },
  { name: "PI_SESSION_ID", reason: "names the pi session that Hitch's caller runs in" },
  { name: "OLDPWD", reason: "belongs to the caller's PWD, which is replaced" },
];

/** What the environment is built from. */
export interface EnvironmentParts {
  /** The caller's environment, usually `process.env`. */
  readonly inherited: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The caller's `env` option: added last; `undefined` removes. */
  readonly added: Readonly<Record<string, string | undefined>>;
}

/**
 * Builds the environment of an agent.
 *
 * `PWD` is set to `cwd`, because starting a process in a directory does not change it, and OpenCode works where `PWD`
 * says (seen in 1.18.33).
 */
export function buildEnvironment({ inherited, cwd, added }: EnvironmentParts): Record<string, string> {
  const kept = Object.entries(inherited).filter(([name]) => removalOf(name) === undefined);
  return mergeEnvironment(mergeEnvironment({}, Object.fromEntries(kept)), { PWD: cwd, ...added });
}

/** The variables in an environment that are not handed on, with the reason. */
export function removedFrom(
  environment: EnvironmentParts["inherited"],
): readonly { readonly name: string; readonly reason: string }[] {
  return Object.entries(environment).flatMap(([name, value]) => {
    const reason = value === undefined ? undefined : removalOf(name)?.reason;
    return reason === undefined ? [] : [{ name, reason }];
  });
}

/** Applies changes to an environment; `undefined` removes a variable. */
export function mergeEnvironment(
  environment: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string | undefined>> = {},
): Record<string, string> {
  const merged = new Map(Object.entries(environment));
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) merged.delete(name);
    else merged.set(name, value);
  }
  return Object.fromEntries(merged);
}

/** What differs between two environments, as `Command.env` would say it. */
export function compareEnvironments(
  before: Readonly<Record<string, string | undefined>>,
  after: Readonly<Record<string, string>>,
): Record<string, string | undefined> {
  const removed = Object.keys(before).filter((name) => before[name] !== undefined && !Object.hasOwn(after, name));
  const changed = Object.entries(after).filter(([name, value]) => before[name] !== value);
  return Object.fromEntries([...removed.map((name) => [name, undefined] as const), ...changed]);
}

function removalOf(name: string): (typeof removedVariables)[number] | undefined {
  return removedVariables.find((entry) =>
    entry.name.endsWith("*") ? name.startsWith(entry.name.slice(0, -1)) : name === entry.name,
  );
}
