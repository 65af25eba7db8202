/** What a host runs: one call of Hitch, as an application makes it. */
import { harness } from "../../harness.ts";
import type { Provider } from "../../provider.ts";
import type { HarnessOptions } from "../../run/options.ts";

interface HostCall {
  readonly id: string;
  readonly prompt: string;
  readonly options: HarnessOptions;
}

/** Runs the provider of this id among the values that a module exports. */
export async function runAsHost(exported: readonly unknown[], { id, prompt, options }: HostCall): Promise<void> {
  const provider = exported.find((value): value is Provider => isProvider(value) && value.id === id);
  if (provider === undefined) throw new Error(`The module exports no provider ${id}: name it in the subject's module`);
  const { status } = await harness(prompt, { ...options, provider }).settled;
  process.stdout.write(`${status}\n`);
}

function isProvider(value: unknown): value is Provider {
  return typeof value === "object" && value !== null && "id" in value && "decoder" in value;
}
