/** The agents that Hitch knows. */
import type { Provider } from "../provider.ts";
import { acp, acpAgents } from "./acp.ts";
import { claudeCode } from "./claude-code.ts";
import { cline } from "./cline.ts";
import { codex } from "./codex.ts";
import { copilot } from "./copilot.ts";
import { gemini } from "./gemini.ts";
import { kilo } from "./kilo.ts";
import { opencode } from "./opencode.ts";
import { pi } from "./pi.ts";
import { qwen } from "./qwen.ts";

export const providers: readonly Provider[] = [
  opencode,
  pi,
  codex,
  claudeCode,
  gemini,
  acp,
  qwen,
  copilot,
  cline,
  kilo,
];

/** All ids, and those of the agents that are known to speak the Agent Client Protocol: `acp:opencode`. */
export const providerIds: readonly string[] = [...providers, ...acpAgents].map(({ id }) => id);

export function findProvider(id: string): Provider | undefined {
  return [...providers, ...acpAgents].find((provider) => provider.id === id);
}
