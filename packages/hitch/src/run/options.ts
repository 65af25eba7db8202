/** The options of a run, as callers give them. `undefined` means: not given. */
import type { Schema } from "../output/schema.ts";
import type { Provider } from "../provider.ts";
import type { HitchEvent } from "../vocabulary/events.ts";
import type { McpServers } from "../vocabulary/mcp.ts";
import type { PermissionLevel, Session } from "../vocabulary/result.ts";

/** A provider together with options that belong to it. */
export interface ProviderChoice {
  /** Id of a provider that comes with Hitch, or a value made with `defineProvider`. */
  readonly provider: string | Provider;
  readonly model?: string | undefined;
  readonly effort?: string | undefined;
  readonly providerOptions?: ProviderOptions | undefined;
}

/** Native knobs by provider id. `extraArgs` is the last resort: arguments handed to the agent as they are. */
export type ProviderOptions = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Time limits in milliseconds; `false` is no limit. */
export interface Timeouts {
  /** For the whole run, waiting between attempts included. Default 30 minutes. */
  readonly total?: number | false | undefined;
  /** Until the agent prints its first byte. Default 2 minutes; none for agents that print only whole steps. */
  readonly startup?: number | false | undefined;
  /** Without output while no tool runs. Default 5 minutes; none for agents that print only whole steps. */
  readonly idle?: number | false | undefined;
}

/** What the run may spend at most, in all its attempts together. */
export interface Limits {
  /** US dollars, as the agent counts them. */
  readonly usd?: number | undefined;
  /** Tokens of all kinds: input, output, reasoning, read from a cache and written to one. */
  readonly tokens?: number | undefined;
  /** Calls of the model. */
  readonly turns?: number | undefined;
}

/** How often to try again. */
export interface Retries {
  /** New attempts after failures of the model's side. Default 2, or 0 where the agent retries by itself. */
  readonly transient?: number | undefined;
  /** How often the model may correct a value that does not fit the schema. Default 2. */
  readonly output?: number | undefined;
}

/** A sandbox of the operating system around the agent and all that it starts. Linux, with bubblewrap. */
export interface Sandbox {
  /**
   * `false`: none, not even this machine's own. A list of `name:port`: only these, as in `["api.openai.com:443"]`; the agent
   * needs that of its model. Default true: all.
   */
  readonly network?: boolean | readonly string[] | undefined;
  /** Directories that may be written, besides `cwd`, `addDirs` and what the agent keeps in the home. */
  readonly writable?: readonly string[] | undefined;
}

/** Where the agent works. */
export type WorkspaceChoice =
  | "in-place"
  | "worktree"
  | {
      readonly type: "in-place" | "worktree";
      /** Start from what is there, not from the last commit: changed and untracked files too, not what is ignored. Default false. */
      readonly uncommitted?: boolean | undefined;
      /**
       * Leave the worktree there when the run is over; `git worktree remove` removes it. `unless-stored`: only if the journal does
       * not have all that was changed, as it is. Default false.
       */
      readonly keep?: boolean | "unless-stored" | undefined;
    };

