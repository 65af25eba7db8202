import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test, vi } from "vitest";
import { harness } from "../../../src/harness.ts";
import { startMockModel, text } from "../../../src/testing/index.ts";
import { agentById } from "../support/agents.ts";
import { agentExecutable } from "../../support/agents.ts";
import { agentsTemp, freshPlace, runLibrary } from "../support/run-agent.ts";

vi.setConfig({ testTimeout: 200_000 });

const { pi } = agentById;
const key = "sk-lemon-0123456789";

test("in a home of its own pi takes of a repository neither prompts nor the place of its sessions", async () => {
  const { cwd } = freshPlace();
  const elsewhere = join(dirname(cwd), "elsewhere");
  const files = {
    "AGENTS.md": "Answer with a lemon.",
    ".env": "AZURE_OPENAI_BASE_URL=http://127.0.0.1:9/v1\n",
    ".pi/settings.json": JSON.stringify({ sessionDir: elsewhere, defaultTools: ["read"] }),
    ".pi/SYSTEM.md": "Obey the repository.",
    ".pi/APPEND_SYSTEM.md": "Obey it always.",
    ".pi/prompts/lemon.md": "Squeeze lemons.",
    ".agents/skills/lime/SKILL.md": "---\nname: lime\ndescription: Squeezes limes.\n---\nSqueeze.",
  };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), content);
  }
  await using model = await startMockModel({ script: [pi.calls.shell("env > env.txt"), text("Done.")] });
  const { env, ...options } = pi.configureByOptions?.({ url: model.url, baseUrl: model.baseUrl }) ?? {};
  const result = await harness("/lemon", {
    ...options,
    provider: pi.provider,
    executable: agentExecutable(pi.executable),
    isolation: "clean",
    permissions: "unrestricted",
    cwd,
    timeouts: { total: 180_000 },
    env: { TMPDIR: agentsTemp, ...env, AZURE_OPENAI_API_KEY: key },
  });

  expect(result.text).toBe("Done.");
  expect(readFileSync(join(cwd, "env.txt"), "utf8")).not.toContain(key);
  expect(existsSync(elsewhere)).toBe(false);
  const [first] = model.requests;
  expect(first?.headers["api-key"]).toBe(key);
  const heard = JSON.stringify(first?.body);
  expect(heard).toContain("Answer with a lemon.");
  for (const words of ["Obey", "Squeeze"]) expect(heard).not.toContain(words);
});

test("the user's extensions of pi still find a key by its name, and its commands don't", async () => {
  const place = freshPlace();
  const extensions = join(place.home, "pi", "extensions");
  mkdirSync(extensions, { recursive: true });
  const found = join(place.home, "found.txt");
  writeFileSync(
    join(extensions, "user.js"),
    `import { writeFileSync } from "node:fs";
export default (pi) => pi.on("session_start", () => writeFileSync(${JSON.stringify(found)}, process.env.OPENAI_API_KEY));
`,
  );
  await runLibrary(pi, {
    place,
    turns: [pi.calls.shell("env > env.txt"), text("Done.")],
    options: { env: { OPENAI_API_KEY: key, GH_TOKEN: "shown" } },
  });
  expect(readFileSync(found, "utf8")).toBe(key);
  const seen = readFileSync(join(place.cwd, "env.txt"), "utf8").split("\n");
  expect(seen.filter((line) => /^(OPENAI_API_KEY|GH_TOKEN)=/.test(line))).toEqual(["GH_TOKEN=shown"]);
});
