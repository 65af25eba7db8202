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
 * Tested with OpenCode 1.18.33, Copilot 1.0.102 and Qwen Code 0.24.4; tried with Gemini 0.61.0 too.
 *
 * What surprised us:
 * - The protocol says what an agent can do only when it runs, so what it lacks is refused then, before the prompt.
 * - It has no system prompt, no steps, and no words for why a call of the model failed.
 * - Agents differ in what a turn's usage is: of the turn, of the session, of the last call of the model.
 * - A prompt that begins with a `/` is a command to most of them, and to OpenCode, if there is none of that name,
 *   nothing at all. So a space without width comes before it.
 * - A refusal is the end of the turn to Qwen and Copilot.
 * - Copilot tells every failure as if the model had said it, and that the turn has ended well. It does not start the
 *   servers that its client names.
 * - OpenCode tells the words of a failure but not its status, for which its database is asked, and an answer that was
 *   cut at its limit is a whole one to it. After answers without a reason for stopping it goes round in circles, which
 *   only its log shows.
 */
import { defineProvider, type Provider, type RunRequest } from "../provider.ts";
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
    return provideAgent("acp", { ...anyAgent, agent: { ...anyAgent.agent, launch: [{ name: program }] }, args });
  },
});

/** Agents that are known, each as a provider of its own: `acp:opencode`. */
export const acpAgents: readonly Provider[] = Object.entries(knownAgents).map(([name, agent]) =>
  provideAgent(`acp:${name}`, agent),
);

function provideAgent(id: string, known: AcpAgent): Provider {
  const { agent, args, enforcedBy, options, hidesKeys, beforehand, parts, besides } = known;
  return {
    id,
    agent,
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
      // The protocol has no steps, and usage only at the end of a turn, if at all.
      limits: { usd: "end", tokens: "end", turns: "none" },
      ...(hidesKeys && { hidesKeys }),
    },
    ...besides,
    command(request) {
      const { args: more = [], ...others } = parts?.(request) ?? {};
      return { args: [...args, ...more, ...request.extraArgs], stdin: firstMessage, keepStdinOpen: true, ...others };
    },
    decoder(request) {
      const servers = beforehand?.includes("mcpServers") ? {} : request.mcpServers;
      return decodeAcp({ provider: id, request, settings: settingsOf(known, request), servers, quirks: known });
    },
  };
}

function settingsOf({ beforehand = [], mode }: AcpAgent, request: RunRequest): Setting[] {
  const chosen = (["model", "effort"] as const).filter((option) => !beforehand.includes(option));
  const wanted = [["mode", mode] as const, ...chosen.map((option) => [option, request[option]] as const)];
  return wanted.flatMap(([option, value]) => (value === undefined ? [] : [{ option, value }]));
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
