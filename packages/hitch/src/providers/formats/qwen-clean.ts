/**
 * How Qwen Code (0.24.4) takes of a project only its instructions: `QWEN.md`, `AGENTS.md` and their kin.
 *
 * What surprised us:
 * - In its minimal mode it still takes variables from `.env` and from the project's settings, where to send the key
 *   among them. Only a project that is not trusted has no say there.
 * - Without the minimal mode such a project has no servers, not even those of its caller, but skills and subagents.
 * - In that mode it reads instructions in the directories which it is told to include, and offers its model a few tools
 *   only: to read, to edit, to run commands.
 * - Which kind of endpoint it calls it then takes from no key.
 */
import type { Command, RunRequest } from "../../provider.ts";
import { checkCommaFree } from "./comma-free.ts";

export function cleanParts(request: RunRequest): Required<Pick<Command, "args" | "env" | "files">> {
  const { home, cwd, scratch, env, extraArgs } = request;
  if (home === undefined) return { args: [], env: {}, files: {} };
  checkCommaFree("qwen", cwd);
  const kind = kinds.find(([name]) => env[name])?.[1];
  const isNamed = extraArgs.some((word) => word.startsWith("--auth-type"));
  return {
    args: ["--bare", `--include-directories=${cwd}`, ...(kind === undefined || isNamed ? [] : [`--auth-type=${kind}`])],
    env: {
      QWEN_CODE_SYSTEM_SETTINGS_PATH: `${scratch}/${settingsFile}`,
      QWEN_CODE_TRUSTED_FOLDERS_PATH: `${scratch}/${trustFile}`,
      QWEN_USAGE_STATISTICS_ENABLED: "false",
    },
    files: {
      [settingsFile]: JSON.stringify({ $version: 4, security: { folderTrust: { enabled: true } } }),
      [trustFile]: JSON.stringify({ [cwd]: "DO_NOT_TRUST" }),
    },
  };
}

const settingsFile = "system-settings.json";
const trustFile = "trusted-folders.json";

/** What a key is for. */
const kinds: readonly (readonly [string, string])[] = [
  ["OPENAI_API_KEY", "openai"],
  ["ANTHROPIC_API_KEY", "anthropic"],
  ["GEMINI_API_KEY", "gemini"],
];
