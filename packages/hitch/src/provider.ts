/**
 * The contract of a provider: our adapter for one agent. A provider is data and pure functions; it starts nothing,
 * reads no file, has no clock and keeps no state. The spine does all that, the same for every provider.
 */
import type { Capabilities } from "./vocabulary/capabilities.ts";
import type { ErrorCode } from "./vocabulary/codes.ts";
import type { AgentEvent } from "./vocabulary/events.ts";
import type { JsonObject } from "./vocabulary/json.ts";
import type { Limits } from "./vocabulary/limits.ts";
import type { McpServers } from "./vocabulary/mcp.ts";
import type { PermissionLevel, Session } from "./vocabulary/result.ts";
import type { Usage } from "./vocabulary/usage.ts";

export type {
  Capabilities,
  OptionSupport,
  OutputRung,
  OutputSupport,
  SchemaDialect,
} from "./vocabulary/capabilities.ts";

export interface Provider {
  /** Lower case, with hyphens: `opencode`, `claude-code`. */
  readonly id: string;
  readonly agent: Agent;
  readonly capabilities: Capabilities;
  /**
   * For a provider whose agent its caller names: the provider that runs, by `providerOptions.<id>`. It is asked first, and
   * throws a HarnessError about what it cannot use.
   */
  configure?(native: Readonly<Record<string, unknown>>): Provider;
  /** Commands to run once per key before the first run, under a lock: migrate a database, unpack. */
  prepare?(request: RunRequest): readonly Step[];
  /** How to ask the agent where a session belongs, if it goes wrong with a session of another directory. */
  locateSession?(id: string, request: RunRequest): Inquiry;
  /** How to ask the agent what failed last in a session, where it prints words that leave open what kind of failure it is. */
  askFailure?(id: string, request: RunRequest): Inquiry<Failure>;
  /** What to start. Nothing has happened yet, and nothing happens here. */
  command(request: RunRequest): Command;
  /** A fresh decoder for one attempt; all state of an attempt lives in it. */
  decoder(request: RunRequest): Decoder;
}

/** The external program: how to find it, install it and log in. For the spine, `doctor` and the docs. */
export interface Agent {
  /** Where the program may be; the first that exists is taken. */
  readonly launch: readonly Launch[];
  /** A command that installs it. */
  readonly install: string;
  readonly version: { readonly args: readonly string[]; readonly tested: string };
  /** Variables and files (`~` is the home) that show a login. */
  readonly login: { readonly env: readonly string[]; readonly files: readonly string[] };
  /** The variable that moves the agent's directory, and where that is without it. */
  readonly home?: { readonly env: string; readonly user: string };
  /**
   * What it keeps in the user's home: configuration, login, sessions, caches. Of the home it sees nothing else in a sandbox.
   * Default: `home`.
   */
  readonly keeps?: readonly KeptPlace[];
}

/** A directory or file of an agent's own. */
export interface KeptPlace {
  /** The variable that names its directory, and where that is without it (`~` is the home). */
  readonly env?: string;
  readonly user: string;
  /** The path below that directory, if it is not the directory itself. */
  readonly below?: string;
  readonly isFile?: true;
}

/** A place to look for the program. */
export type Launch = NamedProgram | PackagedProgram | PackagedScript;

/** A name to look up on PATH. */
export interface NamedProgram {
  readonly name: string;
}

/**
 * A native program in the npm package that puts a script of this name on PATH. Without the script in between it starts
 * sooner, and signals reach the agent itself.
 */
export interface PackagedProgram extends NamedProgram {
  /** Its path below `node_modules`, by Node's `platform-arch`: `linux-x64`, `darwin-arm64`. */
  readonly binaries: Readonly<Record<string, string>>;
}

/**
 * A script for Node in the npm package that puts a launcher of this name on PATH. It is run by the Node that would run the
 * launcher, which would only start it and keep signals from it.
 */
export interface PackagedScript extends NamedProgram {
  /** Its path below `node_modules`. */
  readonly script: string;
  /** For Node itself. */
  readonly nodeArgs: readonly string[];
}

/** A run as the provider sees it: checked, defaulted, with every path absolute. */
export interface RunRequest {
  readonly prompt: string;
  readonly model?: string;
  readonly effort?: string;
  /** The agent's root. */
  readonly cwd: string;
  readonly addDirs: readonly string[];
  readonly systemPrompt?: { readonly mode: "replace" | "append"; readonly text: string };
  readonly permissions: PermissionLevel;
  readonly attachments: readonly string[];
  /** The caller's, and ours for the output. Their tools may be used at every permission level: they were asked for. */
  readonly mcpServers: McpServers;
  /** For the agent's own way of structured output, in its dialect. */
  readonly outputSchema?: JsonObject;
  readonly session?: Session;
  /** Branch off `session` instead of continuing it. */
  readonly fork: boolean;
  /** The environment of the child as built so far: read it, and return changes in `Command.env`. */
  readonly env: Readonly<Record<string, string>>;
  /** With isolation `clean`: the agent's private home, which is `HOME` in `env`. Of the repository only instructions count then. */
  readonly home?: string;
  /** With `home`: the top of the Git working tree that `cwd` is in. There may be instructions in every directory between. */
  readonly repository?: string;
  /** With `home`: a directory for what the agent unpacks, the same for all of its private homes. Nothing else belongs there. */
  readonly shared?: string;
  /** A private directory that is removed after the run; `Command.files` are written there. */
  readonly scratch: string;
  readonly timeouts: { readonly totalMs?: number; readonly idleMs?: number };
  /** What the run may still spend, for agents that keep a limit themselves. */
  readonly limits: Limits;
  /** `providerOptions.<id>` of the caller. */
  readonly native: Readonly<Record<string, unknown>>;
  readonly extraArgs: readonly string[];
}

