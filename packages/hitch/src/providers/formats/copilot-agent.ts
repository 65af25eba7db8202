/** Copilot CLI (1.0.102), and what a run sets for it, whichever way it is run. */
import type { Agent, Command, RunRequest, Step } from "../../provider.ts";
import { withoutCompileCache } from "./compile-cache.ts";
import { mcpFile, permissionFlags } from "./copilot-config.ts";

const binary = (platform: string): string => `@github/copilot-${platform}/copilot`;

export const copilotAgent: Agent = {
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
};

/** It unpacks itself at its first start, and so does each that starts meanwhile. */
export function prepareCopilot(request: RunRequest): readonly Step[] {
  const cache = packageCache(request);
  if (cache === undefined || cache === "") return [];
  const env = { COPILOT_PKG_CACHE_HOME: cache };
  return [{ key: "package", creates: `${cache}/pkg`, args: ["--version", "--no-auto-update"], env }];
}

function packageCache({ env, shared }: RunRequest): string | undefined {
  const { COPILOT_PKG_CACHE_HOME, COPILOT_CACHE_HOME, XDG_CACHE_HOME, HOME } = env;
  const users = XDG_CACHE_HOME || (HOME && `${HOME}/.cache`);
  return COPILOT_PKG_CACHE_HOME || shared || COPILOT_CACHE_HOME || (users && `${users}/copilot`);
}

/** Its model, permissions, directories, MCP servers and system prompt. */
export function copilotParts(request: RunRequest): Required<Pick<Command, "args" | "env" | "files" | "homeFiles">> {
  const { model, effort, systemPrompt, scratch, env, home } = request;
  const mcp = mcpFile(request);
  const directories = [env["COPILOT_CUSTOM_INSTRUCTIONS_DIRS"], scratch].filter(Boolean).join(",");
  return {
    args: [
      // It would replace the program while others run it.
      ...["--no-auto-update", "--disable-client-telemetry", "--no-remote-export"],
      ...permissionFlags(request),
      ...(home === undefined ? [] : [`--excluded-tools=${repositoryTools.join(",")}`]),
      ...(model === undefined ? [] : [`--model=${model}`]),
      ...(effort === undefined ? [] : [`--reasoning-effort=${effort}`]),
      ...Object.keys(mcp).map((name) => `--additional-mcp-config=@${scratch}/${name}`),
    ],
    env: {
      ...withoutCompileCache(request),
      ...(home !== undefined && { COPILOT_PKG_CACHE_HOME: packageCache(request) }),
      // They would allow more than the run's level.
      COPILOT_ALLOW_ALL: undefined,
      COPILOT_ASSISTED_APPROVAL: undefined,
      ...(systemPrompt !== undefined && { COPILOT_CUSTOM_INSTRUCTIONS_DIRS: directories }),
    },
    files: { ...mcp, ...(systemPrompt !== undefined && { [instructionsFile]: systemPrompt.text }) },
    homeFiles: { ".copilot/settings.json": JSON.stringify(cleanSettings) },
  };
}

/** They start what a repository names, trusted or not: the MCP servers of its agents, and its language servers. */
const repositoryTools = ["task", "lsp"];

/** Skills that are part of Copilot stay. */
const cleanSettings = { ignoredSkillsLocations: ["/"], disableAllHooks: true };

/** Only files that are called so are looked for. */
const instructionsFile = "run.instructions.md";
