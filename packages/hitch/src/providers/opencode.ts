/**
 * OpenCode, tested with 1.18.33.
 *
 *     opencode run --format json --agent build --model=provider/model … < prompt
 *
 * Understood: `step_start`, `text`, `reasoning`, `tool_use`, `step_finish`, `error`; the log and messages on stderr.
 * One plain process: no `serve`, no `--attach` (loses output), no port.
 *
 * What surprised us:
 * - A message on the command line is wrapped in quotes before the model sees it; stdin arrives as it is.
 * - It works where `PWD` says, whatever the process's directory is.
 * - A permission that would have to be asked for ends the run with exit code 0 and no word, so no rule of ours asks.
 * - An agent's own permissions stand behind the general ones, and naming an agent in the configuration creates it.
 *   So we always name the agent that runs, and can enforce `read-only` only for those that come with OpenCode.
 *   A plugin could do better, but with one in its configuration OpenCode first waits for an npm install (a minute).
 * - "Session not found" is its word for whatever kept it from opening a session: a locked or half migrated database,
 *   OPENCODE_SERVER_PASSWORD in the environment (until 1.17.0), a session that is none.
 * - An unknown `--variant` is ignored.
 */
import { defineProvider, type Command, type Inquiry, type RunRequest, type Step } from "../provider.ts";
import { HarnessError } from "../vocabulary/error.ts";
import { asArray, parseJson, stringAt } from "../vocabulary/json.ts";
import { systemPromptFile, writeConfig } from "./formats/opencode-config.ts";
import { builtInAgents } from "./formats/opencode-permissions.ts";
import { decodeOpencode } from "./formats/opencode-stream.ts";

export const opencode = defineProvider({
  id: "opencode",
  agent: {
    launch: [{ name: "opencode" }],
    install: "npm install -g opencode-ai",
    version: { args: ["--version"], tested: "1.18.33" },
    login: {
      env: ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY", "OPENROUTER_API_KEY", "OPENCODE_API_KEY"],
      files: ["~/.local/share/opencode/auth.json"],
    },
  },
  capabilities: {
    progress: "per-step",
    // Five times per call of the model, after 2, 4, 8, 16 and 30 s.
    ownRetries: "on",
    enforcedBy: { "read-only": "agent-rules", workspace: "agent-rules", unrestricted: "agent-rules" },
    options: {
      model: { required: false, form: /^[^/\s]+\/\S+$/, example: "anthropic/claude-sonnet-4-5" },
      effort: "unchecked",
      addDirs: true,
      systemPrompt: { replace: true, append: true },
      attachments: true,
      mcpServers: ["stdio", "http", "sse"],
      session: true,
      fork: true,
      native: ["agent"],
    },
    output: { rungs: ["tool", "text"] },
  },
  prepare,
  locateSession,
  command,
  decoder: ({ cwd, session, permissions, mcpServers }) =>
    decodeOpencode({
      provider: "opencode",
      cwd,
      continues: session !== undefined,
      isReadOnly: permissions === "read-only",
      servers: Object.keys(mcpServers),
    }),
});

/** Two first runs at once on a new database would race in its migration, and one of them would fail. */
function prepare(request: RunRequest): readonly Step[] {
  const creates = databasePath(request.env);
  // The cheapest command that migrates: 1.6 s, no network, no project.
  return creates === undefined
    ? []
    : [{ key: "database", creates, args: ["db", "select 1"], env: environmentFor(request) }];
}

/** With a session of another directory it would work there, printing nothing, and never end. */
function locateSession(id: string, request: RunRequest): Inquiry {
  const query = `select directory from session where id = '${id.replaceAll("'", "''")}'`;
  return {
    args: ["db", "--format", "json", query],
    env: environmentFor(request),
    read: (stdout) => stringAt(asArray(parseJson(stdout))[0], "directory"),
  };
}

function databasePath(env: RunRequest["env"]): string | undefined {
  const { OPENCODE_DB: named, XDG_DATA_HOME: data, HOME: home } = env;
  if (named?.startsWith("/")) return named;
  if (named === ":memory:" || (!data && !home)) return undefined;
  return `${data || `${home}/.local/share`}/opencode/${named || "opencode.db"}`;
}

function command(request: RunRequest): Command {
  const { model, effort, systemPrompt, session, permissions } = request;
  const agent = agentOf(request);
  return {
    args: [
      ...["run", "--format", "json", "--print-logs", "--thinking"],
      // That a server does not start is no error to it.
      ...["--log-level", Object.keys(request.mcpServers).length > 0 ? "WARN" : "ERROR"],
      // An empty title is the prompt's beginning; without one the model is called once more, to find it.
      "--title=",
      `--agent=${agent}`,
      ...(model === undefined ? [] : [`--model=${model}`]),
      ...(effort === undefined ? [] : [`--variant=${effort}`]),
      ...(session === undefined ? [] : [`--session=${session.id}`, ...(request.fork ? ["--fork"] : [])]),
      // What the user's configuration wants to be asked about is granted, what it denies is not.
      ...(permissions === "read-only" ? [] : ["--auto"]),
      ...request.attachments.map((path) => `--file=${path}`),
      ...request.extraArgs,
    ],
    stdin: request.prompt,
    env: {
      ...environmentFor(request),
      PWD: request.cwd,
      OPENCODE_CONFIG_CONTENT: writeConfig(request, agent),
      // Part of the configuration above: by itself it would stand behind our rules.
      OPENCODE_PERMISSION: undefined,
    },
    ...(systemPrompt !== undefined && { files: { [systemPromptFile]: systemPrompt.text } }),
  };
}

/** What OpenCode would do besides its task is off, unless the caller set it. */
function environmentFor({ env, scratch }: RunRequest): Record<string, string> {
  const off = Object.fromEntries(switches.map(({ name }) => [name, env[name] ?? "1"]));
  // At each start it unpacks a library of 5 MB into the temp directory, and leaves it there (1.18.33).
  return { ...off, BUN_TMPDIR: scratch };
}

const switches = [
  { name: "OPENCODE_DISABLE_AUTOUPDATE", reason: "replaces the program while others run it" },
  { name: "OPENCODE_DISABLE_MODELS_FETCH", reason: "a request to models.dev at each start; a list is built in" },
  { name: "OPENCODE_DISABLE_LSP_DOWNLOAD", reason: "fetches language servers when it sees a file" },
  { name: "OPENCODE_DISABLE_SHARE", reason: "would publish the session" },
] as const;

function agentOf({ native, permissions, systemPrompt }: RunRequest): string {
  const option = "providerOptions.opencode.agent";
  const { agent = "build" } = native;
  if (typeof agent !== "string" || agent === "") {
    throw new HarnessError({ code: "invalid-options", option, reason: "wrong-type", message: `${option} is no name.` });
  }
  if (builtInAgents.some((name) => name === agent)) return agent;
  const refuse = (reason: string, message: string): HarnessError =>
    new HarnessError({ code: "unsupported-option", option, reason, message });
  if (permissions === "read-only") {
    throw refuse("not-enforceable", `The agent ${agent} may have permissions of its own, which would beat read-only.`);
  }
  if (systemPrompt?.mode === "replace") {
    throw refuse("contradiction", `The agent ${agent} has a system prompt of its own: append to it, or name no agent.`);
  }
  return agent;
}
