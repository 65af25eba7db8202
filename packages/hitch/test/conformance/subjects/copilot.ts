import { join } from "node:path";
import { copilot as provider } from "../../../src/providers/copilot.ts";
import { toolCall, type Subject } from "../../../src/testing/index.ts";

/** Copilot, with the endpoint in variables: it keeps none in a file. */
export const copilot: Subject = {
  provider,
  executable: "copilot",
  // One that it does not know: others are offered a tool for patches, which is no function.
  model: "mock-model",
  configure({ home }, { baseUrl, contextTokens = 200_000, outputTokens = 8_000 }) {
    return {
      COPILOT_HOME: join(home, "copilot"),
      // All places share what it unpacks, 235 MB.
      COPILOT_PKG_CACHE_HOME: join(home, "..", "..", "copilot-package"),
      COPILOT_OFFLINE: "true",
      COPILOT_PROVIDER_BASE_URL: baseUrl,
      COPILOT_PROVIDER_API_KEY: "a-key-for-the-mock",
      COPILOT_PROVIDER_MAX_PROMPT_TOKENS: String(contextTokens),
      COPILOT_PROVIDER_MAX_OUTPUT_TOKENS: String(outputTokens),
    };
  },
  calls: {
    shell: (command, more) => toolCall("bash", { command, description: "Runs a command" }, more),
    write: (path, content) => toolCall("create", { path, file_text: content }),
    read: (path) => toolCall("view", { path }),
  },
  exceptions: {
    usage: "Copilot tells nobody how many tokens were used.",
    "resume-usage": "Copilot tells nobody how many tokens were used.",
    "prompt-white-space": "Copilot drops the white space at a prompt's end.",
  },
};
