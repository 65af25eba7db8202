/** Checks the options and gives them their defaults. Nothing has been started, and nothing is ignored. */
import { resolve } from "node:path";
import type { OutputSchema } from "../output/schema.ts";
import type { Timeouts } from "../policy/clocks.ts";
import type { Provider } from "../provider.ts";
import type { HitchEvent } from "../vocabulary/events.ts";
import type { Limits } from "../vocabulary/limits.ts";
import type { McpServers } from "../vocabulary/mcp.ts";
import type { PermissionState, Session } from "../vocabulary/result.ts";
import {
  checkBoolean,
  checkKeys,
  checkText,
  checkWord,
  refuse,
  refuseUnsupported,
  show,
  type Findings,
} from "./check.ts";
import { checkIsolation } from "./check-isolation.ts";
import { checkLimits } from "./check-limits.ts";
import { checkMcpServers } from "./check-mcp-servers.ts";
import { checkPermissions } from "./check-permissions.ts";
import { checkAddDirs, checkAttachments, checkCwd } from "./check-paths.ts";
import { checkPrompt, checkSystemPrompt } from "./check-prompt.ts";
import { chooseProvider, type ProviderLookup } from "./check-provider.ts";
import { checkSandbox, type SandboxChoice } from "./check-sandbox.ts";
import { checkSchema } from "./check-schema.ts";
import { checkSession } from "./check-session.ts";
import { checkRetries, checkTimeouts, type RetryLimits } from "./check-timeouts.ts";
import { checkWorkspace, type ResolvedWorkspace } from "./check-workspace.ts";
import { optionNames, type HarnessOptions } from "./options.ts";

/** Options with defaults, every path absolute. */
export interface ResolvedOptions {
  readonly provider: Provider;
  readonly prompt: string;
  readonly model?: string;
  readonly effort?: string;
  readonly cwd: string;
  readonly workspace: ResolvedWorkspace;
  readonly addDirs: readonly string[];
  readonly systemPrompt?: { readonly mode: "replace" | "append"; readonly text: string };
  readonly permissions: PermissionState;
  readonly sandbox?: SandboxChoice;
  readonly attachments: readonly string[];
  readonly mcpServers: McpServers;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isolation: "inherit" | "clean";
  readonly session?: Session;
  /** The session was given by its id alone: its directory is a guess. */
  readonly sessionById: boolean;
  readonly fork: boolean;
  readonly timeouts: Timeouts;
  readonly limits: Limits;
  readonly retries: RetryLimits;
  readonly schema?: OutputSchema;
  readonly leftovers: "end" | "keep";
  readonly executable?: string;
  readonly journal: boolean | string;
  /** The journal was asked for: it must be writable. */
  readonly journalAsked: boolean;
  readonly raw: boolean;
  readonly native: Readonly<Record<string, unknown>>;
  readonly extraArgs: readonly string[];
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: HitchEvent) => void;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** What is to be told when it runs. */
  readonly warnings: readonly string[];
}

/** The environment and directory that the caller has around it, as parameters. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/**
 * Checks everything at once, for one provider. `resolved` is there if `refusals` is empty; `provider` is there as soon as it is known.
 */
