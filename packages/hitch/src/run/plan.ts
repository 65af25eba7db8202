/** What would be run, without running anything. */
import { join } from "node:path";
import { buildEnvironment, compareEnvironments } from "../policy/environment.ts";
import { createRedactor } from "../policy/redaction.ts";
import { summarizeError, toHarnessError } from "../vocabulary/error.ts";
import type { ErrorSummary } from "../vocabulary/events.ts";
import type { PermissionState } from "../vocabulary/result.ts";
import type { ProviderLookup } from "./check-provider.ts";
import { toLaunch, toRunRequest } from "./launch.ts";
import { locateAgent } from "./locate.ts";
import type { HarnessOptions } from "./options.ts";
import { resolveOptions, type ResolvedOptions, type Surroundings } from "./resolve.ts";
import { askBy, listWays } from "./way.ts";

/** What `harness.plan` gives. Secrets are redacted. */
export interface Plan {
  readonly provider?: string;
  /** The agent's program, if it was found. */
  readonly executable?: string;
  readonly args?: readonly string[];
  readonly cwd?: string;
  /** How the agent's environment differs from the caller's; `null` is a variable taken away. */
  readonly env?: Readonly<Record<string, string | null>>;
  readonly stdin?: string;
  /** Files written for the run, by path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly permissions?: PermissionState;
  readonly timeouts?: ResolvedOptions["timeouts"];
  readonly warnings: readonly string[];
  /** Why it would be refused; empty if it would start. */
  readonly refusals: readonly ErrorSummary[];
}

/** Plans a run. Never throws what a run would reject with: that is in `refusals`. */
export function planRun(
  prompt: unknown,
  options: HarnessOptions,
  lookup: ProviderLookup,
  surroundings: Surroundings,
): Plan {
  const { resolved, provider, refusals, warnings } = resolveOptions(prompt, options, lookup, surroundings);
  const found = { ...(provider && { provider: provider.id }), warnings, refusals: refusals.map(summarizeError) };
  if (resolved === undefined) return found;
  try {
    return { ...found, ...describe(resolved, surroundings) };
  } catch (error) {
    return { ...found, refusals: [summarizeError(toHarnessError(error))] };
  }
}

function describe(resolved: ResolvedOptions, { env: inherited, cwd: base }: Surroundings): Partial<Plan> {
  const { provider, cwd } = resolved;
  const env = buildEnvironment({ inherited, cwd, added: resolved.env });
  const request = toRunRequest(resolved, env, plannedScratch);
  const [way] = resolved.schema ? listWays(provider, resolved.schema) : [];
  const command = provider.command(way ? askBy(way, provider, request) : request);
  const launch = toLaunch(locateAgent(provider, resolved.executable, base, env), request, command);
  const redact = createRedactor(inherited, launch.env, resolved.mcpServers);
  const changes = Object.entries(compareEnvironments(inherited, launch.env));
  return {
    executable: launch.file,
    args: launch.args.map(redact),
    cwd,
    env: Object.fromEntries(changes.map(([name, value]) => [name, value === undefined ? null : redact(value)])),
    stdin: redact(launch.stdin),
    files: Object.fromEntries(
      Object.entries(command.files ?? {}).map(([name, text]) => [join(plannedScratch, name), redact(text)]),
    ),
    permissions: resolved.permissions,
    timeouts: resolved.timeouts,
  };
}

/** Stands for the run's private directory, which does not exist yet. */
const plannedScratch = "/<scratch>";
