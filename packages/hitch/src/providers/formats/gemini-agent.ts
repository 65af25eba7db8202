/** Gemini CLI (0.61.0), and what a run sets for it, whichever way it is run. */
import type { Agent, Command, RunRequest } from "../../provider.ts";
import { hideFromBash } from "./bash-environment.ts";
import { checkCommaFree } from "./comma-free.ts";
import { readOnlyPolicy } from "./gemini-policy.ts";

export const geminiAgent: Agent = {
  launch: [{ name: "gemini" }],
  install: "npm install -g @google/gemini-cli",
  version: { args: ["--version"], tested: "0.61.0" },
  login: { env: ["GEMINI_API_KEY", "GOOGLE_API_KEY"], files: ["~/.gemini/oauth_creds.json"] },
  home: { env: "GEMINI_CLI_HOME", user: "~" },
  keeps: [{ env: "GEMINI_CLI_HOME", user: "~", below: ".gemini" }],
};

/** Its model, permissions, directories and system prompt. */
export function geminiParts(request: RunRequest): Required<Pick<Command, "args" | "env" | "files">> {
  const { model, addDirs, permissions, systemPrompt, scratch } = request;
  const isReadOnly = permissions === "read-only";
  const hidden = hideFromBash(geminiAgent.login.env, request);
  addDirs.forEach((path) => checkCommaFree("gemini", path));
  return {
    args: [
      "--skip-trust",
      ...(isReadOnly
        ? ["--approval-mode=default", `--admin-policy=${scratch}/${policyFile}`, `--policy=${scratch}/${policyFile}`]
        : ["--approval-mode=yolo"]),
      ...(model === undefined ? [] : [`--model=${model}`]),
      ...addDirs.map((path) => `--include-directories=${path}`),
    ],
    env: {
      // The process that would start a second one with more memory keeps signals from that.
      GEMINI_CLI_NO_RELAUNCH: "true",
      // Nobody could sign in there.
      NO_BROWSER: "true",
      TMPDIR: scratch,
      ...hidden.env,
      ...(systemPrompt !== undefined && { GEMINI_SYSTEM_MD: `${scratch}/${promptFile}` }),
    },
    files: {
      ...hidden.files,
      ...(isReadOnly && { [policyFile]: readOnlyPolicy(Object.keys(request.mcpServers)) }),
      ...(systemPrompt !== undefined && { [promptFile]: systemPrompt.text }),
    },
  };
}

const policyFile = "read-only.toml";
const promptFile = "system-prompt.md";
