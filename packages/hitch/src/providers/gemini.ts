/**
 * Gemini CLI, tested with 0.61.0.
 *
 *     gemini --output-format=stream-json --skip-trust --approval-mode=yolo --model=… [--resume=ID] < prompt
 *
 * Understood: `init`, `message` (deltas of the assistant), `tool_use`, `tool_result`, `error`, `result`; on stderr the
 * calls of the model that failed.
 *
 * What surprised us:
 * - The exit code is the status modulo 256, and 0 after an empty answer. Only `result` tells.
 * - A text that the output limit or a filter ends is told as a whole one, and so is one after a tool that breaks off.
 *   Of a first answer that breaks off, and is asked for again, the lost beginning stays in the text. Nothing tells.
 * - It calls the model up to 10 times, for 4 minutes, and only settings change that. It is ended after the third try.
 * - Settings, and with them MCP servers, cannot be given to one run: it takes the files that variables name for it from
 *   root alone.
 * - `@word` stands for any file whose name has the word in it, also in what a program sends: the word is replaced, and
 *   the file put behind the prompt. Only a backslash in front prevents that, and stays.
 * - Without a model it chooses one, mostly by asking a small one first. Who names none gets that, as every user does.
 * - It reads its settings before the flag that trusts a folder. A project's count only if the user has trusted it,
 *   but its `.gemini/.env`, skills and `GEMINI.md` always do. Without the flag it starts in no other folder.
 * - Of a failed call it writes a report, with the conversation, to the temp directory. So it gets one of its own.
 * - A system prompt is trimmed, and `${AvailableTools}`, `${AgentSkills}` and `${SubAgents}` in it are replaced. What
 *   `GEMINI.md` says follows it.
 */
import { defineProvider, type Command, type RunRequest } from "../provider.ts";
import { geminiAgent, geminiParts } from "./formats/gemini-agent.ts";
import { decodeGemini } from "./formats/gemini-stream.ts";

export const gemini = defineProvider({
  id: "gemini",
  agent: geminiAgent,
  capabilities: {
    progress: "live",
    ownRetries: "on",
    // A shell command goes where it likes. The tools for files keep to the workspace at every level.
    enforcedBy: { "read-only": "agent-rules", workspace: "agent-rules", unrestricted: "agent-rules" },
    options: {
      model: { required: false, example: "gemini-2.5-pro", vendor: "google" },
      effort: false,
      addDirs: true,
      systemPrompt: { replace: true, append: false },
      // It leaves out what git ignores and what lies elsewhere, without a word.
      attachments: false,
      mcpServers: [],
      session: true,
      // It could read a session's file, but nobody knows the name of that.
      fork: false,
      clean: true,
      native: [],
    },
    output: { rungs: ["text"] },
    limits: { usd: "end", tokens: "end", turns: "stream" },
    hidesKeys: true,
    // Of more than 8 MiB it reads the beginning. The rest is for the backslashes.
    maxPromptBytes: 8_000_000,
  },
  command: buildCommand,
  decoder: decodeGemini,
});

function buildCommand(request: RunRequest): Command {
  const { session } = request;
  const { args, env, files } = geminiParts(request);
  return {
    args: [
      "--output-format=stream-json",
      ...args,
      ...(session === undefined ? [] : [`--resume=${session.id}`]),
      ...request.extraArgs,
    ],
    stdin: escapePrompt(request.prompt),
    // The variable would count before the settings are read, the flag counts after.
    env: { ...env, ...(request.home !== undefined && { GEMINI_CLI_TRUST_WORKSPACE: undefined }) },
    files,
    homeFiles: { ".gemini/settings.json": JSON.stringify(cleanSettings) },
  };
}

/**
 * A project's settings do not count there. Its `.gemini/.env` would: Gemini reads it to check the login, from which
 * `useExternal` keeps it.
 */
const cleanSettings = {
  advanced: { ignoreLocalEnv: true },
  security: { auth: { useExternal: true } },
  skills: { enabled: false },
  general: { enableAutoUpdate: false },
  privacy: { usageStatisticsEnabled: false },
};

/** What would be a reference to a file gets a backslash; what would be a command of Gemini's own, a line before it. */
function escapePrompt(prompt: string): string {
  const isCommand = /^\/(?![/*])/.test(prompt);
  return (isCommand ? "\n" : "") + prompt.replaceAll(/(?<!\\)@(?=[^ \t\n\r,;!?()[\]{}.]|\.(?!$|[ \t\n\r]))/g, "\\@");
}
