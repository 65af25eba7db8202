/** A program that has an agent work in a worktree of a repository; it says so when the agent is about to start. */
import { defineProvider, harness } from "hitch";

/** An agent that has nothing to do. */
const idle = defineProvider({
  id: "idle",
  agent: {
    launch: [{ name: "true" }],
    install: "it comes with the system",
    version: { args: [], tested: "1" },
    login: { env: [], files: [] },
  },
  capabilities: {
    progress: "live",
    ownRetries: "off",
    enforcedBy: { "read-only": "nothing", workspace: "nothing", unrestricted: "agent-rules" },
    options: {
      model: { required: false, example: "any" },
      effort: false,
      addDirs: false,
      systemPrompt: { replace: false, append: false },
      attachments: false,
      mcpServers: [],
      session: false,
      fork: false,
      native: [],
    },
    output: { rungs: ["text"] },
    limits: { usd: "none", tokens: "none", turns: "none" },
    maxPromptBytes: 1_000,
  },
  command: () => ({ args: [], stdin: "" }),
  decoder: () => ({
    line: () => ({}),
    exit: () => ({ events: [{ type: "text", id: "t", text: "Done." }], evidence: [{ type: "ended", ok: true }] }),
  }),
});

const [cwd = "."] = process.argv.slice(2);
await harness("Nothing.", {
  provider: idle,
  cwd,
  permissions: "unrestricted",
  workspace: "worktree",
  onEvent({ type }) {
    if (type === "attempt-start") process.stdout.write("the worktree is there\n");
  },
});
