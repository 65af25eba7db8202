/** What would be run, without running anything. */
import { realpathSync } from "node:fs";
import { join } from "node:path";
import { findHomes } from "../effects/homes.ts";
import { findUpwards } from "../effects/paths.ts";
import { compareEnvironments } from "../policy/environment.ts";
import { planFields } from "../policy/own-fields.ts";
import { createRedactor, redactAround } from "../policy/redaction.ts";
import { summarizeError, toHarnessError } from "../vocabulary/error.ts";
import type { ErrorSummary } from "../vocabulary/events.ts";
import { asObject } from "../vocabulary/json.ts";
import type { PermissionState } from "../vocabulary/result.ts";
import type { ProviderLookup } from "./check-provider.ts";
import { environmentIn, toLaunch, toRunRequest } from "./launch.ts";
import { locateAgent } from "./locate.ts";
import type { HarnessOptions } from "./options.ts";
import { resolveCall } from "./resolve-call.ts";
import type { ResolvedOptions, Surroundings } from "./resolve.ts";
import { describeSandbox, type SandboxSummary } from "./sandbox.ts";
import { askBy, listWays } from "./way.ts";
import { placesOf } from "./workspace-places.ts";

/** What `harness.plan` gives. Secrets are redacted. */
export interface Plan {
  readonly provider?: string;
  /** The agent's program, if it was found. */
  readonly executable?: string;
  readonly args?: readonly string[];
  readonly cwd?: string;
  /** What `cwd` is. */
  readonly workspace?: ResolvedOptions["workspace"];
  /** How the agent's environment differs from the caller's; `null` is a variable taken away. */
  readonly env?: Readonly<Record<string, string | null>>;
  readonly stdin?: string;
  /** Files written for the run, by path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly permissions?: PermissionState;
  /** What the sandbox shows, as far as it exists. */
  readonly sandbox?: SandboxSummary;
  readonly timeouts?: ResolvedOptions["timeouts"];
  readonly limits?: ResolvedOptions["limits"];
  /** The same with the other providers of a list, which take over in this order. */
  readonly fallbacks?: readonly Plan[];
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
  const { resolved, fallbacks, provider, refusals, warnings } = resolveCall(prompt, options, lookup, surroundings);
  // As they were given: what is refused quotes them.
  const redact = createRedactor(surroundings.env, asObject(options.env) ?? {}, asObject(options.mcpServers) ?? {});
  const redacted = (plan: Plan): Plan => redactAround(plan, redact, planFields);
  const found = { ...(provider && { provider: provider.id }), warnings, refusals: refusals.map(summarizeError) };
  if (resolved === undefined) return redacted(found);
  const others = fallbacks.map((one) =>
    redacted({ provider: one.provider.id, warnings: [], refusals: [], ...tryToDescribe(one, surroundings) }),
  );
  const plan = redacted({ ...found, ...tryToDescribe(resolved, surroundings) });
  return { ...plan, ...(others.length > 0 && { fallbacks: others }) };
}

function tryToDescribe(resolved: ResolvedOptions, surroundings: Surroundings): Partial<Plan> {
  try {
    return describe(resolved, surroundings);
  } catch (error) {
    return { refusals: [summarizeError(toHarnessError(error))] };
  }
}

function describe(given: ResolvedOptions, surroundings: Surroundings): Partial<Plan> {
  const { env: inherited, cwd: base } = surroundings;
  const resolved = moveToWorkspace(given);
  const { provider, cwd, workspace } = resolved;
  const home = resolved.isolation === "clean" ? plannedHome : undefined;
  const env = environmentIn(home, resolved, surroundings);
  const request = toRunRequest(resolved, env, plannedScratch, home && { path: home, shared: plannedShared });
  const [way] = resolved.schema ? listWays(provider, resolved.schema) : [];
  const command = provider.command(way ? askBy(way, provider, request) : request);
  const program = locateAgent(provider, resolved.executable, base, env);
  const launch = toLaunch(program, request, command);
  const redact = createRedactor(inherited, env, launch.env, resolved.mcpServers);
  const changes = Object.entries(compareEnvironments(inherited, launch.env));
  const plan: Partial<Plan> = {
    executable: launch.file,
    args: launch.args,
    cwd,
    workspace,
    env: Object.fromEntries(changes.map(([name, value]) => [name, value ?? null])),
    stdin: launch.stdin,
    files: Object.fromEntries([...filesIn(plannedScratch, command.files), ...filesIn(plannedHome, command.homeFiles)]),
    permissions: resolved.permissions,
    ...(resolved.sandbox && {
      sandbox: describeSandbox({
        choice: resolved.sandbox,
        request,
        homes: findHomes(home === undefined ? env : inherited),
        agent: provider.agent,
        program,
      }),
    }),
    timeouts: resolved.timeouts,
    limits: resolved.limits,
  };
  return redactAround(plan, redact, planFields);
}

function filesIn(directory: string, files: Readonly<Record<string, string>> = {}): [path: string, text: string][] {
  return Object.entries(files).map(([name, text]) => [join(directory, name), text]);
}

function moveToWorkspace(resolved: ResolvedOptions): ResolvedOptions {
  if (resolved.workspace.type === "in-place") return resolved;
  const root = findUpwards(realpathSync(resolved.cwd), ".git");
  return root === undefined ? resolved : placesOf(root, plannedWorktree).move(resolved);
}

/** Stands for the worktree, which does not exist yet. */
const plannedWorktree = "/<worktree>";

/** Stands for the run's private directory, which does not exist yet. */
const plannedScratch = "/<scratch>";

/** Stands for the private home, which does not exist yet. */
const plannedHome = "/<home>";
const plannedShared = "/<shared>";
