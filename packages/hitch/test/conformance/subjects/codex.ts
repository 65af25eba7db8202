import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { codex as provider } from "../../../src/providers/codex.ts";
import { mockKey, toolCall, type Subject } from "../../../src/testing/index.ts";

/** Codex, with the endpoint in its `config.toml`. */
export const codex: Subject = {
  provider,
  executable: "codex",
  // One that Codex knows: others are not offered its tool for patches.
  model: "gpt-5.5",
  configure({ home }, { baseUrl, contextTokens = 200_000 }, more = {}) {
    const directory = join(home, "codex");
    mkdirSync(directory, { recursive: true });
    // Its own retries, 30 calls in the worst case, would take 25 s.
    const retries = { request_max_retries: 1, stream_max_retries: 1 };
    const key = { experimental_bearer_token: mockKey };
    const mock = { name: "Mock", base_url: baseUrl, wire_api: "responses", ...key, ...retries };
    const settings = {
      model_provider: "mock",
      model_context_window: contextTokens,
      ...more,
      ...Object.fromEntries(Object.entries(mock).map(([name, value]) => [`model_providers.mock.${name}`, value])),
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name} = ${JSON.stringify(value)}\n`);
    writeFileSync(join(directory, "config.toml"), lines.join(""));
    return { CODEX_HOME: directory };
  },
  configureByOptions({ baseUrl }) {
    const mock = { name: "Mock", base_url: baseUrl, wire_api: "responses", env_key: "OPENAI_API_KEY" };
    const settings = Object.entries(mock).map(
      ([name, value]) => `model_providers.mock.${name}=${JSON.stringify(value)}`,
    );
    const extraArgs = ["model_provider=mock", ...settings].flatMap((each) => ["-c", each]);
    return { env: { OPENAI_API_KEY: mockKey }, providerOptions: { codex: { extraArgs } } };
  },
  traps(command) {
    const commands = { command: "sh", args: ["-c", command] };
    const hooks = ["SessionStart", "UserPromptSubmit", "PreToolUse", "PostToolUse", "Stop"];
    const entry = [{ hooks: [{ type: "command", command }] }];
    const config = [
      `notify = ${JSON.stringify(["sh", "-c", command])}`,
      "[mcp_servers.trap]",
      ...Object.entries(commands).map(([name, value]) => `${name} = ${JSON.stringify(value)}`),
    ];
    const byEvent = { hooks: Object.fromEntries(hooks.map((name) => [name, entry])) };
    return {
      ".codex/config.toml": config.join("\n"),
      ".codex/hooks.json": JSON.stringify(byEvent),
      ".agents/hooks.json": JSON.stringify(byEvent),
      ".mcp.json": JSON.stringify({ mcpServers: { trap: commands } }),
    };
  },
  trapsNeedTrust: "Codex starts nothing of a project that the user has not trusted",
  calls: {
    // Half a minute is the longest for which Codex waits for a command before it asks the model what to do.
    shell: (cmd, more) => toolCall("exec_command", { cmd, yield_time_ms: 30_000 }, more),
    write: (path, content) =>
      toolCall("apply_patch", `*** Begin Patch\n*** Add File: ${path}\n+${content}\n*** End Patch\n`),
    read: (path) => toolCall("exec_command", { cmd: `cat '${path}'` }),
    // It offers the tools of servers to models that look for them; the mock's name for a tool in a namespace.
    mcp: (server, tool, input) => toolCall(`mcp__${server}.${tool}`, input),
  },
};
