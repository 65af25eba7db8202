/** What the conformance suite has to know of a provider, to run its agent on the mock model. */
import type { Provider } from "../../provider.ts";
import type { ProviderOptions } from "../../run/options.ts";
import type { AnswerTurn } from "../mock-model/turns.ts";

/** A provider, its real agent, and how a user would point that at an endpoint of their own. */
export interface Subject {
  /** How it is called in the matrix; by default the provider's id. */
  readonly name?: string;
  readonly provider: Provider;
  /** The URL of the module that exports the provider, for one that doesn't come with Hitch: `import.meta.url`, mostly. */
  readonly module?: string;
  /** The agent's command as it is found on PATH: `claude`. */
  readonly executable: string;
  /** `providerOptions` that every run takes. */
  readonly providerOptions?: ProviderOptions;
  /** The model's id, as a caller of Hitch gives it. */
  readonly model: string;
  /**
   * Writes the agent's own configuration, for a user who lives in `place.home` and works in `place.cwd`. `more` is merged
   * into it where the agent has one file for all. Gives the variables that it takes. May be called again for a place.
   */
  configure(
    place: Place,
    endpoint: Endpoint,
    more?: Readonly<Record<string, unknown>>,
  ): Readonly<Record<string, string>>;
  /** The model's calls of the agent's tools, in the agent's words. */
  readonly calls: ToolCalls;
  /** Behaviours that the agent doesn't have, by id, each with its reason. One that is there after all fails the suite. */
  readonly exceptions?: Readonly<Record<string, string>>;
  /** Why the agent does not tell what kind of failure its model's side had: then `agent-error` counts as its code too. */
  readonly vagueFailures?: string;
}

export interface ToolCalls {
  shell(command: string, more?: Pick<AnswerTurn, "usage">): AnswerTurn;
  /** Creates a file; the path is absolute. */
  write(path: string, content: string): AnswerTurn;
  read(path: string): AnswerTurn;
  /**
   * Calls a tool of an MCP server. Only for agents that don't show the model all tools at once: by default the suite calls
   * the one that was offered whose name holds both names.
   */
  mcp?(server: string, tool: string, input: Readonly<Record<string, unknown>>): AnswerTurn;
}

/** Where a run takes place. Both directories exist and are empty. */
export interface Place {
  /** The project. */
  readonly cwd: string;
  /** Beside it, for what the agent keeps elsewhere. */
  readonly home: string;
}

/** Where the model answers. */
export interface Endpoint {
  /** `http://127.0.0.1:PORT`, for clients of Anthropic's and Google's interfaces. */
  readonly url: string;
  /** The same with `/v1`, for clients of OpenAI's. */
  readonly baseUrl: string;
  /** Tokens of the model's context. Default 200 000. */
  readonly contextTokens?: number;
  /** Tokens of the model's longest answer. Default 8 000. */
  readonly outputTokens?: number;
}
