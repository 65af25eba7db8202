import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pi as provider } from "../../../src/providers/pi.ts";
import { toolCall, type Subject } from "../../../src/testing/index.ts";
import { writeJson } from "../support/write-json.ts";

/** pi, with the endpoint in its `models.json`; `more` goes into its `settings.json`. One million tokens cost 1 $ in, 2 $ out. */
export const pi: Subject = {
  provider,
  executable: "pi",
  model: "mock/mock-model",
  configure({ home }, { baseUrl, contextTokens = 200_000, outputTokens = 8_000 }, more = {}) {
    const directory = join(home, "pi");
    mkdirSync(directory, { recursive: true });
    const model = {
      id: "mock-model",
      contextWindow: contextTokens,
      maxTokens: outputTokens,
      input: ["text", "image"],
      cost: { input: 1, output: 2, cacheRead: 0, cacheWrite: 0 },
    };
    const mock = { baseUrl, api: "openai-completions", apiKey: "a-key-for-the-mock", models: [model] };
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
