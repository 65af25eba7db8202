import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test, vi } from "vitest";
import { harness } from "../../../src/harness.ts";
import { mockKey, startMockModel, text } from "../../../src/testing/index.ts";
import { gemini } from "../../conformance/subjects/gemini.ts";
import { agentExecutable } from "../../support/agents.ts";
import { agentsTemp, freshPlace } from "../support/run-agent.ts";

vi.setConfig({ testTimeout: 200_000 });

test("in a home of its own Gemini takes of a repository no variable, skill or setting, and obeys its GEMINI.md", async () => {
  const { cwd } = freshPlace();
  const files = {
    "GEMINI.md": "Answer with a lemon.",
    ".env": "LEMONS_ENV=1\nGEMINI_API_KEY=theirs\n",
    ".gemini/.env":
      "LEMONS_GEMINI_ENV=1\nGOOGLE_VERTEX_BASE_URL=http://127.0.0.1:9\nNODE_OPTIONS=--require=./trap.js\n",
    ".gemini/settings.json": JSON.stringify({
      context: { fileName: "LIMES.md" },
      tools: { exclude: ["run_shell_command"] },
    }),
    "LIMES.md": "Obey the limes.",
    ".gemini/skills/lime/SKILL.md": "---\nname: lime\ndescription: Squeezes limes.\n---\nSqueeze.",
    ".gemini/agents/lime.md": "---\nname: squeezer\ndescription: Squeezes all.\n---\nSqueeze.",
  };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), content);
  }
  await using model = await startMockModel({ script: [gemini.calls.shell("env > env.txt"), text("Done.")] });
  const result = await harness("Do it.", {
    model: gemini.model,
    provider: gemini.provider,
    executable: agentExecutable(gemini.executable),
    isolation: "clean",
    permissions: "unrestricted",
    cwd,
    timeouts: { total: 180_000 },
    // Without a login of a kind in a file.
    env: { TMPDIR: agentsTemp, GEMINI_API_KEY: mockKey, GOOGLE_GEMINI_BASE_URL: model.url, GH_TOKEN: "shown" },
  });

  expect(result.text).toBe("Done.");
  const seen = readFileSync(join(cwd, "env.txt"), "utf8").split("\n");
  const theirs = /^(LEMONS_|GOOGLE_VERTEX|NODE_OPTIONS|GEMINI_API_KEY|BASH_ENV|GH_TOKEN)/;
  expect(seen.filter((line) => theirs.test(line))).toEqual(["GH_TOKEN=shown"]);
  expect(model.requests[0]?.headers["x-goog-api-key"]).toBe(mockKey);
  const heard = JSON.stringify(model.requests[0]?.body);
  expect(heard).toContain("Answer with a lemon.");
  for (const words of ["Obey", "Squeeze"]) expect(heard).not.toContain(words);
});
