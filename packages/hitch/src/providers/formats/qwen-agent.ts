/** Qwen Code (0.24.4), and what a run sets for it, whichever way it is run. */
import type { Agent, Command, RunRequest } from "../../provider.ts";
import { HarnessError } from "../../vocabulary/error.ts";
import { hideFromBash } from "./bash-environment.ts";
import { cleanParts } from "./qwen-clean.ts";
import { permissionFlags } from "./qwen-permissions.ts";

export const qwenAgent: Agent = {
  launch: [{ name: "qwen", script: "@qwen-code/qwen-code/cli.js", nodeArgs: ["--expose-gc"] }, { name: "qwen" }],
  install: "npm install -g @qwen-code/qwen-code",
  version: { args: ["--version"], tested: "0.24.4" },
  login: {
    env: ["OPENAI_API_KEY", "DASHSCOPE_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY"],
    files: ["~/.qwen/oauth_creds.json"],
  },
  home: { env: "QWEN_HOME", user: "~/.qwen" },
};

/** Its model, permissions, directories and system prompt. */
export function qwenParts(request: RunRequest): Required<Pick<Command, "args" | "env" | "files">> {
  const { model, systemPrompt, scratch, env } = request;
  const textOf = (mode: "replace" | "append") => (systemPrompt?.mode === mode ? systemPrompt.text : undefined);
  const [replacement, append] = [textOf("replace"), textOf("append")];
  if (append !== undefined) checkLength(append);
  const clean = cleanParts(request);
  const hidden = hideFromBash(qwenAgent.login.env, request);
  return {
    args: [
      ...(model === undefined ? [] : [`--model=${model}`]),
      ...(append === undefined ? [] : [`--append-system-prompt=${append}`]),
      ...permissionFlags(request),
      ...clean.args,
    ],
    env: {
      ...clean.env,
      ...hidden.env,
      QWEN_CODE_NO_RELAUNCH: "true",
      QWEN_CODE_SUPPRESS_YOLO_WARNING: "1",
      // A file of the user's own stays.
      QWEN_CODE_SYSTEM_DEFAULTS_PATH: env["QWEN_CODE_SYSTEM_DEFAULTS_PATH"] ?? `${scratch}/${defaultsFile}`,
      ...(replacement !== undefined && { QWEN_SYSTEM_MD: `${scratch}/${promptFile}` }),
    },
    files: {
      ...clean.files,
      ...hidden.files,
      [defaultsFile]: JSON.stringify(defaults),
      ...(replacement !== undefined && { [promptFile]: replacement }),
    },
  };
}

const defaultsFile = "defaults.json";
const promptFile = "system-prompt.md";

/** Where it has nothing else from the user or the project: no further calls of the model, and nothing sent home. */
const defaults = {
  // Keeping the machine awake takes a process beside it.
  general: { enableAutoUpdate: false, preventSystemSleep: false },
  memory: { enableManagedAutoMemory: false, enableManagedAutoDream: false },
  model: { generationConfig: { maxRetries: 0 } },
  privacy: { usageStatisticsEnabled: false },
  ui: { enableFollowupSuggestions: false },
};

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
