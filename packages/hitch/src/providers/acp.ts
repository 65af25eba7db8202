/**
 * Whatever speaks the Agent Client Protocol, version 1, over stdin and stdout.
 *
 *     harness(prompt, { provider: "acp", providerOptions: { acp: { command: ["opencode", "acp"] } } })
 *     harness(prompt, { provider: "acp:opencode" })
 *
 * Called: `initialize`, `session/new` (or `session/resume`, `session/load`, `session/fork`),
 * `session/set_config_option` (or `session/set_model`, `session/set_mode`), `session/prompt`, `session/cancel`.
 * Answered: `session/request_permission`, by the run's permissions; everything else with an error, since the agent is
 * offered neither files nor terminals. Understood: the updates of `session/update`.
 * Tested with OpenCode 1.18.33 and Qwen Code 0.24.4; recorded with Gemini 0.61.0 and Copilot 1.0.102 too.
 *
 * What surprised us:
 * - The protocol says what an agent can do only when it runs, so what it lacks is refused then, before the prompt.
 * - It has no system prompt, no steps, and no words for why a call of the model failed.
 * - Agents differ in what a turn's usage is: of the turn, of the session, of the last call of the model.
 * - Copilot tells every failure as if the model had said it, and that the turn has ended well.
 * - OpenCode tells the words of a failure but not its status, and an answer that was cut at its limit is one to it.
 */
import { defineProvider, type Provider } from "../provider.ts";
import { HarnessError } from "../vocabulary/error.ts";
import { anyAgent, knownAgents, type AcpAgent } from "./formats/acp-agents.ts";
import type { Setting } from "./formats/acp-settings.ts";
import { decodeAcp, firstMessage } from "./formats/acp-stream.ts";

const anyProvider = provideAgent("acp", anyAgent);

/** An agent whose command the caller names. */
export const acp = defineProvider({
  ...anyProvider,
  capabilities: {
    ...anyProvider.capabilities,
    options: { ...anyProvider.capabilities.options, native: ["command"] },
  },
  configure({ command }) {
    const [program, ...args] = checkCommand(command);
    return provideAgent("acp", { ...anyAgent, launch: [{ name: program }], args });
  },
});

/** Agents that are known, each as a provider of its own: `acp:opencode`. */
export const acpAgents: readonly Provider[] = Object.entries(knownAgents).map(([name, agent]) =>
  provideAgent(`acp:${name}`, agent),
);

function provideAgent(id: string, agent: AcpAgent): Provider {
  const { launch, args, install, version, login, home, enforcedBy, options, modelFlag, parts, before } = agent;
  return {
    id,
    agent: { launch, install, version, login, ...(home && { home }) },
    capabilities: {
      progress: "live",
      ownRetries: "on",
      enforcedBy,
      options: {
        model: { required: false, example: "the agent's own name for it" },
        effort: true,
        addDirs: false,
        systemPrompt: { replace: false, append: false },
        attachments: false,
        mcpServers: ["stdio", "http", "sse"],
        session: true,
        fork: true,
        native: [],
        ...options,
      },
      output: { rungs: ["tool", "text"] },
    },
    ...before,
    command(request) {
      const { model, extraArgs } = request;
      const { args: more = [], ...others } = parts?.(request) ?? {};
      const flag = modelFlag === undefined || model === undefined ? [] : [`${modelFlag}=${model}`];
      return {
        args: [...args, ...flag, ...more, ...extraArgs],
        stdin: firstMessage,
        keepStdinOpen: true,
        ...others,
      };
    },
    decoder: (request) => decodeAcp({ provider: id, request, settings: settingsOf(agent, request), quirks: agent }),
  };
}

function settingsOf({ modelFlag, mode }: AcpAgent, { model, effort }: Parameters<Provider["decoder"]>[0]): Setting[] {
  return [
    ...(mode === undefined ? [] : [{ option: "mode", value: mode } as const]),
    ...(model === undefined || modelFlag !== undefined ? [] : [{ option: "model", value: model } as const]),
    ...(effort === undefined ? [] : [{ option: "effort", value: effort } as const]),
  ];
}

function checkCommand(command: unknown): readonly [string, ...string[]] {
  const [program, ...args] = Array.isArray(command) ? (command as readonly unknown[]) : [];
  const isWord = (value: unknown): value is string => typeof value === "string" && !value.includes("\0");
  if (isWord(program) && program !== "" && args.every(isWord)) return [program, ...args];
  throw new HarnessError({
    code: "invalid-options",
    option: "providerOptions.acp.command",
    reason: command === undefined ? "missing" : "wrong-type",
    message: 'providerOptions.acp.command is the agent\'s program and its arguments, as in ["opencode", "acp"]',
  });
}