export interface HarnessOptions {
  /** Which agent. Default: `HITCH_PROVIDER`. */
  readonly provider?: string | Provider | ProviderChoice | readonly (string | Provider | ProviderChoice)[] | undefined;
  /** The agent's model id. Default: the agent's own. */
  readonly model?: string | undefined;
  /** Reasoning effort, in the agent's words. Default: the agent's own. */
  readonly effort?: string | undefined;
  /** The directory in which the agent works. Must exist. Default: `process.cwd()`. */
  readonly cwd?: string | undefined;
  /**
   * `worktree`: the agent works in a Git worktree of `cwd`'s repository, at the last commit; what it changes is in the result's
   * `changes`, and `apply()` of the result brings it here. Default `in-place`.
   */
  readonly workspace?: WorkspaceChoice | undefined;
  /** Further directories that the agent may use. */
  readonly addDirs?: readonly string[] | undefined;
  /** A string replaces the agent's system prompt, `append` adds to it. */
  readonly systemPrompt?: string | { readonly append: string } | undefined;
  /** What the agent may do. Default `workspace`. */
  readonly permissions?: PermissionLevel | undefined;
  /**
   * Has the operating system enforce the permissions, whatever the agent and its commands do: nothing else can be written, and
   * the home cannot be read. Default false.
   */
  readonly sandbox?: boolean | Sandbox | undefined;
  /** Files and images for the agent to look at. */
  readonly attachments?: readonly string[] | undefined;
  /** MCP servers for the agent, by name, beside those of its own configuration. It may use all their tools. */
  readonly mcpServers?: McpServers | undefined;
  /** What the run is to give as `output`: a schema of Zod, Valibot, ArkType …, or a plain JSON Schema. */
  readonly schema?: Schema | undefined;
  /** Variables added to the agent's environment; `undefined` removes one. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /**
   * `inherit`: the user's own configuration, login and environment. `clean`: a private home for each session, of the environment
   * only what every program needs and what `env` gives, logins included, and of the repository only its instructions. Default
   * `inherit`.
   */
  readonly isolation?: "inherit" | "clean" | undefined;
  /** A session or its id, to continue. */
  readonly session?: Session | string | undefined;
  /** Branch off `session` instead of continuing it. Default false. */
  readonly fork?: boolean | undefined;
  readonly timeouts?: Timeouts | undefined;
  /** What the run may spend. A call of the model that is under way is paid, and its answer counts. Default: no limits. */
  readonly limits?: Limits | undefined;
  readonly retries?: Retries | undefined;
  /** What becomes of processes that outlive a finished agent. Default `end`. */
  readonly leftovers?: "end" | "keep" | undefined;
  /** Path of the agent's program. Default: found on PATH. */
  readonly executable?: string | undefined;
  /** Where the run's events are kept: `true` is the state directory, a path is a directory of your own. Default `true`. */
  readonly journal?: boolean | string | undefined;
  /** Give the agent's native lines as `raw` events too. Default false. */
  readonly raw?: boolean | undefined;
  /** Options that the provider cannot honour become warnings instead of errors. Default false. */
  readonly lenient?: boolean | undefined;
  /** Cancels the run. */
  readonly signal?: AbortSignal | undefined;
  /** Called with every event, at once. If it throws, the run is cancelled. */
  readonly onEvent?: ((event: HitchEvent) => void) | undefined;
  /** Labels of yours, kept with the run. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  readonly providerOptions?: ProviderOptions | undefined;
}

/** Names of all options, for telling a wrong one from a missing one. The type makes sure that none is forgotten. */
export const optionNames = Object.keys({
  provider: 0,
  model: 0,
  effort: 0,
  cwd: 0,
  workspace: 0,
  addDirs: 0,
  systemPrompt: 0,
  permissions: 0,
  sandbox: 0,
  attachments: 0,
  mcpServers: 0,
  schema: 0,
  env: 0,
  isolation: 0,
  session: 0,
  fork: 0,
  timeouts: 0,
  limits: 0,
  retries: 0,
  leftovers: 0,
  executable: 0,
  journal: 0,
  raw: 0,
  lenient: 0,
  signal: 0,
  onEvent: 0,
  metadata: 0,
  providerOptions: 0,
} satisfies Record<keyof HarnessOptions, 0>);

const mergedByKey = ["env", "timeouts", "limits", "retries", "providerOptions", "mcpServers", "metadata"] as const;

/** Lays options over defaults: objects by key, everything else replaced. `undefined` leaves the default. */
export function mergeOptions(defaults: HarnessOptions, options: HarnessOptions): HarnessOptions {
  const merged: Record<string, unknown> = { ...defaults, ...given(options) };
  for (const name of mergedByKey) {
    const [below, above] = [defaults[name], options[name]];
    // In `env` alone `undefined` says something: the variable is taken away.
    if (below && above) merged[name] = { ...below, ...(name === "env" ? above : given(above)) };
  }
  return merged;
}

function given(options: object | null): object {
  return Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== undefined));
}
