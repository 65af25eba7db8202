// One run in a worktree for each line on stdin: says how long it took until its agent was about to start.
import { createInterface } from "node:readline";
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
for await (const _ of createInterface({ input: process.stdin })) {
  const startedAtMs = performance.now();
  const run = harness("Nothing.", {
    provider: idle,
    cwd,
    permissions: "unrestricted",
    // A file system may be slow at making files soon after as many were removed: ext4 is.
    workspace: { type: "worktree", keep: true },
  });
  for await (const { type } of run) {
    if (type !== "attempt-start") continue;
    const wallMs = performance.now() - startedAtMs;
    await run;
    console.log(JSON.stringify({ wallMs, firstByteMs: wallMs }));
  }
}
