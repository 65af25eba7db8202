/** The real agents, pointed at a mock model the way a user points them at an endpoint of their own. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { toolCall, type AnswerTurn } from "../../../src/testing/index.ts";

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
  readonly id: "opencode" | "pi";
  /**
   * Writes the agent's own configuration: for OpenCode the project's `opencode.json` in `cwd`, for pi the files of its
   * directory under `home`. `more` is merged into it (pi: into `settings.json`). Gives the variables that it takes.
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

/** The model's id in all configurations. One million tokens cost 1 $ in, 2 $ out. */
export const mockModel = "mock/mock-model";

const opencode: RealAgent = {
  id: "opencode",
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

/** For tables: every test of the contract holds for both. */
export const agents: readonly RealAgent[] = [opencode, pi];
export const agentById = { opencode, pi } as const;

function writeJson(path: string, value: unknown): void {
  writeFileSync(path, JSON.stringify(value, undefined, 2));
}
