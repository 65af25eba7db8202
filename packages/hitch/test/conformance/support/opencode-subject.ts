import { join } from "node:path";
import type { Provider } from "../../../src/provider.ts";
import { toolCall, type Subject } from "../../../src/testing/index.ts";
import { writeJson } from "./write-json.ts";

/**
 * OpenCode or a fork of it, with the endpoint in the project's configuration file. One million tokens cost 1 $ in, 2 $ out.
 */
export function opencodeSubject(provider: Provider, file: string): Subject {
  return {
    provider,
    executable: provider.id,
    model: "mock/mock-model",
    configure({ cwd }, { baseUrl, contextTokens = 200_000, outputTokens = 8_000 }, more = {}) {
      const model = {
        name: "Mock model",
        limit: { context: contextTokens, output: outputTokens },
        cost: { input: 1, output: 2 },
        attachment: true,
        modalities: { input: ["text", "image"], output: ["text"] },
      };
      const options = { baseURL: baseUrl, apiKey: "a-key-for-the-mock" };
      const mock = { npm: "@ai-sdk/openai-compatible", name: "Mock", options, models: { "mock-model": model } };
      writeJson(join(cwd, file), { provider: { mock }, ...more });
      return {};
    },
    calls: {
      shell: (command, more) => toolCall("bash", { command, description: "Runs a command" }, more),
      write: (filePath, content) => toolCall("write", { filePath, content }),
      read: (filePath) => toolCall("read", { filePath }),
    },
  };
}
