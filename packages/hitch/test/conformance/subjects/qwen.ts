import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { qwen as provider } from "../../../src/providers/qwen.ts";
import { toolCall, type Subject } from "../../../src/testing/index.ts";

/** Qwen Code, with the endpoint in its variables. */
export const qwen: Subject = {
  provider,
  executable: "qwen",
  model: "mock-model",
  configure({ home }, { baseUrl, contextTokens = 200_000 }, more = {}) {
    const directory = join(home, "qwen");
    mkdirSync(directory, { recursive: true });
    // With a limit of the user's own for answers it would not show at all that one was cut off there.
    const limits = { contextWindowSize: contextTokens };
    const auth = { security: { auth: { selectedType: "openai" } } };
    // Without its version Qwen Code writes the file anew.
    const settings = { $version: 4, ...auth, model: { generationConfig: limits }, ...more };
    writeFileSync(join(directory, "settings.json"), JSON.stringify(settings, undefined, 2));
    return { QWEN_HOME: directory, OPENAI_BASE_URL: baseUrl, OPENAI_API_KEY: "a-key-for-the-mock" };
  },
  calls: {
    // A command that begins with `sleep` is refused.
    shell: (command, more) => {
      const input = { command: `true; ${command}`, description: "Runs a command", is_background: false };
      return toolCall("run_shell_command", input, more);
    },
    write: (path, content) => toolCall("write_file", { file_path: path, content }),
    read: (path) => toolCall("read_file", { file_path: path }),
    // It offers the tools of servers only to models that look for them.
    mcp: (server, tool, input) => toolCall(`mcp__${server}__${tool}`, input),
  },
  exceptions: {
    "system-prompt-append": "Qwen Code trims a system prompt that is appended.",
    "failure-reset": "It makes 21 calls within 4 minutes, which no setting shortens, before it says what is wrong.",
  },
};
