/** OpenCode (1.18.33), and what it calls things, whichever way it is run. */
import type { Agent } from "../../provider.ts";
import type { OpencodeNames } from "./opencode-command.ts";
import { keyVariables } from "./opencode-keys.ts";
import { xdgPlaces } from "./xdg-places.ts";

const keys = [{ name: "OPENCODE_API_KEY", providers: ["opencode", "opencode-go"] }, ...keyVariables];

export const opencodeAgent: Agent = {
  launch: [{ name: "opencode" }],
  install: "npm install -g opencode-ai",
  version: { args: ["--version"], tested: "1.18.33" },
  login: {
    env: keys.map(({ name }) => name),
    files: ["~/.local/share/opencode/auth.json"],
  },
  keeps: xdgPlaces("opencode"),
};

export const opencodeNames: OpencodeNames = {
  id: "opencode",
  variables: "OPENCODE",
  data: { directory: "opencode", database: "opencode.db" },
  plugin: "@opencode-ai/plugin",
  keys,
  agents: ["build", "plan", "general", "explore"],
  switches: [
    { name: "OPENCODE_DISABLE_AUTOUPDATE", value: "1", reason: "replaces the program while others run it" },
    {
      name: "OPENCODE_DISABLE_MODELS_FETCH",
      value: "1",
      reason: "a request to models.dev at each start; a list is built in",
    },
    { name: "OPENCODE_DISABLE_LSP_DOWNLOAD", value: "1", reason: "fetches language servers when it sees a file" },
    { name: "OPENCODE_DISABLE_SHARE", value: "1", reason: "would publish the session" },
  ],
};
