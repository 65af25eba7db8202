/** Agents that are known to speak the Agent Client Protocol, and what has to be known of them. */
import type { Agent, Capabilities, Command, Provider, RunRequest } from "../../provider.ts";
import type { PermissionLevel } from "../../vocabulary/result.ts";
import type { Quirks } from "./acp-stream.ts";
import { opencodeCapabilities, opencodeFunctions } from "./opencode-command.ts";
import { decodeError } from "./opencode-failures.ts";
import { opencodeNames } from "./opencode-names.ts";
import { permissionFlags } from "./qwen-permissions.ts";

/** An agent and how it differs from one of which nothing is known. */
export interface AcpAgent extends Agent, Quirks {
  /** What makes it speak the protocol. */
  readonly args: readonly string[];
  /** Who sees to the permissions. An agent asks only about what its own configuration does not settle. */
  readonly enforcedBy: Readonly<Record<PermissionLevel, "agent-rules" | "nothing">>;
  /** What it can do besides what the protocol has for all. */
  readonly options?: Partial<Capabilities["options"]>;
  /** The flag that takes the model's id, where the agent lets its clients choose no model, or only some. */
  readonly modelFlag?: string;
  /** The mode of its session in which it asks before it does something. */
  readonly mode?: string;
  /** What its process gets besides, `args` behind its own. */
  readonly parts?: (request: RunRequest) => Partial<Pick<Command, "args" | "env" | "files">>;
  readonly before?: Pick<Provider, "prepare" | "locateSession">;
}

/** The rules are of use only to an agent that asks, and whether it does nobody can tell. */
const unproven = { "read-only": "nothing", workspace: "nothing", unrestricted: "agent-rules" } as const;

/** One of which only the command is known. */
export const anyAgent: AcpAgent = {
  launch: [],
  args: [],
  install: "the agent of your choice, and name its command in providerOptions.acp.command",
  version: { args: ["--version"], tested: "any" },
  login: { env: [], files: [] },
  enforcedBy: unproven,
};

const { prepare, locateSession, command: opencodeCommand } = opencodeFunctions(opencodeNames);

/** OpenCode would call the model once more, to find a title. A configuration of the caller's own is left as it is. */
function withoutTitle(request: RunRequest): RunRequest {
  const config = JSON.stringify({ agent: { title: { disable: true } } });
  return { ...request, env: { OPENCODE_CONFIG_CONTENT: config, ...request.env } };
}

const qwenDefaultsFile = "defaults.json";

/** Where the user has said nothing else: no further calls of the model, and nothing sent home. */
const qwenDefaults = {
  ui: { enableFollowupSuggestions: false },
  memory: { enableManagedAutoMemory: false, enableManagedAutoDream: false },
  general: { enableAutoUpdate: false, preventSystemSleep: false },
  privacy: { usageStatisticsEnabled: false },
};

/** By name, as in `acp:opencode`. */
export const knownAgents: Readonly<Record<string, AcpAgent>> = {
  opencode: {
    launch: [{ name: "opencode" }],
    args: ["acp"],
    install: "npm install -g opencode-ai",
    version: { args: ["--version"], tested: "1.18.33" },
    login: { env: ["ANTHROPIC_API_KEY", "OPENAI_API_KEY"], files: ["~/.local/share/opencode/auth.json"] },
    // The same rules as without the protocol. What they leave to be asked is answered by the run's level.
    enforcedBy: opencodeCapabilities.enforcedBy,
    options: {
      model: opencodeCapabilities.options.model,
      addDirs: true,
      systemPrompt: { replace: true, append: true },
      attachments: true,
    },
    mode: "build",
    usageOfLastCall: true,
    explain: ({ message, name }) => decodeError({ name, data: { message } }),
    parts: (request) => {
      const { env = {}, files = {} } = opencodeCommand(withoutTitle(request));
      return { env, files };
    },
    before: { prepare, locateSession },
  },
  gemini: {
    launch: [{ name: "gemini" }],
    args: ["--acp"],
    install: "npm install -g @google/gemini-cli",
    version: { args: ["--version"], tested: "0.61.0" },
    login: { env: ["GEMINI_API_KEY", "GOOGLE_API_KEY"], files: ["~/.gemini/oauth_creds.json"] },
    home: { env: "GEMINI_CLI_HOME", user: "~" },
    enforcedBy: unproven,
    modelFlag: "--model",
    mode: "default",
    // The process in between would not hand signals on.
    parts: () => ({ env: { GEMINI_CLI_NO_RELAUNCH: "true" } }),
  },
  qwen: {
    launch: [{ name: "qwen", script: "@qwen-code/qwen-code/cli.js", nodeArgs: ["--expose-gc"] }, { name: "qwen" }],
    args: ["--acp"],
    install: "npm install -g @qwen-code/qwen-code",
    version: { args: ["--version"], tested: "0.24.4" },
    login: { env: ["OPENAI_API_KEY", "DASHSCOPE_API_KEY"], files: ["~/.qwen/oauth_creds.json"] },
    home: { env: "QWEN_HOME", user: "~/.qwen" },
    enforcedBy: { "read-only": "agent-rules", workspace: "agent-rules", unrestricted: "agent-rules" },
    options: { addDirs: true },
    modelFlag: "--model",
    parts: (request) => ({
      args: permissionFlags(request),
      env: {
        QWEN_CODE_NO_RELAUNCH: "true",
        // A file of the user's own stays.
        QWEN_CODE_SYSTEM_DEFAULTS_PATH:
          request.env["QWEN_CODE_SYSTEM_DEFAULTS_PATH"] ?? `${request.scratch}/${qwenDefaultsFile}`,
      },
      files: { [qwenDefaultsFile]: JSON.stringify(qwenDefaults) },
    }),
  },
};
