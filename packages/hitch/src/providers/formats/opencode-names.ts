/** What OpenCode (1.18.33) calls things, for all the ways to run it. */
import type { OpencodeNames } from "./opencode-command.ts";

export const opencodeNames: OpencodeNames = {
  id: "opencode",
  variables: "OPENCODE",
  data: { directory: "opencode", database: "opencode.db" },
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
