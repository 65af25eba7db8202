/** What an agent can do, as data: for the spine, which refuses the rest, and for those who read about it. */
import type { LimitKind, LimitSupport } from "./limits.ts";
import type { McpTransport } from "./mcp.ts";
import type { EnforcedBy, PermissionLevel } from "./result.ts";

/** What the agent can do. The spine refuses what is missing here, so that no option is silently ignored. */
export interface Capabilities {
  /** `live`: prints while it works. `per-step`: prints a tool call only when it is over, so silence says nothing. */
  readonly progress: "live" | "per-step";
  /** `on`: the agent retries failed calls of its model itself, and Hitch does not multiply that. */
  readonly ownRetries: "on" | "off";
  readonly enforcedBy: Readonly<Record<PermissionLevel, EnforcedBy>>;
  readonly options: OptionSupport;
  readonly output: OutputSupport;
  /** Who keeps the limits of a run. What nobody keeps is refused. */
  readonly limits: Readonly<Record<LimitKind, LimitSupport>>;
  /** Its commands do not find the keys for its model in their environment, of those in `agent.login.env`. Default: they do. */
  readonly hidesKeys?: true;
  /** Longest prompt in bytes of UTF-8; absent: no limit known. */
  readonly maxPromptBytes?: number;
  /** Longest prompt in characters (code points), for agents that count these. */
  readonly maxPromptCharacters?: number;
}

/** How the agent can be asked for a value of the caller's schema. */
export interface OutputSupport {
  /**
   * The ways, best first. `native`: a flag of the agent's own. `tool`: an MCP tool of ours, so it takes servers over stdio.
   * `text`: JSON as the last message, which every agent can.
   */
  readonly rungs: readonly OutputRung[];
  /** What the agent's own way needs, for `native`. */
  readonly dialect?: SchemaDialect;
}

export type OutputRung = "native" | "tool" | "text";

/** What a JSON Schema has to be like. The value is always checked against the whole schema of the caller. */
export interface SchemaDialect {
  /** Objects require all their properties and allow no others. Optional ones may then be null, which is undone. */
  readonly closedObjects: boolean;
  /** The root is an object with named properties and nothing else. */
  readonly objectRoot: boolean;
  /** Keywords that are refused; they are left out. */
  readonly unsupported: readonly string[];
  /** The only keywords that are taken, where every other one is refused; those are left out. */
  readonly supported?: readonly string[];
}

/** Which options the agent honours. */
export interface OptionSupport {
  /**
   * The form that a model's id must have, and how to say it. `vendor`: whose models all of them are, as price lists name it
   * (`openai`); absent: an id begins with it, as in `openai/gpt-5.5`, or nothing is known of its price.
   */
  readonly model: {
    readonly required: boolean;
    readonly form?: RegExp;
    readonly example: string;
    readonly vendor?: string;
  };
  /** `unchecked`: the agent says nothing about an effort that the model does not have, so the spine warns. */
  readonly effort: boolean | "unchecked";
  readonly addDirs: boolean;
  readonly systemPrompt: { readonly replace: boolean; readonly append: boolean };
  readonly attachments: boolean;
  readonly mcpServers: readonly McpTransport[];
  readonly session: boolean;
  readonly fork: boolean;
  /** `isolation: "clean"`: it works in an empty home, and of the repository takes only instructions. Default: it cannot. */
  readonly clean?: true;
  /** Names of the keys in `providerOptions.<id>` besides `extraArgs`. */
  readonly native: readonly string[];
}
