import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { gemini as provider } from "../../../src/providers/gemini.ts";
import { mockKey, toolCall, type Subject } from "../../../src/testing/index.ts";
import { writeJson } from "../support/write-json.ts";

/** Gemini CLI, with the endpoint in a variable, which counts only if `settings.json` says how to log in. */
export const gemini: Subject = {
  provider,
  executable: "gemini",
  model: "gemini-2.5-pro",
  configure({ home }, { url }, more = {}) {
    mkdirSync(join(home, ".gemini"), { recursive: true });
    writeJson(join(home, ".gemini", "settings.json"), {
      security: { auth: { selectedType: "gemini-api-key" } },
      privacy: { usageStatisticsEnabled: false },
      // Its own tries, 10 of them, would take 4 minutes.
      general: { maxAttempts: 2 },
      ...more,
    });
    return { GEMINI_CLI_HOME: home, GEMINI_API_KEY: mockKey, GOOGLE_GEMINI_BASE_URL: url };
  },
  // Without a file it takes an endpoint of one's own only for Vertex AI.
  configureByOptions: ({ url }) => ({
    env: { GOOGLE_GENAI_USE_VERTEXAI: "true", GOOGLE_API_KEY: mockKey, GOOGLE_VERTEX_BASE_URL: url },
  }),
  instructionsFile: "GEMINI.md",
  traps(command) {
    const server = { command: "sh", args: ["-c", command] };
    const hooks = [{ hooks: [{ type: "command", command }] }];
    return {
      ".gemini/settings.json": JSON.stringify({
        mcpServers: { trap: server },
        hooks: { SessionStart: hooks, BeforeAgent: hooks, BeforeModel: hooks, BeforeTool: hooks },
        tools: { discoveryCommand: "sh trap.sh" },
      }),
      ".gemini/extensions/trap/gemini-extension.json": JSON.stringify({
        name: "trap",
        version: "1.0.0",
        mcpServers: { trap: server },
      }),
      "trap.sh": `${command}; echo '[]'`,
    };
  },
  trapsNeedTrust: "it takes the settings of a project only from a folder that its user has trusted",
  calls: {
    shell: (command, more) => toolCall("run_shell_command", { command, description: "Runs a command" }, more),
    write: (path, content) => toolCall("write_file", { file_path: path, content }),
    read: (path) => toolCall("read_file", { file_path: path }),
  },
  exceptions: {
    "system-prompt-replace": "it takes one, but trims it, and replaces `${AvailableTools}` and the like in it",
    "permissions-unrestricted": "its tools for files keep to the workspace at every level; commands do not",
    "failure-no-finish": "an answer after a tool needs no end: what has come is told as the whole of it",
    "failure-output-limit": "a text that ends at the limit is told as a whole one; only an empty one is a failure",
  },
};
