/** From the flags of `hitch run` to the library's options. What is merely passed on is checked there, with all options. */
import { mergeOptions, type HarnessOptions, type ProviderChoice } from "../run/options.ts";
import { HarnessError } from "../vocabulary/error.ts";
import { asObject } from "../vocabulary/json.ts";
import { parseDuration } from "./duration.ts";
import type { RunFlags } from "./run-flags.ts";

/** What the files say that flags name, read before. */
export interface ReadFiles {
  readonly systemPrompt?: string;
  readonly appendSystemPrompt?: string;
  readonly mcpServers?: HarnessOptions["mcpServers"];
  readonly schema?: HarnessOptions["schema"];
}

/**
 * Builds the options; flags win over `defaults`.
 *
 * @throws HarnessError `invalid-options`.
 */
export function buildOptions(flags: RunFlags, defaults: HarnessOptions, files: ReadFiles = {}): HarnessOptions {
  const given = {
    provider: readProviders(flags),
    model: flags.model,
    effort: flags.effort,
    executable: flags.executable,
    cwd: flags.cwd,
    workspace: flags.workspace,
    addDirs: flags.addDir,
    attachments: flags.attach,
    session: flags.session,
    fork: flags.fork,
    systemPrompt: readSystemPrompt(flags, files),
    permissions: flags.permissions,
    sandbox: readSandbox(flags),
    isolation: flags.isolation,
    mcpServers: files.mcpServers,
    schema: files.schema,
    env: readEnvironment(flags.env),
    leftovers: flags.leftovers,
    timeouts: readTimeouts(flags),
    limits: readLimits(flags),
    retries: readRetries(flags),
    lenient: flags.lenient,
    raw: flags.raw,
    // The parser says `true` when the flag is not there.
    journal: flags.journal === false ? false : undefined,
  } as HarnessOptions;
  const merged = mergeOptions(defaults, given);
  return {
    ...merged,
    provider: flagsOverChoice(flags, merged.provider),
    workspace: keepUnlessStored(merged.workspace),
  };
}

/** The result with its `apply` goes with the process: what the journal does not have would be lost. */
function keepUnlessStored(workspace: HarnessOptions["workspace"]): HarnessOptions["workspace"] {
  const asked = workspace === "worktree" ? ({ type: workspace } as const) : workspace;
  if (typeof asked !== "object" || asked.type !== "worktree") return asked;
  return { ...asked, keep: (asked.keep ?? false) === false ? "unless-stored" : asked.keep };
}

/** The last resort: arguments for the agent belong to a provider, so they are added when that is known. */
export function addExtraArgs(options: HarnessOptions, extraArgs: readonly string[] | undefined): HarnessOptions {
  const id = providerIdOf(options);
  if (extraArgs !== undefined && Array.isArray(options.provider)) {
    throw invalid("providerOptions", "conflict", "--extra-arg: it would go to several agents; name one --provider");
  }
  if (extraArgs === undefined || id === undefined) return options;
  const addTo = (all: HarnessOptions["providerOptions"]) => ({ ...all, [id]: { ...all?.[id], extraArgs } });
  const { provider } = options;
  if (!isChoice(provider) || provider.providerOptions === undefined) {
    return { ...options, providerOptions: addTo(options.providerOptions) };
  }
  return { ...options, provider: { ...provider, providerOptions: addTo(provider.providerOptions) } };
}

function readProviders({ provider, model }: RunFlags): HarnessOptions["provider"] {
  const choices = provider?.map((text): string | ProviderChoice => {
    const [id = "", ...rest] = text.split("=");
    return rest.length === 0 ? id : { provider: id, model: rest.join("=") };
  });
  if (model !== undefined && choices?.some((choice) => typeof choice === "object")) {
    throw invalid("model", "conflict", "there are two models: --model and the one in --provider");
  }
  return choices?.length === 1 ? choices[0] : choices;
}

/** A choice in the configuration file has its own model and effort, which would win over the flags. */
function flagsOverChoice(
  { model, effort }: RunFlags,
  provider: HarnessOptions["provider"],
): HarnessOptions["provider"] {
  const listed: readonly unknown[] = Array.isArray(provider) ? provider : [];
  if (model !== undefined && listed.some((choice) => asObject(choice)?.model !== undefined)) {
    throw invalid("model", "conflict", "there are two models: --model and one of those in the list of providers");
  }
  if (!isChoice(provider)) return provider;
  return { ...provider, ...(model !== undefined && { model }), ...(effort !== undefined && { effort }) };
}

