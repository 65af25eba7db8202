/** `hitch providers`: which agents there are, and what they can do. Starts none of them. */
import { buildEnvironment } from "../policy/environment.ts";
import { redactValue } from "../policy/redaction.ts";
import type { OptionSupport, Provider } from "../provider.ts";
import { providers } from "../providers/index.ts";
import { currentDirectory } from "../run/current-directory.ts";
import { locateAgent } from "../run/locate.ts";
import { HarnessError } from "../vocabulary/error.ts";
import type { EnforcedBy, PermissionLevel } from "../vocabulary/result.ts";
import type { Console } from "./console.ts";
import { formatProviders } from "./providers-table.ts";

/** What is told of a provider; with `--json` one object a line. */
export interface ProviderSummary {
  readonly provider: string;
  /** Absolute path of the agent's program; `null` if it is not on PATH. */
  readonly executable: string | null;
  readonly install: string;
  readonly testedVersion: string;
  readonly login: Provider["agent"]["login"];
  readonly model: { readonly required: boolean; readonly example: string };
  readonly effort: OptionSupport["effort"];
  readonly addDirs: boolean;
  readonly systemPrompt: OptionSupport["systemPrompt"];
  readonly enforcedBy: Readonly<Record<PermissionLevel, EnforcedBy>>;
  readonly session: boolean;
  readonly fork: boolean;
  readonly attachments: boolean;
  /** It can run with `isolation: "clean"`. */
  readonly clean: boolean;
  /** Its commands do not see the keys for its model. */
  readonly hidesKeys: boolean;
  readonly mcpServers: readonly string[];
  /** The ways to a value of a schema, best first. */
  readonly output: readonly string[];
  /** Who keeps the caller's limits. */
  readonly limits: Provider["capabilities"]["limits"];
  /** Names of the keys in `providerOptions.<id>`, besides `extraArgs`. */
  readonly providerOptions: readonly string[];
  /** `null`: no limit is known. */
  readonly maxPromptBytes: number | null;
  readonly maxPromptCharacters: number | null;
}

/** Resolves with 0: a list is no judgement. */
export async function providersCommand(console: Console): Promise<number> {
  const env = buildEnvironment({ inherited: process.env, cwd: currentDirectory(), added: {} });
  const summaries = redactValue(
    providers.map((provider) => summarize(provider, env)),
    console.redact,
  );
  const shown = console.json
    ? summaries.map((summary) => `${JSON.stringify(summary)}\n`).join("")
    : formatProviders(summaries, console.stdout.paper);
  await console.stdout.write(shown);
  return 0;
}

function summarize(provider: Provider, env: Readonly<Record<string, string>>): ProviderSummary {
  const { agent, capabilities } = provider;
  const { model, native, ...options } = capabilities.options;
  return {
    provider: provider.id,
    executable: executableOf(provider, env),
    install: agent.install,
    testedVersion: agent.version.tested,
    login: agent.login,
    model: { required: model.required, example: model.example },
    ...options,
    clean: options.clean ?? false,
    hidesKeys: capabilities.hidesKeys ?? false,
    enforcedBy: capabilities.enforcedBy,
    output: capabilities.output.rungs,
    limits: capabilities.limits,
    providerOptions: native,
    maxPromptBytes: capabilities.maxPromptBytes ?? null,
    maxPromptCharacters: capabilities.maxPromptCharacters ?? null,
  };
}

function executableOf(provider: Provider, env: Readonly<Record<string, string>>): string | null {
  try {
    return locateAgent(provider, undefined, currentDirectory(), env).path;
  } catch (error) {
    if (HarnessError.isInstance(error) && error.code === "executable-not-found") return null;
    throw error;
  }
}
