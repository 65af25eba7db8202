/**
 * GitHub Copilot CLI, tested with 1.0.102.
 *
 *     copilot --output-format=json --allow-all-tools … < prompt
 *
 * Understood: `assistant.message_delta`, `assistant.message`, `assistant.reasoning_delta`, `assistant.reasoning`,
 * `assistant.turn_start`, `assistant.turn_retry`, `assistant.turn_end`, `tool.execution_start`,
 * `tool.execution_complete`, `model.call_failure`, `session.error`, `session.warning`, `session.compaction_complete`,
 * `session.mcp_server_status_changed`, `abort`, `result`; messages on stderr.
 *
 * What surprised us:
 * - It tells the session's id in its last line only, and never how many tokens were used.
 * - White space at the prompt's end is dropped, on stdin and as an argument.
 * - A model that stops at its output limit is asked to go on, twice; a third such answer is taken for a whole one, and
 *   so is one that a content filter ended.
 * - Killed by SIGTERM it ends as if all were well: exit code 0, and the last line says so too. `abort` before it tells.
 * - Nothing limits the wait for a model that does not answer but our clocks.
 * - Its first start unpacks 235 MB into the user's cache; others that start meanwhile do the same once more.
 * - It has no flag for a system prompt, but looks for files of instructions in directories that a variable names.
 * - It may not be asked, so whatever would have to be is refused, and the model told so.
 */
import { defineProvider, type Command, type RunRequest, type Step } from "../provider.ts";
import { HarnessError } from "../vocabulary/error.ts";
import { withoutCompileCache } from "./formats/compile-cache.ts";
import { mcpFile, permissionFlags } from "./formats/copilot-config.ts";
import { decodeCopilot } from "./formats/copilot-stream.ts";

const binary = (platform: string): string => `@github/copilot-${platform}/copilot`;

export const copilot = defineProvider({
  id: "copilot",
  agent: {
    launch: [
      {
        name: "copilot",
        binaries: {
          "linux-x64": binary("linux-x64"),
          "linux-arm64": binary("linux-arm64"),
          "darwin-x64": binary("darwin-x64"),
          "darwin-arm64": binary("darwin-arm64"),
        },
      },
      { name: "copilot" },
    ],
    install: "npm install -g @github/copilot",
    version: { args: ["--version"], tested: "1.0.102" },
    login: {
      env: ["COPILOT_GITHUB_TOKEN", "GH_TOKEN", "GITHUB_TOKEN", "COPILOT_PROVIDER_BASE_URL"],
      files: ["~/.copilot/config.json"],
    },
    home: { env: "COPILOT_HOME", user: "~/.copilot" },
  },
  capabilities: {
    progress: "live",
    // Five times per call of the model, for 15 s or more.
    ownRetries: "on",
    enforcedBy: { "read-only": "agent-rules", workspace: "agent-rules", unrestricted: "agent-rules" },
    options: {
      model: { required: false, example: "gpt-5.4" },
      effort: "unchecked",
      addDirs: true,
      systemPrompt: { replace: false, append: true },
      attachments: true,
      mcpServers: ["stdio", "http", "sse"],
      session: true,
      fork: false,
      native: [],
    },
    output: { rungs: ["tool", "text"] },
  },
  prepare,
  command: buildCommand,
  decoder: decodeCopilot,
});

/** It unpacks itself at its first start, and so does each that starts meanwhile. */
function prepare({ env }: RunRequest): readonly Step[] {
  const { COPILOT_PKG_CACHE_HOME, COPILOT_CACHE_HOME, XDG_CACHE_HOME, HOME } = env;
  const users = XDG_CACHE_HOME || (HOME && `${HOME}/.cache`);
  const cache = COPILOT_PKG_CACHE_HOME || COPILOT_CACHE_HOME || (users && `${users}/copilot`);
  return cache === undefined || cache === ""
    ? []
    : [{ key: "package", creates: `${cache}/pkg`, args: ["--version", "--no-auto-update"] }];
}

function buildCommand(request: RunRequest): Command {
  const { model, effort, session, systemPrompt, scratch, env } = request;
  request.attachments.forEach(checkAttachment);
  const mcp = mcpFile(request);
  const names = Object.keys(mcp);
  return {
    args: [
      ...["--output-format=json", "--no-ask-user", "--no-color"],
      // It would replace the program while others run it.
      ...["--no-auto-update", "--disable-client-telemetry", "--no-remote-export"],
      ...permissionFlags(request),
      ...(model === undefined ? [] : [`--model=${model}`]),
      ...(effort === undefined ? [] : [`--reasoning-effort=${effort}`]),
      ...(session === undefined ? [] : [`--resume=${session.id}`]),
      ...names.map((name) => `--additional-mcp-config=@${scratch}/${name}`),
      ...request.attachments.map((path) => `--attachment=${path}`),
      ...request.extraArgs,
    ],
    stdin: request.prompt,
    env: {
      ...withoutCompileCache(request),
      // They would allow more than the run's level.
      COPILOT_ALLOW_ALL: undefined,
      COPILOT_ASSISTED_APPROVAL: undefined,
      ...(systemPrompt !== undefined && {
        COPILOT_CUSTOM_INSTRUCTIONS_DIRS: [env["COPILOT_CUSTOM_INSTRUCTIONS_DIRS"], scratch].filter(Boolean).join(","),
      }),
    },
    files: { ...mcp, ...(systemPrompt !== undefined && { [instructionsFile]: systemPrompt.text }) },
  };
}

function checkAttachment(path: string): void {
  if (/\.(png|jpe?g|gif|webp|pdf)$/i.test(path)) return;
  const message = `copilot can be given images (png, jpeg, gif, webp) and pdf, and no other files: ${path}`;
  throw new HarnessError({ code: "unsupported-option", option: "attachments", reason: "wrong-kind", message });
}

/** Only files that are called so are looked for. */
const instructionsFile = "run.instructions.md";
