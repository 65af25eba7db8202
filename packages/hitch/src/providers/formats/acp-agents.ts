/** Agents that are known to speak the Agent Client Protocol, and what has to be known of them. */
import type { Agent, Capabilities, Command, Provider, RunRequest } from "../../provider.ts";
import type { ErrorCode } from "../../vocabulary/codes.ts";
import type { PermissionLevel } from "../../vocabulary/result.ts";
import { askLastFailure } from "./acp-opencode-failure.ts";
import { logFlags, readAcpLog } from "./acp-opencode-log.ts";
import type { Quirks } from "./acp-stream.ts";
import { copilotAgent, copilotParts, prepareCopilot } from "./copilot-agent.ts";
import { geminiAgent, geminiParts } from "./gemini-agent.ts";
import { codeOfSentence as geminiCode } from "./gemini-failure.ts";
import { readTries } from "./gemini-tries.ts";
import { opencodeCapabilities, opencodeFunctions } from "./opencode-command.ts";
import { merge, readCallers } from "./opencode-config.ts";
import { decodeError } from "./opencode-failures.ts";
import { opencodeAgent, opencodeNames } from "./opencode-names.ts";
import { qwenAgent, qwenParts } from "./qwen-agent.ts";
import { codeOfSentence as qwenCode } from "./qwen-failure.ts";

/** An agent and how it differs from one of which nothing is known. */
export interface AcpAgent extends Quirks {
  readonly agent: Agent;
  /** What makes it speak the protocol. */
  readonly args: readonly string[];
  /** Who sees to the permissions. An agent asks only about what its own configuration does not settle. */
  readonly enforcedBy: Readonly<Record<PermissionLevel, "agent-rules" | "nothing">>;
  /** What it can do besides what the protocol has for all, or cannot. */
  readonly options?: Partial<Capabilities["options"]>;
  /** Its commands do not find the keys of `agent.login.env`. */
  readonly hidesKeys?: true;
  /** What `parts` sees to: a session takes none of it, or not all. */
  readonly beforehand?: readonly ("model" | "effort" | "mcpServers")[];
  /** The mode of its session in which it asks before it does something. */
  readonly mode?: string;
  /** What its process gets besides, `args` behind its own. */
  readonly parts?: (request: RunRequest) => Partial<Pick<Command, "args" | "env" | "files" | "homeFiles">>;
  /** What it is asked apart from a run. */
  readonly besides?: Pick<Provider, "prepare" | "locateSession" | "askFailure">;
}

/** One of which only the command is known. */
export const anyAgent: AcpAgent = {
  agent: {
    launch: [],
    install: "the agent of your choice, and name its command in providerOptions.acp.command",
    version: { args: ["--version"], tested: "any" },
    login: { env: [], files: [] },
  },
  args: [],
  // The rules are of use only to an agent that asks, and whether it does nobody can tell.
  enforcedBy: { "read-only": "nothing", workspace: "nothing", unrestricted: "agent-rules" },
};

/** By the same rules as without the protocol. What they leave to be asked is answered by the run's level. */
const enforcedBy = { "read-only": "agent-rules", workspace: "agent-rules", unrestricted: "agent-rules" } as const;

const { prepare, locateSession, command: opencodeCommand } = opencodeFunctions(opencodeNames);

/** OpenCode would call the model once more, to find a title, unless the caller's own configuration says otherwise. */
function withoutTitle(request: RunRequest): RunRequest {
  const config = merge({ agent: { title: { disable: true } } }, readCallers(opencodeNames, request.env));
  return { ...request, env: { ...request.env, OPENCODE_CONFIG_CONTENT: JSON.stringify(config) } };
}

/** Explains a failure by its words. */
function by(codeOf: (message: string) => ErrorCode | undefined): AcpAgent["explain"] {
  return (failure) => {
    const code = codeOf(failure.message);
    return code === undefined ? failure : { ...failure, code };
  };
}

/** By name, as in `acp:opencode`. */
export const knownAgents: Readonly<Record<string, AcpAgent>> = {
  opencode: {
    agent: opencodeAgent,
    args: ["acp", ...logFlags],
    enforcedBy,
    options: {
      model: opencodeCapabilities.options.model,
      addDirs: true,
      systemPrompt: { replace: true, append: true },
      attachments: true,
      clean: true,
    },
    hidesKeys: true,
    beforehand: ["mcpServers"],
    mode: "build",
    usageOfLastCall: true,
    readLog: readAcpLog,
    explain: ({ message, name }) => decodeError({ name, data: { message } }),
    parts: (request) => {
      const { env = {}, files = {}, homeFiles = {} } = opencodeCommand(withoutTitle(request));
      return { env, files, homeFiles };
    },
    besides: {
      prepare,
      locateSession,
      askFailure: (id, request) => askLastFailure(id, locateSession(id, request)),
    },
  },
  gemini: {
    agent: geminiAgent,
    args: ["--acp"],
    enforcedBy,
    options: {
      addDirs: true,
      systemPrompt: { replace: true, append: false },
      // Continued in the minute in which it began, a session loses all that was said.
      session: false,
      fork: false,
    },
    beforehand: ["model"],
    readLog: readTries,
    // A status of 500 is also its word for none.
    explain: by(geminiCode),
    parts: geminiParts,
  },
  qwen: {
    agent: qwenAgent,
    args: ["--acp"],
    enforcedBy,
    options: { addDirs: true, systemPrompt: { replace: true, append: true }, clean: true },
    hidesKeys: true,
    beforehand: ["model"],
    explain: by(qwenCode),
    parts: qwenParts,
  },
  copilot: {
    agent: copilotAgent,
    args: ["--acp"],
    enforcedBy,
    options: { addDirs: true, systemPrompt: { replace: false, append: true }, fork: false },
    hidesKeys: true,
    beforehand: ["model", "effort", "mcpServers"],
    parts(request) {
      const { args, ...others } = copilotParts(request);
      // Reading is allowed anywhere, and a path that is refused would end the turn.
      const paths = request.permissions === "read-only" ? ["--allow-all-paths"] : [];
      return { args: [...args, ...paths], ...others };
    },
    besides: { prepare: prepareCopilot },
  },
};
