/** Which provider runs, and the options that belong to it alone. */
import type { Provider } from "../provider.ts";
import { HarnessError } from "../vocabulary/error.ts";
import { checkKeys, checkList, checkText, refuse, show, type Findings } from "./check.ts";
import type { HarnessOptions, ProviderChoice } from "./options.ts";

/** Finds a provider by its id. The spine knows no provider: its caller hands this over. */
export interface ProviderLookup {
  find(id: string): Provider | undefined;
  readonly ids: readonly string[];
}

interface Choice {
  readonly provider: Provider;
  readonly model: { readonly model?: string };
  readonly effort?: string;
  readonly native: Readonly<Record<string, unknown>>;
  readonly extraArgs: readonly string[];
}

/** The provider of `options.provider`, which is one and no list. */
export function chooseProvider(
  findings: Findings,
  options: HarnessOptions,
  lookup: ProviderLookup,
  env: Readonly<Record<string, string | undefined>>,
): Choice | undefined {
  const given = options.provider ?? (env.HITCH_PROVIDER || undefined);
  if (given === undefined) {
    refuse(findings, "provider", "missing", `there is no provider; known: ${lookup.ids.join(", ")}`);
    return undefined;
  }
  const choice: Partial<ProviderChoice> = isChoice(given)
    ? checkKeys(findings, "provider", given, ["provider", "model", "effort", "providerOptions"])
    : { provider: given as string | Provider };
  const provider = typeof choice.provider === "string" ? lookup.find(choice.provider) : choice.provider;
  if (!isProvider(provider)) {
    const message = `provider: ${show(choice.provider)} is not known; known: ${lookup.ids.join(", ")}`;
    refuse(findings, "provider", "unknown-value", message);
    return undefined;
  }

  const ids = [...new Set([provider.id, ...lookup.ids])];
  const all = checkKeys(findings, "providerOptions", options.providerOptions, ids);
  const own = checkKeys(findings, "providerOptions", choice.providerOptions, ids);
  const known = [...provider.capabilities.options.native, "extraArgs"];
  const option = `providerOptions.${provider.id}`;
  const native = {
    ...checkKeys(findings, option, all[provider.id], known),
    ...checkKeys(findings, option, own[provider.id], known),
  };
  return {
    provider: configure(findings, provider, native),
    model: checkModel(findings, provider, choice.model ?? options.model),
    ...effortOf(findings, provider, choice.effort ?? options.effort),
    native,
    extraArgs: checkList(findings, `${option}.extraArgs`, native.extraArgs),
  };
}

/** One that cannot be configured stands for itself; it is refused anyway. */
function configure(findings: Findings, provider: Provider, native: Readonly<Record<string, unknown>>): Provider {
  try {
    return provider.configure?.(native) ?? provider;
  } catch (error) {
    if (!HarnessError.isInstance(error)) throw error;
    findings.refusals.push(error);
    return provider;
  }
}

function checkModel(findings: Findings, provider: Provider, given: unknown): { readonly model?: string } {
  const model = checkText(findings, "model", given);
  const { required, form, example } = provider.capabilities.options.model;
  if (model === undefined) {
    if (required && given === undefined) {
      refuse(findings, "model", "missing", `${provider.id} needs a model, as in ${JSON.stringify(example)}`);
    }
    return {};
  }
  if (form && !form.test(model)) {
    const message = `model: ${JSON.stringify(model)} has not the form that ${provider.id} needs, as in ${JSON.stringify(example)}`;
    refuse(findings, "model", "wrong-form", message);
  }
  return { model };
}

function effortOf(findings: Findings, { id, capabilities }: Provider, given: unknown): { readonly effort?: string } {
  const effort = checkText(findings, "effort", given);
  if (effort !== undefined && capabilities.options.effort === "unchecked") {
    findings.warnings.push(`effort: ${id} ignores ${show(effort)} without a word if the model does not have it`);
  }
  return effort === undefined ? {} : { effort };
}

function isChoice(value: unknown): value is ProviderChoice {
  return typeof value === "object" && value !== null && "provider" in value;
}

function isProvider(value: unknown): value is Provider {
  return typeof value === "object" && value !== null && "capabilities" in value && "decoder" in value;
}
