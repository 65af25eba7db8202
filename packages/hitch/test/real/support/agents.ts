/** The real agents, pointed at a mock model the way a user points them at an endpoint of their own. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { toolCall, type AnswerTurn, type ModelMessage } from "../../../src/testing/index.ts";
import { tier } from "../../support/tier.ts";

/** What the endpoint's entry in the agent's configuration says. */
export interface Endpoint {
  /** With `/v1`. */
  readonly baseUrl: string;
  /** Tokens of the model's context. Default 200 000. */
  readonly contextTokens?: number;
  /** Tokens of the model's longest answer. Default 8 000. */
  readonly outputTokens?: number;
}

export interface RealAgent {
  readonly id: "opencode" | "pi" | "codex";
  /** The model's id. */
  readonly model: string;
  /**
   * Writes the agent's own configuration: for OpenCode the project's `opencode.json` in `cwd`, for pi and Codex the files of
   * their directory under `home`. `more` is merged into it (pi: into `settings.json`). Gives the variables that it takes.
   */
  configure(place: Place, endpoint: Endpoint, more?: Record<string, unknown>): Record<string, string>;
  /** The model's calls of the agent's tools, in the agent's words. */
  readonly calls: {
    shell(command: string, more?: Pick<AnswerTurn, "usage">): AnswerTurn;
    write(path: string, content: string): AnswerTurn;
    read(path: string): AnswerTurn;
  };
}

export interface Place {
  readonly cwd: string;
  /** A directory beside `cwd`, for what the agent keeps elsewhere. */
  readonly home: string;
}

/** Of the agents that know prices: one million tokens cost 1 $ in, 2 $ out. */
const mockModel = "mock/mock-model";

const opencode: RealAgent = {
  id: "opencode",
  model: mockModel,
  configure({ cwd }, endpoint, more = {}) {
    const model = {
      name: "Mock model",
      limit: { context: endpoint.contextTokens ?? 200_000, output: endpoint.outputTokens ?? 8_000 },
      cost: { input: 1, output: 2 },
      attachment: true,
      modalities: { input: ["text", "image"], output: ["text"] },
    };
    const options = { baseURL: endpoint.baseUrl, apiKey: "a-key-for-the-mock" };
    const mock = { npm: "@ai-sdk/openai-compatible", name: "Mock", options, models: { "mock-model": model } };
    writeJson(join(cwd, "opencode.json"), { provider: { mock }, ...more });
    return {};
  },
  calls: {
    shell: (command, more) => toolCall("bash", { command, description: "Runs a command" }, more),
    write: (filePath, content) => toolCall("write", { filePath, content }),
    read: (filePath) => toolCall("read", { filePath }),
  },
};

const pi: RealAgent = {
  id: "pi",
  model: mockModel,
  configure({ home }, endpoint, more = {}) {
    const directory = join(home, "pi");
    mkdirSync(directory, { recursive: true });
    const model = {
      id: "mock-model",
      contextWindow: endpoint.contextTokens ?? 200_000,
      maxTokens: endpoint.outputTokens ?? 8_000,
      input: ["text", "image"],
      cost: { input: 1, output: 2, cacheRead: 0, cacheWrite: 0 },
    };
    const mock = {
      baseUrl: endpoint.baseUrl,
      api: "openai-completions",
      apiKey: "a-key-for-the-mock",
      models: [model],
    };
    writeJson(join(directory, "models.json"), { providers: { mock } });
    // Its own retries would wait for 2, 4 and 8 s.
    writeJson(join(directory, "settings.json"), { retry: { baseDelayMs: 10 }, ...more });
    return { PI_CODING_AGENT_DIR: directory, PI_OFFLINE: "1" };
  },
  calls: {
    shell: (command, more) => toolCall("bash", { command }, more),
    write: (path, content) => toolCall("write", { path, content }),
    read: (path) => toolCall("read", { path }),
  },
};

const codex: RealAgent = {
  id: "codex",
  // One that Codex knows: others are not offered its tool for patches.
  model: "gpt-5.5",
  configure({ home }, endpoint, more = {}) {
    const directory = join(home, "codex");
    mkdirSync(directory, { recursive: true });
    // Its own retries, 30 calls in the worst case, would take 25 s.
    const retries = { request_max_retries: 1, stream_max_retries: 1 };
    const key = { experimental_bearer_token: "a-key-for-the-mock" };
    const mock = { name: "Mock", base_url: endpoint.baseUrl, wire_api: "responses", ...key, ...retries };
    const settings = {
      model_provider: "mock",
      model_context_window: endpoint.contextTokens ?? 200_000,
      ...more,
      ...Object.fromEntries(Object.entries(mock).map(([name, value]) => [`model_providers.mock.${name}`, value])),
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name} = ${JSON.stringify(value)}\n`);
    writeFileSync(join(directory, "config.toml"), lines.join(""));
    return { CODEX_HOME: directory };
  },
  calls: {
    // Half a minute is the longest for which Codex waits for a command before it asks the model what to do.
    shell: (cmd, more) => toolCall("exec_command", { cmd, yield_time_ms: 30_000 }, more),
    write: (path, content) =>
      toolCall("apply_patch", `*** Begin Patch\n*** Add File: ${path}\n+${content}\n*** End Patch\n`),
    read: (path) => toolCall("exec_command", { cmd: `cat '${path}'` }),
  },
};

/** For tables: every test of the contract holds for all. Codex has the conformance tests of CI, and these in `npm run test:all`. */
export const agents: readonly RealAgent[] = tier === "all" ? [opencode, pi, codex] : [opencode, pi];
export const agentById = { opencode, pi, codex } as const;

/** Whether the user or the model said it in the conversation. Codex tells the model first where it is, as its user. */
export function isConversation({ role, text }: ModelMessage): boolean {
  return role !== "system" && !text.startsWith("<environment_context>");
}

function writeJson(path: string, value: unknown): void {
  writeFileSync(path, JSON.stringify(value, undefined, 2));
}
