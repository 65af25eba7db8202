/** The keys that Codex (0.169.0) takes from its environment, those of servers too. Its commands would inherit them. */
import type { RunRequest } from "../../provider.ts";
import { mcpParts, setting } from "./codex-config.ts";

export const keyVariables = ["OPENAI_API_KEY", "CODEX_API_KEY"] as const;

/**
 * With the user's own configuration they are empty rather than absent: a list of what to exclude would replace the
 * user's list, where a value is one more in their table.
 */
export function emptyKeys(request: RunRequest): readonly string[] {
  const { env, home } = request;
  if (home !== undefined) return [];
  const given = [...keyVariables.filter((name) => env[name]), ...Object.keys(mcpParts(request).env)];
  return given.flatMap((name) => setting(`shell_environment_policy.set.${name}`, ""));
}
