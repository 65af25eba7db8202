/** The keys that Codex (0.169.0) takes from its environment, which its commands would inherit. */
import type { RunRequest } from "../../provider.ts";
import { setting } from "./codex-config.ts";

export const keyVariables = ["OPENAI_API_KEY", "CODEX_API_KEY"] as const;

/**
 * With the user's own configuration they are empty rather than absent: a list of what to exclude would replace the
 * user's list, where a value is one more in their table.
 */
export function emptyKeys({ env, home }: RunRequest): readonly string[] {
  if (home !== undefined) return [];
  const given = keyVariables.filter((name) => env[name]);
  return given.flatMap((name) => setting(`shell_environment_policy.set.${name}`, ""));
}
