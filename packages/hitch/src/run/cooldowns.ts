/** The providers that this process leaves alone for a while. */
import { createHash } from "node:crypto";
import { createCooldowns } from "../policy/cooldown.ts";
import type { ResolvedOptions } from "./resolve.ts";

/** Shared by all runs of the process, so that each need not find out anew. */
export const cooldowns = createCooldowns(() => performance.now());

/** Whose limits they are: another model, or another key in `env`, may have room. Keeps no secret. */
export function cooldownKey({ provider, model, env }: ResolvedOptions): string {
  const variables = Object.entries(env).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify([provider.id, model ?? null, variables]))
    .digest("base64");
}
