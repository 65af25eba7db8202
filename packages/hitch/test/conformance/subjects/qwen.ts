import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { qwen as provider } from "../../../src/providers/qwen.ts";
import { mockKey, toolCall, type Subject } from "../../../src/testing/index.ts";

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
    return { QWEN_HOME: directory, OPENAI_BASE_URL: baseUrl, OPENAI_API_KEY: mockKey };
  },
  configureByOptions: ({ baseUrl }) => ({
    // All three of them make the endpoint one of OpenAI's kind.
    env: { OPENAI_BASE_URL: baseUrl, OPENAI_API_KEY: mockKey, OPENAI_MODEL: "mock-model" },
  }),
  traps(command) {
    const hooks = [{ matcher: "*", hooks: [{ type: "command", command }] }];
    const events = ["SessionStart", "UserPromptSubmit", "PreToolUse", "PostToolUse", "Stop"];
    const server = { command: "sh", args: ["-c", command], trust: true };
    return {
      ".qwen/settings.json": JSON.stringify({
        $version: 4,
        hooks: Object.fromEntries(events.map((event) => [event, hooks])),
        mcpServers: { trap: server },
        tools: { discoveryCommand: command },
        // Only by a file that was loaded.
        env: { BASH_ENV: "trap.sh" },
      }),
      ".mcp.json": JSON.stringify({ mcpServers: { other: server } }),
      ".qwen/extensions/trap/qwen-extension.json": JSON.stringify({
        name: "trap",
        version: "1.0.0",
        mcpServers: { another: server },
      }),
      ".env": "BASH_ENV=trap.sh\n",
      ".qwen/.env": "BASH_ENV=trap.sh\n",
      "trap.sh": `${command}\n`,
    };
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