export function resolveOptions(
  prompt: unknown,
  options: HarnessOptions,
  lookup: ProviderLookup,
  surroundings: Surroundings,
): Findings & { readonly resolved?: ResolvedOptions; readonly provider?: Provider } {
  const findings: Findings = { refusals: [], warnings: [] };
  const lenient = checkBoolean(findings, "lenient", options.lenient) ?? false;
  checkNames(findings, options);
  const choice = chooseProvider(findings, options, lookup, surroundings.env);
  if (choice === undefined) return findings;

  const { provider } = choice;
  const supports = provider.capabilities.options;
  const cwd = checkCwd(findings, options.cwd, surroundings.cwd);
  const workspace = checkWorkspace(findings, options.workspace, cwd, options.session);
  const unsupported = (option: string, supported: boolean, given: boolean): boolean => {
    if (!given || supported) return false;
    refuseUnsupported(findings, lenient, option, `${provider.id} cannot honour ${option}`);
    return true;
  };

  const addDirs = checkAddDirs(findings, options.addDirs, surroundings.cwd);
  const attachments = checkAttachments(findings, options.attachments, surroundings.cwd);
  const systemPrompt = checkSystemPrompt(findings, options.systemPrompt);
  const session = checkSession(findings, provider, cwd, options.session);
  const fork = checkBoolean(findings, "fork", options.fork) ?? false;
  if (fork && options.session === undefined)
    refuse(findings, "fork", "needs-session", "fork needs a session to branch off");
  if (options.signal !== undefined && !(options.signal instanceof AbortSignal)) {
    refuse(findings, "signal", "wrong-type", `signal: ${show(options.signal)} is not an AbortSignal`);
  }
  if (options.onEvent !== undefined && typeof options.onEvent !== "function") {
    refuse(findings, "onEvent", "wrong-type", `onEvent: ${show(options.onEvent)} is not a function`);
  }
  const executable = checkText(findings, "executable", options.executable);
  const env = checkEnvironment(findings, options.env);
  const schema = checkSchema(findings, options.schema);
  const sandbox = checkSandbox(findings, options, [cwd, ...addDirs], surroundings);

  const resolved: ResolvedOptions = {
    provider,
    prompt: checkPrompt(findings, prompt, provider),
    ...choice.model,
    ...(choice.effort !== undefined &&
      !unsupported("effort", supports.effort !== false, true) && { effort: choice.effort }),
    cwd,
    workspace,
    addDirs: unsupported("addDirs", supports.addDirs, addDirs.length > 0) ? [] : addDirs,
    ...(systemPrompt &&
      !unsupported("systemPrompt", supports.systemPrompt[systemPrompt.mode], true) && { systemPrompt }),
    permissions: checkPermissions(findings, provider, options.permissions, sandbox !== undefined),
    ...(sandbox && { sandbox }),
    attachments: unsupported("attachments", supports.attachments, attachments.length > 0) ? [] : attachments,
    mcpServers: checkMcpServers(findings, lenient, provider, options.mcpServers, surroundings.cwd),
    env,
    isolation: checkIsolation(findings, provider, options.isolation, env),
    ...(session && !unsupported("session", supports.session, true) && { session }),
    sessionById: typeof options.session === "string",
    fork: unsupported("fork", supports.fork, fork) ? false : fork,
    timeouts: checkTimeouts(findings, provider, options.timeouts),
    limits: checkLimits(findings, lenient, provider, options.limits),
    retries: checkRetries(findings, provider, options.retries),
    ...(schema && { schema }),
    leftovers: checkWord(findings, "leftovers", options.leftovers, ["end", "keep"]) ?? "end",
    ...(executable !== undefined && { executable }),
    journal: checkJournal(findings, options.journal, surroundings.cwd),
    journalAsked: options.journal === true || typeof options.journal === "string",
    raw: checkBoolean(findings, "raw", options.raw) ?? false,
    native: choice.native,
    extraArgs: choice.extraArgs,
    ...(options.signal && { signal: options.signal }),
    ...(options.onEvent && { onEvent: options.onEvent }),
    ...(options.metadata !== undefined && { metadata: checkMetadata(findings, options.metadata) }),
    warnings: findings.warnings,
  };
  return { ...findings, provider, ...(findings.refusals.length === 0 && { resolved }) };
}

function checkNames(findings: Findings, options: HarnessOptions): void {
  for (const [name, value] of Object.entries(options)) {
    if (optionNames.includes(name) || value === undefined) continue;
    const message = `there is no option ${JSON.stringify(name)}; options: ${optionNames.join(", ")}`;
    refuse(findings, name, "unknown", message);
  }
}

function checkEnvironment(findings: Findings, given: unknown): Readonly<Record<string, string | undefined>> {
  const env = checkKeys(findings, "env", given, "any");
  for (const [name, value] of Object.entries(env)) {
    if (name === "" || /[=\0]/.test(name))
      refuse(findings, "env", "wrong-name", `env: ${show(name)} cannot be a variable's name`);
    if (value === undefined) continue;
    // The value may be a secret: the message does not show it.
    if (typeof value !== "string") refuse(findings, `env.${name}`, "wrong-type", `env.${name} is not a string`);
    else if (value.includes("\0")) refuse(findings, `env.${name}`, "nul-byte", `env.${name} holds a NUL character`);
  }
  return env as Readonly<Record<string, string | undefined>>;
}

/** It is kept with the run, as JSON. */
function checkMetadata(findings: Findings, given: unknown): Readonly<Record<string, unknown>> {
  const metadata = checkKeys(findings, "metadata", given, "any");
  try {
    JSON.stringify(metadata);
  } catch (error) {
    refuse(findings, "metadata", "not-json", `metadata cannot be kept as JSON: ${(error as Error).message}`);
  }
  return metadata;
}

function checkJournal(findings: Findings, given: unknown, base: string): boolean | string {
  if (given === undefined || typeof given === "boolean") return given ?? true;
  const directory = checkText(findings, "journal", given);
  return directory === undefined ? true : resolve(base, directory);
}
