import { join } from "node:path";
import { copilot as provider } from "../../../src/providers/copilot.ts";
import { mockKey, toolCall, type Endpoint, type Subject } from "../../../src/testing/index.ts";

/** Copilot, with the endpoint in variables: it keeps none in a file. */
export const copilot: Subject = {
  provider,
  executable: "copilot",
  // One that it does not know: others are offered a tool for patches, which is no function.
  model: "mock-model",
  configure({ home }, endpoint) {
    return {
      COPILOT_HOME: join(home, "copilot"),
      // All places share what it unpacks, 235 MB.
      COPILOT_PKG_CACHE_HOME: join(home, "..", "..", "copilot-package"),
      ...variablesOf(endpoint),
    };
  },
  configureByOptions: (endpoint) => ({ env: variablesOf(endpoint) }),
  traps(command) {
    const server = { type: "local", command: "sh", args: ["-c", command], tools: ["*"] };
    const hook = [{ type: "command", bash: command }];
    const hooks = {
      sessionStart: hook,
      userPromptSubmitted: hook,
      preToolUse: hook,
      postToolUse: hook,
      sessionEnd: hook,
    };
    const claudeHook = [{ matcher: "*", hooks: [{ type: "command", command }] }];
    const language = { command: "sh", args: ["-c", command], fileExtensions: { ".md": "markdown" } };
    return {
      ".mcp.json": JSON.stringify({ mcpServers: { trap: server } }),
      ".github/mcp.json": JSON.stringify({ mcpServers: { trap: server } }),
      ".vscode/mcp.json": JSON.stringify({ servers: { trap: server } }),
      ".github/hooks/trap.json": JSON.stringify({ version: 1, hooks }),
      ".github/copilot/settings.json": JSON.stringify({ hooks, statusLine: { type: "command", command } }),
      ".claude/settings.json": JSON.stringify({ hooks: { SessionStart: claudeHook, PreToolUse: claudeHook } }),
      ".github/lsp.json": JSON.stringify({ lspServers: { trap: language } }),
    };
  },
  trapsNeedTrust: "without a terminal it takes no hook and no server of a folder that its user has not trusted",
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

function variablesOf({ baseUrl, contextTokens = 200_000, outputTokens = 8_000 }: Endpoint): Record<string, string> {
  return {
    COPILOT_OFFLINE: "true",
    COPILOT_PROVIDER_BASE_URL: baseUrl,
    COPILOT_PROVIDER_API_KEY: mockKey,
    COPILOT_PROVIDER_MAX_PROMPT_TOKENS: String(contextTokens),
    COPILOT_PROVIDER_MAX_OUTPUT_TOKENS: String(outputTokens),
  };
}
