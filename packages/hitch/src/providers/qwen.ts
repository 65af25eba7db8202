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
import type { McpServer } from "../vocabulary/mcp.ts";
import { qwenAgent, qwenParts } from "./formats/qwen-agent.ts";
import { decodeQwen } from "./formats/qwen-stream.ts";

export const qwen = defineProvider({
  id: "qwen",
  agent: qwenAgent,
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
      clean: true,
      native: [],
    },
    output: {
      rungs: ["native", "tool", "text"],
      dialect: { closedObjects: false, objectRoot: true, unsupported: [] },
    },
    limits: { usd: "none", tokens: "end", turns: "native" },
    hidesKeys: true,
    // What is beyond 8 MiB is cut off; a newline may come before the prompt.
    maxPromptBytes: 8 * 1024 * 1024 - 1,
  },
  command: buildCommand,
  decoder: decodeQwen,
});

function buildCommand(request: RunRequest): Command {
  const { prompt, session, limits, scratch } = request;
  const { args, env, files } = qwenParts(request);
  const more = filesFor(request);
  return {
    args: [
      ...["--output-format=stream-json", "--include-partial-messages"],
      ...(Object.hasOwn(more, schemaFile) ? [`--json-schema=@${scratch}/${schemaFile}`] : []),
      ...(Object.hasOwn(more, mcpFile) ? [`--mcp-config=${scratch}/${mcpFile}`] : []),
      ...(limits.turns === undefined ? [] : [`--max-session-turns=${limits.turns}`]),
      ...(session === undefined ? [] : [`--resume=${session.id}`, ...(request.fork ? ["--fork-session"] : [])]),
      ...args,
      ...request.extraArgs,
    ],
    // As its first character a `/` would make it a command.
    stdin: prompt.startsWith("/") ? `\n${prompt}` : prompt,
    env,
    files: { ...files, ...more },
  };
}

const schemaFile = "output-schema.json";
const mcpFile = "mcp.json";

function filesFor({ outputSchema, mcpServers, cwd }: RunRequest): Readonly<Record<string, string>> {
  const servers = Object.entries(mcpServers).map(([name, server]) => [name, serverEntry(server, cwd)] as const);
  return {
    ...(outputSchema && { [schemaFile]: JSON.stringify(outputSchema) }),
    ...(servers.length > 0 && { [mcpFile]: JSON.stringify({ mcpServers: Object.fromEntries(servers) }) }),
  };
}

function serverEntry(server: McpServer, cwd: string): unknown {
  if (!("url" in server)) return { command: server.command, args: server.args, env: server.env, cwd };
  const { type, url, headers } = server;
  return { [type === "http" ? "httpUrl" : "url"]: url, headers };
}
