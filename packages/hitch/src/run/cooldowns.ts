/** The providers that this process leaves alone for a while. */
import { createHash } from "node:crypto";
import { createCooldowns } from "../policy/cooldown.ts";
import type { ResolvedOptions } from "./resolve.ts";
import { withoutOriginal } from "./workspace-places.ts";

/** Shared by all runs of the process, so that each need not find out anew. */
export const cooldowns = createCooldowns(() => performance.now());

/**
 * Whose limits they are: another model, or another key in `env`, may have room. Where a run works says nothing of it,
 * so what a worktree takes away from the environment is left out. Keeps no secret.
 */
export function cooldownKey({ provider, model, env }: ResolvedOptions): string {
  const variables = Object.entries(env)
    .filter(([name, value]) => value !== undefined || !Object.hasOwn(withoutOriginal, name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify([provider.id, model ?? null, variables]))
    .digest("base64");
}
