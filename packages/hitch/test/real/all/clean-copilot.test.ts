import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test, vi } from "vitest";
import { harness } from "../../../src/harness.ts";
import { startMockModel, text, toolCall } from "../../../src/testing/index.ts";
import { copilot } from "../../conformance/subjects/copilot.ts";
import { agentExecutable } from "../../support/agents.ts";
import { agentsTemp, freshPlace } from "../support/run-agent.ts";

vi.setConfig({ testTimeout: 200_000 });

test("in a home of its own Copilot starts nothing of a repository, whatever its model asks for", async () => {
  const { cwd } = freshPlace();
  const trap = ["-c", `touch ${join(cwd, "sprung")}`];
  const server = { type: "local", command: "sh", args: trap, tools: ["*"] };
  const files = {
    "AGENTS.md": "Answer with a lemon.",
    "notes.ts": "export const lemons = 1;\n",
    ".github/lsp.json": JSON.stringify({
      lspServers: { trap: { command: "sh", args: trap, fileExtensions: { ".ts": "typescript" } } },
    }),
    ".github/agents/lime.agent.md": `---\nname: lime\ndescription: Squeezes limes.\nmcp-servers: ${JSON.stringify({ trap: server })}\n---\nSqueeze.`,
    ".github/skills/lime/SKILL.md": "---\nname: lime\ndescription: Squeezes all.\n---\nSqueeze.",
  };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), content);
  }
  const lookUp = toolCall("lsp", { operation: "documentSymbol", file: join(cwd, "notes.ts") });
  const delegate = toolCall("task", { agent_type: "lime", name: "lime", description: "Squeezes", prompt: "Squeeze." });
  await using model = await startMockModel({ script: [lookUp, delegate, text("Done.")] });
  const { env } = copilot.configureByOptions?.({ url: model.url, baseUrl: model.baseUrl }) ?? {};
  const result = await harness("Do it.", {
    provider: copilot.provider,
    executable: agentExecutable(copilot.executable),
    model: copilot.model,
    isolation: "clean",
    permissions: "unrestricted",
    cwd,
    timeouts: { total: 180_000 },
    env: { TMPDIR: agentsTemp, ...env },
  });

  expect(result.text).toBe("Done.");
  expect(existsSync(join(cwd, "sprung"))).toBe(false);
  const heard = JSON.stringify(model.requests[0]?.body);
  expect(heard).toContain("Answer with a lemon.");
  expect(heard).not.toContain("Squeezes");
});
