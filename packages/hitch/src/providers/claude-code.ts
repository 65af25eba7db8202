/**
 * Claude Code, tested with 2.1.330.
 *
 *     claude -p --input-format=stream-json --output-format=stream-json --verbose --include-partial-messages … < prompt
 *
 * Understood: `system` (init, api_retry, permission_denied, background_tasks_changed, compact_boundary),
 * `stream_event`, `assistant`, `user`, `result`; a warning on stderr.
 *
 * What surprised us:
 * - A prompt that begins with a slash is a command of the agent's, and `/help` is answered well without any model. Only
 *   the last text of a message is looked at for that, and for files that it mentions (`@"path"`). So the prompt never
 *   is the last one, and files are mentioned behind it.
 * - A failed call of the model ends with `subtype: "success"`, and `is_error`.
 * - The system prompt of a session is recorded, and a later one is ignored, unless the snapshot is off.
 * - An unknown `--effort` is ignored, with a warning.
 * - A flag that takes several values swallows what follows, unless it is written with `=`.
 * - A schema with a keyword that its validator does not know is refused; one whose root is no object can't be met.
 * - A command that runs in the background keeps the agent alive, and at its end the model is called again. So commands
 *   and subagents run in the foreground.
 * - A shell command that begins with `sleep` is refused.
 * - As root it works without permissions only where a variable says that it is in a sandbox. The caller has said
 *   `unrestricted`, so it is set.
 * - A session goes on in the directory where it is called, whatever the one before was.
 * - For a model without a price it guesses one, and keeps a budget by that.
 * - Without the settings of the project it does not read its instructions either. Those of a directory that is added it
 *   does read, if a variable says so, and of that nothing else.
 * - Its own way of keeping keys from commands needs Bubblewrap, and lays empty files into the project.
 */
import { defineProvider, type Command, type RunRequest, type SchemaDialect } from "../provider.ts";
import { HarnessError } from "../vocabulary/error.ts";
import { hasAnswer, isFailure, readFailure, readStderr } from "./formats/claude-failure.ts";
import { cleanEnvironment, cleanFlags, keylessShell } from "./formats/claude-isolation.ts";
import { readTotals } from "./formats/claude-spent.ts";
import { decodeClaude } from "./formats/claude-stream.ts";
import { readSystem } from "./formats/claude-system.ts";
import { permissionFlags, readEffect, toolKinds } from "./formats/claude-tools.ts";

