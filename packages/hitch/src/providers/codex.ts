/**
 * Codex, tested with 0.169.0.
 *
 *     codex exec --json --skip-git-repo-check --sandbox=workspace-write … [resume ID] - < prompt
 *
 * Understood: `thread.started`, `turn.completed`, `turn.failed`, `error`, `item.started` and `item.completed` of
 * agent_message, reasoning, command_execution, file_change, mcp_tool_call, web_search and error; the log on stderr.
 *
 * What surprised us:
 * - Without the network it tries again for ever, whatever its numbers of retries are. A feature flag ends that.
 * - How often it tries and how long it waits for a stream is set per model provider alone, the user's, so that stays as
 *   it is: 6 tries of a call, with 300 s of silence each. Nothing limits the wait for the headers but our clocks.
 * - A comma in an image's path separates two images.
 * - A file of instructions is trimmed; a setting with the same is not.
 * - An effort that the model does not have is sent as it is.
 * - A command that fails in the sandbox is told to the model alone. What Codex itself refuses is in the log.
 * - That it has compacted a conversation is told nowhere.
 * - A session goes on in the directory where it is called, whatever the one before was.
 * - A command that takes more than 10 s goes on behind the model's back; at the end of the turn it is killed.
 * - A sandboxed command that is killed leaves empty directories in the project: `.git`, `.codex`, `.agents`, `.aws`.
 * - Commands run in a login shell, and reach the network only if the sandbox is told so.
 */
import { defineProvider, type Command, type RunRequest, type SchemaDialect } from "../provider.ts";
import { HarnessError } from "../vocabulary/error.ts";
import { cleanParts } from "./formats/codex-clean.ts";
import { mcpParts, sandboxSettings, setting } from "./formats/codex-config.ts";
import { emptyKeys, keyVariables } from "./formats/codex-keys.ts";
import { decodeCodex } from "./formats/codex-stream.ts";

/** OpenAI's. What it knows only in part, as `format`, is left out: the value is checked anyway. */
const strictMode: SchemaDialect = {
  closedObjects: true,
  objectRoot: true,
  unsupported: [
    ...["default", "examples", "deprecated", "readOnly", "writeOnly", "$comment", "$id", "$anchor"],
    ...["oneOf", "prefixItems", "uniqueItems", "minContains", "maxContains"],
    ...["minLength", "maxLength", "pattern", "format", "contentEncoding", "contentMediaType", "contentSchema"],
  ],
};

const vendor = (platform: string, target: string): string => `@openai/codex-${platform}/vendor/${target}/bin/codex`;

export const codex = defineProvider({
  id: "codex",
  agent: {
    launch: [
      {
        name: "codex",
        binaries: {
          "linux-x64": vendor("linux-x64", "x86_64-unknown-linux-musl"),
          "linux-arm64": vendor("linux-arm64", "aarch64-unknown-linux-musl"),
          "darwin-x64": vendor("darwin-x64", "x86_64-apple-darwin"),
          "darwin-arm64": vendor("darwin-arm64", "aarch64-apple-darwin"),
        },
      },
      { name: "codex" },
    ],
    install: "npm install -g @openai/codex",
    version: { args: ["--version"], tested: "0.169.0" },
    login: { env: keyVariables, files: ["~/.codex/auth.json"] },
    home: { env: "CODEX_HOME", user: "~/.codex" },
  },
  capabilities: {
    // Commands are told when they start. A call of the model is silent until it has said something whole.
    progress: "live",
    ownRetries: "on",
    enforcedBy: { "read-only": "os", workspace: "os", unrestricted: "agent-rules" },
    options: {
      model: { required: false, example: "gpt-5.5", vendor: "openai" },
      effort: "unchecked",
      addDirs: true,
      systemPrompt: { replace: true, append: true },
      attachments: true,
      mcpServers: ["stdio", "http"],
      session: true,
      fork: true,
      clean: true,
      native: [],
    },
    output: {
      rungs: ["native", "tool", "text"],
      dialect: strictMode,
    },
    limits: { usd: "end", tokens: "end", turns: "stream" },
    hidesKeys: true,
    maxPromptCharacters: 1_048_576,
  },
  command: buildCommand,
  decoder: decodeCodex,
});

const sandboxes = {
  "read-only": "read-only",
  workspace: "workspace-write",
  unrestricted: "danger-full-access",
} as const;

function buildCommand(request: RunRequest): Command {
  const { model, effort, session, outputSchema, scratch, env } = request;
  request.attachments.forEach(checkImage);
  const instructions = placeInstructions(request);
  const mcp = mcpParts(request);
  const clean = cleanParts(request);
  const schema: Record<string, string> =
    outputSchema === undefined ? {} : { "output-schema.json": JSON.stringify(outputSchema) };
  return {
    args: [
      ...["exec", "--json", "--skip-git-repo-check", `--sandbox=${sandboxes[request.permissions]}`],
      ...sandboxSettings(request),
      ...clean.args,
      ...emptyKeys(request),
      ...["--disable=unbounded_connection_retries", ...setting("analytics.enabled", false)],
      // They are cloned from the network at each start.
      "--disable=plugins",
      ...(model === undefined ? [] : [`--model=${model}`]),
      ...(effort === undefined ? [] : setting("model_reasoning_effort", effort)),
      ...instructions.args,
      ...mcp.args,
      ...Object.keys(schema).map((name) => `--output-schema=${scratch}/${name}`),
      ...request.attachments.map((path) => `--image=${path}`),
      ...request.extraArgs,
      ...(session === undefined ? [] : [request.fork ? "fork" : "resume"]),
      ...["--", ...(session === undefined ? [] : [session.id]), "-"],
    ],
    stdin: request.prompt,
    env: {
      ...clean.env,
      ...mcp.env,
      // Else Codex tells neither the status of an answer nor that a server does not start. The rest is as it always is.
      RUST_LOG: env["RUST_LOG"] ?? "error,codex_http_client::client=debug,codex_mcp=warn",
    },
    files: { ...instructions.files, ...mcp.files, ...schema },
    homeFiles: clean.homeFiles,
  };
}

/** What is no image Codex replaces by words of its own, for the model alone. */
function checkImage(path: string): void {
  const isImage = /\.(png|jpe?g|gif|webp)$/i.test(path);
  if (isImage && !path.includes(",")) return;
  throw new HarnessError({
    code: "unsupported-option",
    option: "attachments",
    reason: isImage ? "wrong-name" : "no-image",
    message: isImage
      ? `codex takes a comma in an image's path for the end of it: ${path}`
      : `codex can be given images (png, jpeg, gif, webp), and no other files: ${path}`,
  });
}

/** As an argument, which can only be so long, where Codex would trim a file. */
function placeInstructions({ systemPrompt, scratch }: RunRequest): {
  args: readonly string[];
  files: Command["files"];
} {
  if (systemPrompt === undefined) return { args: [], files: {} };
  const { mode, text } = systemPrompt;
  if (mode === "append") return { args: setting("developer_instructions", text), files: {} };
  if (text.trim() !== text) return { args: setting("instructions", text), files: {} };
  const name = "system-prompt.md";
  return { args: setting("model_instructions_file", `${scratch}/${name}`), files: { [name]: text } };
}
