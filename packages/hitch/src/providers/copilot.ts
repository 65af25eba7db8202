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
 * - Without a terminal it takes hooks and MCP servers only of a directory that the user has trusted. But custom agents
 *   and language servers count anywhere, and start their commands when the model calls for them. Over ACP all counts.
 * - It may not be asked, so whatever would have to be is refused, and the model told so.
 */
import { defineProvider, type Command, type RunRequest } from "../provider.ts";
import { HarnessError } from "../vocabulary/error.ts";
import { copilotAgent, copilotParts, prepareCopilot } from "./formats/copilot-agent.ts";
import { decodeCopilot } from "./formats/copilot-stream.ts";

export const copilot = defineProvider({
  id: "copilot",
  agent: copilotAgent,
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
      clean: true,
      native: [],
    },
    output: { rungs: ["tool", "text"] },
    limits: { usd: "none", tokens: "none", turns: "stream" },
    // It keeps `COPILOT_…` from them by itself. `GH_TOKEN` and `GITHUB_TOKEN` are for `gh` too.
    hidesKeys: true,
  },
  prepare: prepareCopilot,
  command: buildCommand,
  decoder: decodeCopilot,
});

function buildCommand(request: RunRequest): Command {
  const { session } = request;
  request.attachments.forEach(checkAttachment);
  const { args, ...others } = copilotParts(request);
  return {
    args: [
      ...["--output-format=json", "--no-ask-user", "--no-color"],
      ...args,
      ...(session === undefined ? [] : [`--resume=${session.id}`]),
      ...request.attachments.map((path) => `--attachment=${path}`),
      ...request.extraArgs,
    ],
    stdin: request.prompt,
    ...others,
  };
}

function checkAttachment(path: string): void {
  if (/\.(png|jpe?g|gif|webp|pdf)$/i.test(path)) return;
  const message = `copilot can be given images (png, jpeg, gif, webp) and pdf, and no other files: ${path}`;
  throw new HarnessError({ code: "unsupported-option", option: "attachments", reason: "wrong-kind", message });
}