/** What to start. */
export interface Command {
  /** An array, never a shell string. */
  readonly args: readonly string[];
  readonly stdin: string;
  /** The protocol goes on over stdin: it is closed only when the decoder says so. */
  readonly keepStdinOpen?: boolean;
  /** From SIGTERM to SIGKILL when it is ended, in milliseconds, for an agent that works on in between. Default 3000. */
  readonly graceMs?: number;
  /** Changes to the environment; `undefined` removes. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Contents by name, written to `scratch` with mode 0600. */
  readonly files?: Readonly<Record<string, string>>;
  /** A file in `scratch`, absolute, to which the agent writes what it tells nowhere else. */
  readonly log?: string;
  /** Contents by path below `home`, written there with mode 0600 before each attempt. Only where there is one. */
  readonly homeFiles?: Readonly<Record<string, string>>;
}

/** A command of the agent's to run once. */
export interface Step {
  /** What it prepares; it runs once per key and version of the agent. */
  readonly key: string;
  /** It is needed again when this file is missing or was replaced. Absolute. */
  readonly creates: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A question to the agent. */
export interface Inquiry<Answer = string> {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The answer in what was printed: the session's directory, the failure. Undefined if there is none. */
  read(stdout: string): Answer | undefined;
}

/** Turns what the agent prints into events and evidence. Native input is read loosely: it never throws. */
export interface Decoder {
  /** A line of stdout, without its newline. */
  line(text: string): Decoded;
  /** A line of stderr. */
  stderr?(text: string): Decoded;
  /** A line of `Command.log`, which is read when the process is over. */
  log?(text: string): Decoded;
  /** The process is over, and everything it printed or logged was decoded. */
  exit?(exit: Exit): Decoded;
  /** The run is being cancelled: a protocol's last words. */
  cancel?(): Decoded;
}

/** How the process ended: one of the two is set. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** What a decoder makes of its input; everything is optional. */
export interface Decoded {
  readonly events?: readonly AgentEvent[];
  readonly evidence?: readonly Evidence[];
  /** An answer to the agent, for protocols that go both ways. */
  readonly reply?: string;
  readonly closeStdin?: true;
}

/** What a decoder concludes, for the verdict. */
export type Evidence =
  /**
   * The agent has said all; `ok: false` says that it gave up, `reason` how. Without `ended.ok` exit 0 is no success.
   * `exitCode`: what the agent exits with after this end; "any" if that means nothing. Default 0.
   */
  | { readonly type: "ended"; readonly ok: boolean; readonly reason?: string; readonly exitCode?: number | "any" }
  /** Something failed. `recovered`: the agent goes on by itself, so it only explains what may follow. */
  | ({ readonly type: "failure"; readonly recovered?: boolean } & Failure)
  /** It will never end by itself: the spine ends it. */
  | { readonly type: "stop"; readonly code: ErrorCode; readonly message: string }
  /** The value that the agent's own way of structured output gave. */
  | { readonly type: "output"; readonly value: unknown }
  /** Which model answers from here on, as the agent tells it, in the form that callers give it. */
  | { readonly type: "model"; readonly id: string }
  /** What was used, where the agent counts it itself rather than per step. */
  | {
      readonly type: "totals";
      readonly scope: "attempt" | "session";
      readonly usage?: Usage;
      /** `usage` by model, of an attempt in which more than one may have answered. */
      readonly usageByModel?: Readonly<Record<string, Usage>>;
      readonly usd?: number;
    };

/** A failure as the agent tells it. */
export interface Failure {
  /** The agent's own words. */
  readonly message: string;
  /** The HTTP status that the model's side answered. */
  readonly status?: number;
  /** The agent's name for the error, as in `ContextOverflowError`, or the back end's, as in `insufficient_quota`. */
  readonly name?: string;
  /** The code, where the decoder knows it for certain. */
  readonly code?: ErrorCode;
  readonly retryAfterMs?: number;
}

/**
 * Checks a provider's type where it is written.
 *
 * @example
 * export const echo = defineProvider({ id: "echo", agent, capabilities, command, decoder });
 */
export function defineProvider<const P extends Provider>(provider: P): P {
  return provider;
}
