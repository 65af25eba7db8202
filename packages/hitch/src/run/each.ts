/** `harness.each`: many calls, side by side. */
import { HarnessError } from "../vocabulary/error.ts";
import { asObject } from "../vocabulary/json.ts";
import { show } from "./check.ts";
import { runJobs } from "./jobs.ts";
import type { HarnessOptions } from "./options.ts";
import type { Outcome, Run } from "./run.ts";

/** How many runs of `harness.each` are at work at once. */
export interface EachLimits {
  /** In all. Default 4. */
  readonly concurrency?: number | undefined;
  /** By provider id; a provider that is not named has only the limit of all. A call with a list counts for its first. */
  readonly concurrencyByProvider?: Readonly<Record<string, number>> | undefined;
}

/** One of the calls, with what it does not share with the others. The schema is that of all. */
export type Call = Omit<HarnessOptions, "schema"> & { readonly prompt: string };

/**
 * Gives how each call ended, in the order of the calls.
 *
 * @throws HarnessError `invalid-options` about the calls as a whole. What is wrong with one of them is its outcome.
 */
export async function runEach(
  calls: readonly (string | Call)[],
  limits: EachLimits,
  withShared: (own: HarnessOptions) => HarnessOptions,
  start: (prompt: string, options: HarnessOptions) => Run,
): Promise<readonly Outcome[]> {
  checkCalls(calls);
  const jobs = calls.map((call) => {
    const { prompt, ...own } = typeof call === "string" ? { prompt: call } : call;
    const options = withShared(own);
    return { provider: idOf(options.provider), start: () => start(prompt, options).settled };
  });
  checkConcurrency(limits, [...new Set(jobs.map(({ provider }) => provider))]);
  return runJobs(jobs, limits);
}

function checkCalls(calls: unknown): void {
  const isCall = (call: unknown): boolean => typeof call === "string" || typeof asObject(call)?.prompt === "string";
  if (!Array.isArray(calls)) throw refusal("calls", "wrong-type", "calls: they are not a list");
  const wrong = calls.findIndex((call) => !isCall(call));
  if (wrong < 0) return;
  throw refusal(`calls[${wrong}]`, "wrong-type", `calls[${wrong}]: it is neither a prompt nor an object with one`);
}

function checkConcurrency({ concurrency, concurrencyByProvider }: EachLimits, providers: readonly string[]): void {
  const byProvider = concurrencyByProvider === undefined ? {} : asObject(concurrencyByProvider);
  if (byProvider === undefined)
    throw refusal("concurrencyByProvider", "wrong-type", "concurrencyByProvider: no object");
  // A list that was computed may be empty, and then nothing can be told of its names.
  const stranger = providers.length === 0 ? undefined : Object.keys(byProvider).find((id) => !providers.includes(id));
  if (stranger !== undefined) {
    const option = `concurrencyByProvider.${stranger}`;
    throw refusal(option, "unknown", `${option}: no call is for it; the calls are for: ${providers.join(", ")}`);
  }
  const named = Object.entries(byProvider).map(([id, limit]) => [`concurrencyByProvider.${id}`, limit] as const);
  for (const [option, limit] of [["concurrency", concurrency] as const, ...named]) {
    if (limit === undefined || limit === Infinity || (Number.isInteger(limit) && Number(limit) > 0)) continue;
    throw refusal(option, "wrong-value", `${option}: ${show(limit)} is not a whole number from 1`);
  }
}

/** Of a list the first: it is asked first. */
function idOf(provider: unknown): string {
  if (typeof provider === "string") return provider;
  if (Array.isArray(provider)) return idOf(provider[0]);
  const { provider: chosen, id } = asObject(provider) ?? {};
  return chosen === undefined ? String(id) : idOf(chosen);
}

function refusal(option: string, reason: string, message: string): HarnessError {
  return new HarnessError({ code: "invalid-options", option, reason, message });
}
