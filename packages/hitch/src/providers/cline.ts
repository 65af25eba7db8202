/**
 * Cline, tested with 3.0.65.
 *
 *     cline --json --act --auto-approve=true … -- " prompt"
 *
 * Understood: `agent_event` (`content_start`, `content_end`, `usage`, `iteration_end`, `notice`, `error`), `hook_event`
 * (the conversation's name), `run_result`; messages on stderr; errors in its log, which for this run is in scratch.
 *
 * What surprised us:
 * - It wants a prompt among its arguments, and reads stdin only from a FIFO, which Node's pipes are not. So the prompt
 *   is an argument: others on the machine can see it, and it has to fit one.
 * - A prompt of one word is taken for a mistyped command. A space before it helps against that, and against prompts
 *   that look like options. White space around a prompt is dropped.
 * - `@/path`, `@./path` and `@~/path` in a prompt attach that file, if it is there.
 * - A session can be continued only on a terminal: `--id` goes with neither `--json` nor a pipe.
 * - It writes the model of a run into the user's `providers.json`, as the one to take next time.
 * - Telemetry is sent unless the user's settings say otherwise; there is no variable for it.
 * - Three mistakes of the model in a row end the run, with exit code 0. A refused tool is one.
 * - The status and the name of a back end's error are nowhere but in its log, beside all that was sent to the model.
 * - A command of the model's is ended after 30 s, and the model told so.
 * - SIGTERM does not end it, nor keeps it from calling its model again.
 * - Its launcher adds the system's certificates to Node's. Without it that takes NODE_EXTRA_CA_CERTS.
 */
import { defineProvider, type Command, type RunRequest } from "../provider.ts";
import { HarnessError } from "../vocabulary/error.ts";
import type { McpServer } from "../vocabulary/mcp.ts";
import { decodeCline } from "./formats/cline-stream.ts";
import { changingTools } from "./formats/cline-tools.ts";

const binary = (platform: string): string => `@cline/cli-${platform}/bin/cline`;

export const cline = defineProvider({
  id: "cline",
  agent: {
    launch: [
      {
        name: "cline",
        binaries: {
          "linux-x64": binary("linux-x64"),
          "linux-arm64": binary("linux-arm64"),
          "darwin-x64": binary("darwin-x64"),
          "darwin-arm64": binary("darwin-arm64"),
        },
      },
      { name: "cline" },
    ],
    install: "npm install -g cline",
    version: { args: ["--version"], tested: "3.0.65" },
    login: {
      env: ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "OPENROUTER_API_KEY", "GEMINI_API_KEY"],
      files: ["~/.cline/data/settings/providers.json"],
    },
    home: { env: "CLINE_DIR", user: "~/.cline" },
  },
  capabilities: {
    progress: "live",
    // Five times per call of the model, after 2 to 32 s; none of it is told.
    ownRetries: "on",
    // Read-only holds because the other tools are not offered to the model; nothing keeps it in its directory.
    enforcedBy: { "read-only": "agent-rules", workspace: "nothing", unrestricted: "agent-rules" },
    options: {
      model: { required: false, example: "claude-sonnet-4-6" },
      effort: "unchecked",
      addDirs: false,
      systemPrompt: { replace: true, append: false },
      attachments: true,
      mcpServers: ["stdio", "http", "sse"],
      session: false,
      fork: false,
      native: [],
    },
    output: { rungs: ["tool", "text"] },
    limits: { usd: "stream", tokens: "stream", turns: "stream" },
    // What an argument on Linux has room for.
    maxPromptBytes: 131_000,
  },
  command: buildCommand,
  decoder: decodeCline,
});

function buildCommand(request: RunRequest): Command {
  const { prompt, model, effort, systemPrompt, permissions, attachments, scratch } = request;
  const files = filesFor(request);
  const place = (name: string): string | undefined => (Object.hasOwn(files, name) ? `${scratch}/${name}` : undefined);
  const [settings, servers] = [place(settingsFile), place(serversFile)];
  const log = `${scratch}/${logFile}`;
  return {
    args: [
      ...["--json", "--act", "--auto-approve=true"],
      ...(model === undefined ? [] : [`--model=${model}`]),
      ...(effort === undefined ? [] : [`--thinking=${effort}`]),
      ...(systemPrompt === undefined ? [] : [`--system=${systemPrompt.text}`]),
      ...(permissions === "read-only" ? [`--retries=${allowedMistakes}`] : []),
      ...request.extraArgs,
      ...["--", [...attachments.map(mention), prompt].map((part) => ` ${part}`).join("")],
    ],
    stdin: "",
    // Little, for it would only go on.
    graceMs: 100,
    env: {
      CLINE_NO_AUTO_UPDATE: "1",
      // Otherwise a daemon works for all, and stays.
      CLINE_SESSION_BACKEND_MODE: "local",
      CLINE_LOG_ENABLED: "1",
      CLINE_LOG_LEVEL: "error",
      CLINE_LOG_PATH: log,
      ...(settings !== undefined && { CLINE_GLOBAL_SETTINGS_PATH: settings }),
      ...(servers !== undefined && { CLINE_MCP_SETTINGS_PATH: servers }),
    },
    files,
    log,
  };
}

/** In a row: a model may try a few things that are refused. */
const allowedMistakes = 20;

const settingsFile = "settings.json";
const serversFile = "mcp.json";
const logFile = "cline.log";

/** For this run they take the place of the user's. */
function filesFor({ permissions, mcpServers, cwd }: RunRequest): Readonly<Record<string, string>> {
  const servers = Object.entries(mcpServers).map(([name, server]) => [name, serverEntry(server, cwd)] as const);
  const readOnly = { telemetryOptOut: true, autoUpdateEnabled: false, disabledTools: changingTools };
  return {
    // Empty at each start: it writes behind what is there.
    [logFile]: "",
    ...(permissions === "read-only" && { [settingsFile]: JSON.stringify(readOnly) }),
    ...(servers.length > 0 && { [serversFile]: JSON.stringify({ mcpServers: Object.fromEntries(servers) }) }),
  };
}

function serverEntry(server: McpServer, cwd: string): unknown {
  if (!("url" in server)) return { command: server.command, args: server.args, env: server.env, cwd };
  const { type, url, headers } = server;
  return { type: type === "http" ? "streamableHttp" : type, url, headers };
}

function mention(path: string): string {
  if (!/["\r\n]/.test(path)) return `@"${path}"`;
  const message = `cline cannot be given a file with a quote or a line break in its path: ${path}`;
  throw new HarnessError({ code: "unsupported-option", option: "attachments", reason: "wrong-name", message });
}
