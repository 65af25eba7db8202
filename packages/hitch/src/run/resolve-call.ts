/** A call that may name several providers: checked for each of them before anything starts. */
import type { HarnessError } from "../vocabulary/error.ts";
import { asObject } from "../vocabulary/json.ts";
import { refuse, type Findings } from "./check.ts";
import type { ProviderLookup } from "./check-provider.ts";
import type { HarnessOptions } from "./options.ts";
import { resolveOptions, type ResolvedOptions, type Surroundings } from "./resolve.ts";

/** What `resolveOptions` finds for the first provider, with the findings of all. */
export type ResolvedCall = ReturnType<typeof resolveOptions> & {
  /** The same call with the other providers, in their order. */
  readonly fallbacks: readonly ResolvedOptions[];
};

/** Checks the options for every provider in them: a later one is no surprise when it is needed. */
export function resolveCall(
  prompt: unknown,
  options: HarnessOptions,
  lookup: ProviderLookup,
  surroundings: Surroundings,
): ResolvedCall {
  const own: Findings = { refusals: [], warnings: [] };
  const given = Array.isArray(options.provider) ? (options.provider as readonly Entry[]) : [options.provider as Entry];
  const known = withValues(lookup, given);
  const entries = chooseEntries(own, given, options);
  const each = entries.map((provider) => resolveOptions(prompt, { ...options, provider }, known, surroundings));
  const refusals = onceBy([...own.refusals, ...each.flatMap((one) => one.refusals)], describe);
  // The others' are told when they take over.
  const warnings = onceBy([...own.warnings, ...(each[0]?.warnings ?? [])], (warning) => warning);
  const fallbacks = each.slice(1).flatMap(({ resolved }) => resolved ?? []);
  const { provider, resolved } = each[0] ?? {};
  const isRefused = refusals.length > 0;
  return { refusals, warnings, fallbacks, ...(provider && { provider }), ...(resolved && !isRefused && { resolved }) };
}

/** Every provider of the call may have its `providerOptions`. */
function withValues(lookup: ProviderLookup, entries: readonly Entry[]): ProviderLookup {
  const values = entries.filter((entry) => typeof asObject(asObject(entry)?.provider ?? entry)?.id === "string");
  const ids = [...new Set([...lookup.ids, ...values.flatMap((value) => idOf(value) ?? [])])];
  return { find: (id) => lookup.find(id), ids };
}

type Entry = Exclude<HarnessOptions["provider"], readonly unknown[]>;

/** Those that may run. */
function chooseEntries(
  findings: Findings,
  entries: readonly Entry[],
  { executable, session }: HarnessOptions,
): readonly Entry[] {
  if (entries.length === 0) refuse(findings, "provider", "empty", "provider: the list is empty");
  if (entries.length < 2) return entries;
  if (executable !== undefined) {
    const message = "executable: it would be the program of several providers; put each agent on PATH instead";
    refuse(findings, "executable", "conflict", message);
  }
  return session === undefined ? entries : keepOwner(findings, entries, session);
}

/** A session belongs to one agent, so no other one can take it over. */
function keepOwner(findings: Findings, entries: readonly Entry[], session: unknown): readonly Entry[] {
  const owner = asObject(session)?.provider;
  const [first] = entries;
  const kept = owner === undefined ? [first] : entries.filter((entry) => idOf(entry) === owner).slice(0, 1);
  const left = kept.length > 0 ? kept : [first];
  const others = entries.filter((entry) => !left.includes(entry)).map(idOf);
  if (others.length > 0) {
    findings.warnings.push(`a session belongs to one agent: no fallback to ${others.join(", ")} in this run`);
  }
  return left;
}

function idOf(entry: Entry): string | undefined {
  if (typeof entry === "string") return entry;
  const { provider, id } = asObject(entry) ?? {};
  if (provider !== undefined) return idOf(provider as Entry);
  return typeof id === "string" ? id : undefined;
}

function describe({ code, option, message }: HarnessError): string {
  return JSON.stringify([code, option, message]);
}

function onceBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[] {
  return [...new Map(items.toReversed().map((item) => [keyOf(item), item])).values()].toReversed();
}
