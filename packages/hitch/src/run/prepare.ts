/** Runs a provider's preparing steps: once per key and version of the agent, one process at a time. */
import { onlyOnce } from "../effects/once.ts";
import type { Provider } from "../provider.ts";
import { runSideCommand, sideCommandLimitMs, type SideCommands } from "./side-command.ts";

/** Resolves with warnings: a step that fails is no reason not to try. */
export async function prepare(provider: Provider, directory: string, commands: SideCommands): Promise<string[]> {
  const { request, program, stop } = commands;
  const warnings: string[] = [];
  for (const step of provider.prepare?.(request) ?? []) {
    const once = {
      directory,
      key: [provider.id, step.key, program.path, step.creates],
      files: [program.path, step.creates],
      waitLimitMs: 2 * sideCommandLimitMs,
      stop,
    };
    const problem = await onlyOnce(once, async () => (await runSideCommand(commands, step)).problem);
    if (problem !== undefined) warnings.push(`preparing ${provider.id} (${step.key}) failed: ${problem}`);
  }
  return warnings;
}