/** JSON Schema as of draft 7, checked strictly. */
const draft7: SchemaDialect = {
  closedObjects: false,
  objectRoot: true,
  unsupported: [],
  supported: [
    ...["$ref", "$defs", "definitions", "$id", "$comment", "title", "description", "default", "examples"],
    ...["type", "enum", "const", "allOf", "anyOf", "oneOf", "not", "format", "deprecated", "readOnly", "writeOnly"],
    ...["properties", "required", "additionalProperties", "patternProperties", "propertyNames"],
    ...["minProperties", "maxProperties", "items", "contains", "minItems", "maxItems", "uniqueItems"],
    ...["minLength", "maxLength", "pattern", "contentEncoding", "contentMediaType"],
    ...["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
  ],
};

const keys = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"];

const vendor = (platform: string): string => `@anthropic-ai/claude-code-${platform}/claude`;

export const claudeCode = defineProvider({
  id: "claude-code",
  agent: {
    launch: [
      {
        name: "claude",
        binaries: {
          "linux-x64": vendor("linux-x64"),
          "linux-arm64": vendor("linux-arm64"),
          "darwin-x64": vendor("darwin-x64"),
          "darwin-arm64": vendor("darwin-arm64"),
        },
      },
      { name: "claude" },
    ],
    install: "npm install -g @anthropic-ai/claude-code",
    version: { args: ["--version"], tested: "2.1.330" },
    login: {
      env: keys,
      files: ["~/.claude/.credentials.json"],
    },
    home: { env: "CLAUDE_CONFIG_DIR", user: "~/.claude" },
    keeps: [
      { env: "CLAUDE_CONFIG_DIR", user: "~/.claude" },
      { user: "~/.claude.json", isFile: true },
    ],
  },
  capabilities: {
    progress: "live",
    ownRetries: "on",
    enforcedBy: { "read-only": "agent-rules", workspace: "agent-rules", unrestricted: "agent-rules" },
    options: {
      model: { required: false, example: "claude-sonnet-5-5", vendor: "anthropic" },
      effort: true,
      systemPrompt: { replace: true, append: true },
      session: true,
      fork: true,
      clean: true,
      addDirs: true,
      attachments: true,
      mcpServers: ["stdio", "http", "sse"],
      native: [],
    },
    output: { rungs: ["native", "tool", "text"], dialect: draft7 },
    limits: { usd: "native", tokens: "end", turns: "native" },
    hidesKeys: true,
    maxPromptBytes: 2_900_000,
  },
  command: buildCommand,
  decoder: (request) =>
    decodeClaude({
      provider: "claude-code",
      cwd: request.cwd,
      toolKinds,
      outputTool: "StructuredOutput",
      outputField: "structured_output",
      readSystem: (line) => readSystem(line, Object.keys(request.mcpServers)),
      isFailure,
      hasAnswer,
      readFailure,
      readTotals,
      readEffect,
      stderr: readStderr,
    }),
});

function buildCommand(request: RunRequest): Command {
  const { model, effort, systemPrompt, session, outputSchema, mcpServers, limits, scratch } = request;
  const servers = Object.keys(mcpServers);
  const promptFlag = systemPrompt?.mode === "append" ? "--append-system-prompt-file" : "--system-prompt-file";
  return {
    args: [
      ...["-p", "--input-format=stream-json", "--output-format=stream-json", "--verbose"],
      "--include-partial-messages",
      ...permissionFlags(request.permissions, servers),
      ...cleanFlags(request),
      ...(model === undefined ? [] : [`--model=${model}`]),
      ...(effort === undefined ? [] : [`--effort=${effort}`]),
      ...request.addDirs.map((path) => `--add-dir=${path}`),
      ...(systemPrompt === undefined
        ? []
        : [`${promptFlag}=${scratch}/system-prompt.md`, "--system-prompt-snapshot=off"]),
      ...(servers.length === 0 ? [] : [`--mcp-config=${scratch}/mcp.json`]),
      ...(limits.turns === undefined ? [] : [`--max-turns=${limits.turns}`]),
      ...(limits.usd === undefined ? [] : [`--max-budget-usd=${limits.usd}`]),
      ...(outputSchema === undefined ? [] : [`--json-schema=${JSON.stringify(outputSchema)}`]),
      ...(session === undefined ? [] : [`--resume=${session.id}`, ...(request.fork ? ["--fork-session"] : [])]),
      ...request.extraArgs,
    ],
    stdin: writeMessage(request),
    env: environmentFor(request),
    files: {
      [shellFile]: keylessShell(request, keys),
      ...(systemPrompt !== undefined && { "system-prompt.md": systemPrompt.text }),
      ...(servers.length > 0 && { "mcp.json": JSON.stringify({ mcpServers }) }),
    },
  };
}

const shellFile = "before-commands.sh";

function writeMessage({ prompt, attachments }: RunRequest): string {
  const mentions = attachments.map((path) => `@"${checkPath(path)}"`).join(" ");
  const content = [prompt, mentions].map((text) => ({ type: "text", text }));
  return `${JSON.stringify({ type: "user", message: { role: "user", content } })}\n`;
}

function checkPath(path: string): string {
  if (!/["\n]/.test(path)) return path;
  throw new HarnessError({
    code: "unsupported-option",
    option: "attachments",
    reason: "wrong-name",
    message: `claude-code takes a quotation mark or a line's end in a file's path for the end of it: ${path}`,
  });
}

/** What it would do besides its task is off, and a dead back end is given up soon, unless the caller set it. */
function environmentFor(request: RunRequest): Record<string, string> {
  const { env, scratch, permissions } = request;
  const off = Object.fromEntries(switches.map(({ name, value = "1" }) => [name, env[name] ?? value]));
  return {
    ...off,
    ...cleanEnvironment(request),
    CLAUDE_CODE_TMPDIR: env["CLAUDE_CODE_TMPDIR"] ?? scratch,
    CLAUDE_ENV_FILE: `${scratch}/${shellFile}`,
    ...(permissions === "unrestricted" && { IS_SANDBOX: "1" }),
  };
}

const switches: readonly { readonly name: string; readonly value?: string; readonly reason: string }[] = [
  { name: "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", reason: "telemetry, error reports and release notes" },
  { name: "DISABLE_AUTOUPDATER", reason: "replaces the program while others run it" },
  { name: "CLAUDE_CODE_DISABLE_AUTO_MEMORY", reason: "writes notes about the project on its own account" },
  { name: "CLAUDE_CODE_DISABLE_BACKGROUND_TASKS", reason: "nobody is there to be told of their end" },
  { name: "CLAUDE_CODE_MAX_RETRIES", value: "3", reason: "ten take three minutes" },
  { name: "API_TIMEOUT_MS", value: "60000", reason: "else a call waits ten minutes for the headers" },
  { name: "CLAUDE_ENABLE_BYTE_WATCHDOG", reason: "else a silent stream is waited for as long as it lasts" },
  { name: "CLAUDE_BYTE_STREAM_IDLE_TIMEOUT_MS", value: "60000", reason: "the silence that is too long for it" },
];
