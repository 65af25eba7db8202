import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { claudeCode as provider } from "../../../src/providers/claude-code.ts";
import { toolCall, type Subject } from "../../../src/testing/index.ts";

/** Claude Code, with the endpoint in the environment and a directory of its own. */
export const claudeCode: Subject = {
  provider,
  executable: "claude",
  // One whose price it knows.
  model: "claude-sonnet-5-5",
  configure({ home }, { url, contextTokens }, more = {}) {
    const directory = join(home, "claude");
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "settings.json"), JSON.stringify(more));
    return {
      CLAUDE_CONFIG_DIR: directory,
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_API_KEY: "a-key-for-the-mock",
      ...(contextTokens !== undefined && { CLAUDE_CODE_MAX_CONTEXT_TOKENS: String(contextTokens) }),
    };
  },
  calls: {
    // A command that begins with `sleep` is refused.
    shell: (command, more) => toolCall("Bash", { command: `true; ${command}`, description: "Runs a command" }, more),
    write: (path, content) => toolCall("Write", { file_path: path, content }),
    read: (path) => toolCall("Read", { file_path: path }),
  },
};
