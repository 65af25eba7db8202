/**
 * Qwen Code, tested with 0.24.4.
 *
 *     node --expose-gc …/@qwen-code/qwen-code/cli.js --output-format=stream-json --include-partial-messages … < prompt
 *
 * Understood: what Claude Code prints (`system/init`, `stream_event`, `assistant`, `user`, `result`), `system/retry`,
 * `system/task_started` and `system/task_notification`; what stderr says of limits, sessions, servers and waiting.
 *
 * What surprised us:
 * - Its launcher dies of SIGTERM and leaves the agent running, and so does the agent that starts itself anew.
 * - By default a second call of the model decides what may be done, and a third keeps a memory.
 * - It tries a call 7 times within 75 s, whatever its settings say, and that 3 times where the connection is reset.
 *   At a rate limit it then waits for minutes, up to 10 times, if the model has an entry in `modelProviders`: such an
 *   entry of the user's beats all other settings.
 * - It says nowhere that an answer was filtered. That one stopped at its limit shows only in how often it went on, and
 *   not at all where the user has set that limit (`samplingParams.max_tokens`).
 * - A `/` at the beginning of the prompt is a command. For a word behind an `@` it attaches the file of that name, if
 *   the project has one; a space comes before each `@`. White space is added at the end.
 * - An appended system prompt is trimmed, and can only be an argument.
 * - A session goes on in its own directory only; elsewhere there is none of its id.
 */
import { defineProvider, type Command, type RunRequest } from "../provider.ts";
import { HarnessError } from "../vocabulary/error.ts";
import type { McpServer } from "../vocabulary/mcp.ts";
import { permissionFlags } from "./formats/qwen-permissions.ts";
import { decodeQwen } from "./formats/qwen-stream.ts";

export const qwen = defineProvider({
  id: "qwen",
  agent: {
    launch: [{ name: "qwen", script: "@qwen-code/qwen-code/cli.js", nodeArgs: ["--expose-gc"] }, { name: "qwen" }],
    install: "npm install -g @qwen-code/qwen-code",
    version: { args: ["--version"], tested: "0.24.4" },
    login: {
      env: ["OPENAI_API_KEY", "DASHSCOPE_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY"],
      files: ["~/.qwen/oauth_creds.json"],
    },
    home: { env: "QWEN_HOME", user: "~/.qwen" },
  },
  capabilities: {
    progress: "live",
    ownRetries: "on",
    enforcedBy: { "read-only": "agent-rules", workspace: "agent-rules", unrestricted: "agent-rules" },
    options: {
      model: { required: false, example: "qwen3-coder-plus" },
      // Only a setting, which the user's entry for a model beats.
      effort: false,
      addDirs: true,
      systemPrompt: { replace: true, append: true },
      // Only as `@path` in the prompt, and silently not what Git ignores, nor images for models that it doesn't know.
      attachments: false,
      mcpServers: ["stdio", "http", "sse"],
      session: true,
      fork: true,
      native: [],
    },
    output: {
      rungs: ["native", "tool", "text"],
      dialect: { closedObjects: false, objectRoot: true, unsupported: [] },
    },
    // What is beyond 8 MiB is cut off; a newline may come before the prompt.
    maxPromptBytes: 8 * 1024 * 1024 - 1,
  },
  command: buildCommand,
  decoder: decodeQwen,
});

/** Where it has nothing else from the user or the project. */
const defaults = {
  // Keeping the machine awake takes a process beside it.
  general: { enableAutoUpdate: false, preventSystemSleep: false },
  memory: { enableManagedAutoMemory: false, enableManagedAutoDream: false },
  model: { generationConfig: { maxRetries: 0 } },
  privacy: { usageStatisticsEnabled: false },
};

function buildCommand(request: RunRequest): Command {
  const { prompt, model, systemPrompt, session, scratch, env } = request;
  const append = systemPrompt?.mode === "append" ? systemPrompt.text : undefined;
  if (append !== undefined) checkLength(append);
  const files = filesFor(request);
  const place = (name: string): string | undefined => (Object.hasOwn(files, name) ? `${scratch}/${name}` : undefined);
  const [schema, mcp, replacement] = [place(schemaFile), place(mcpFile), place(promptFile)];
  return {
    args: [
      ...["--output-format=stream-json", "--include-partial-messages"],
      ...(model === undefined ? [] : [`--model=${model}`]),
      ...(append === undefined ? [] : [`--append-system-prompt=${append}`]),
      ...(schema === undefined ? [] : [`--json-schema=@${schema}`]),
      ...(mcp === undefined ? [] : [`--mcp-config=${mcp}`]),
      ...(session === undefined ? [] : [`--resume=${session.id}`, ...(request.fork ? ["--fork-session"] : [])]),
      ...permissionFlags(request),
      ...request.extraArgs,
    ],
    // As its first character a `/` would make it a command.
    stdin: prompt.startsWith("/") ? `\n${prompt}` : prompt,
    env: {
      QWEN_CODE_NO_RELAUNCH: "true",
      QWEN_CODE_SUPPRESS_YOLO_WARNING: "1",
      // A file of the user's own stays.
      QWEN_CODE_SYSTEM_DEFAULTS_PATH: env["QWEN_CODE_SYSTEM_DEFAULTS_PATH"] ?? place(defaultsFile),
      ...(replacement !== undefined && { QWEN_SYSTEM_MD: replacement }),
    },
    files,
  };
}

const defaultsFile = "defaults.json";
const promptFile = "system-prompt.md";
const schemaFile = "output-schema.json";
const mcpFile = "mcp.json";

function filesFor({ systemPrompt, outputSchema, mcpServers, cwd }: RunRequest): Readonly<Record<string, string>> {
  const servers = Object.entries(mcpServers).map(([name, server]) => [name, serverEntry(server, cwd)] as const);
  return {
    [defaultsFile]: JSON.stringify(defaults),
    ...(systemPrompt?.mode === "replace" && { [promptFile]: systemPrompt.text }),
    ...(outputSchema && { [schemaFile]: JSON.stringify(outputSchema) }),
    ...(servers.length > 0 && { [mcpFile]: JSON.stringify({ mcpServers: Object.fromEntries(servers) }) }),
  };
}

function serverEntry(server: McpServer, cwd: string): unknown {
  if (!("url" in server)) return { command: server.command, args: server.args, env: server.env, cwd };
  const { type, url, headers } = server;
  return { [type === "http" ? "httpUrl" : "url"]: url, headers };
}

/** Longest argument on Linux, in bytes, less the flag's name. */
const longestAppendedBytes = 131_000;

function checkLength(text: string): void {
  const bytes = encodeURIComponent(text.toWellFormed()).replaceAll(/%../g, "x").length;
  if (bytes <= longestAppendedBytes) return;
  throw new HarnessError({
    code: "invalid-options",
    option: "systemPrompt",
    reason: "too-large",
    message: `systemPrompt: qwen can append ${longestAppendedBytes} bytes, this has ${bytes}`,
    hint: "Shorten it, or replace the agent's own system prompt: that may be longer.",
  });
}
