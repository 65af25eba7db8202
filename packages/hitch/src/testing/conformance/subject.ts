/** What the conformance suite has to know of a provider, to run its agent on the mock model. */
import type { Provider } from "../../provider.ts";
import type { HarnessOptions, ProviderOptions } from "../../run/options.ts";
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
  /**
   * The options by which a caller points the agent at an endpoint without any file of the user's, as isolation `clean` needs it.
   * The key for the endpoint is `mockKey`, in a variable. Absent: there is no such way, which an exception explains.
   */
  configureByOptions?(endpoint: Endpoint): Pick<HarnessOptions, "env" | "model" | "providerOptions">;
  /** The file in a project that has instructions for the agent. Default `AGENTS.md`. */
  readonly instructionsFile?: string;
  /**
   * Files by which a project has the agent run a shell command, by path: MCP servers, hooks, plugins, as many as there are. At
   * least one of them works when the user's own configuration counts.
   */
  readonly traps?: (command: string) => Readonly<Record<string, string>>;
  /** Why none of the traps works even then: it does not trust a project by itself. */
  readonly trapsNeedTrust?: string;
  /** The model's calls of the agent's tools, in the agent's words. */
  readonly calls: ToolCalls;
  /** Behaviours that the agent doesn't have, by id, each with its reason. One that is there after all fails the suite. */
  readonly exceptions?: Readonly<Record<string, string>>;
}

/** What the endpoint would take for a key. */
export const mockKey = "a-key-for-the-mock";

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
