/** In which order the providers of a run are asked. */
import { cooldownKey, cooldowns } from "./cooldowns.ts";
import type { RunContext } from "./execute.ts";

/** Those last of which it is known that they would fail at once: the run then begins with another, and warns. */
export function orderLinks(context: RunContext): RunContext {
  const { ready, cooling } = cooldowns.split([context.resolved, ...context.fallbacks], cooldownKey);
  const [resolved, ...others] = ready;
  if (resolved === undefined || cooling.length === 0) return context;
  const warnings = cooling.map(
    ({ provider: { id } }) => `${id} is asked last: its model's side asked to wait, earlier in this process`,
  );
  return { ...context, resolved, fallbacks: [...others, ...cooling], early: [...context.early, ...warnings] };
}