function readSystemPrompt(flags: RunFlags, files: ReadFiles): HarnessOptions["systemPrompt"] {
  const given = [
    flags.systemPrompt,
    files.systemPrompt,
    ...[flags.appendSystemPrompt, files.appendSystemPrompt].map((append) => append !== undefined && { append }),
  ].filter((one) => one !== undefined && one !== false);
  if (given.length > 1) throw invalid("systemPrompt", "conflict", "there is more than one system prompt");
  return given[0];
}

function readSandbox({ sandbox, sandboxNetwork, sandboxWritable }: RunFlags): HarnessOptions["sandbox"] {
  if (sandboxNetwork === undefined && sandboxWritable === undefined) return sandbox;
  return { network: sandboxNetwork, writable: sandboxWritable };
}

function readEnvironment(assignments: readonly string[] | undefined): HarnessOptions["env"] {
  if (assignments === undefined) return undefined;
  const entries = assignments.map((assignment): [string, string] => {
    const equals = assignment.indexOf("=");
    const value = equals < 0 ? process.env[assignment] : undefined;
    if (value !== undefined) return [assignment, value];
    // Without a sign this may be a value, so it is not repeated.
    const message = "--env needs the form NAME=value, or the NAME of a variable that is set here";
    if (equals < 1) throw invalid("env", "wrong-form", message);
    return [assignment.slice(0, equals), assignment.slice(equals + 1)];
  });
  return Object.fromEntries(entries);
}

function readTimeouts(flags: RunFlags): HarnessOptions["timeouts"] {
  const read = (name: string, text: string | undefined): number | false | undefined => {
    if (text === undefined) return undefined;
    const durationMs = parseDuration(text);
    if (durationMs !== undefined && durationMs !== 0) return durationMs;
    const message = `timeouts.${name}: ${JSON.stringify(text)} is no time such as 500ms, 30s, 5m, 1h or off`;
    throw invalid(`timeouts.${name}`, "wrong-value", message);
  };
  return ofGiven({
    total: read("total", flags.timeout),
    startup: read("startup", flags.startupTimeout),
    idle: read("idle", flags.idleTimeout),
  });
}

function readLimits({ maxUsd, maxTokens, maxTurns }: RunFlags): HarnessOptions["limits"] {
  return ofGiven({
    usd: readNumber("limits.usd", maxUsd, /^\d{0,12}\.?\d{1,12}$/, "an amount such as 2.50"),
    tokens: readNumber("limits.tokens", maxTokens, /^\d{1,15}$/, "a whole number from 1"),
    turns: readNumber("limits.turns", maxTurns, /^\d{1,15}$/, "a whole number from 1"),
  });
}

function readRetries({ retries, outputRetries }: RunFlags): HarnessOptions["retries"] {
  return ofGiven({
    transient: readNumber("retries.transient", retries, /^\d{1,6}$/, "a whole number from 0"),
    output: readNumber("retries.output", outputRetries, /^\d{1,6}$/, "a whole number from 0"),
  });
}

function readNumber(option: string, text: string | undefined, form: RegExp, wanted: string): number | undefined {
  if (text === undefined || form.test(text)) return text === undefined ? undefined : Number(text);
  throw invalid(option, "wrong-value", `${option}: ${JSON.stringify(text)} is not ${wanted}`);
}

/** Undefined if nothing is given. */
function ofGiven<Value>(
  values: Readonly<Record<string, Value | undefined>>,
): Readonly<Record<string, Value>> | undefined {
  const given = Object.entries(values).filter((entry): entry is [string, Value] => entry[1] !== undefined);
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

function providerIdOf({ provider }: HarnessOptions): string | undefined {
  if (typeof provider === "string") return provider;
  return isChoice(provider) && typeof provider.provider === "string" ? provider.provider : undefined;
}

function isChoice(provider: HarnessOptions["provider"]): provider is ProviderChoice {
  return asObject(provider)?.provider !== undefined;
}

function invalid(option: string, reason: string, message: string): HarnessError {
  return new HarnessError({ code: "invalid-options", option, reason, message });
}
