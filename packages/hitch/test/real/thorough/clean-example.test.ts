import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";
import { startMockModel, text } from "../../../src/testing/index.ts";
import { agentExecutable } from "../../support/agents.ts";
import { freshPlace } from "../support/run-agent.ts";

vi.setConfig({ testTimeout: 200_000 });

const example = fileURLToPath(new URL("../../../../../examples/clean.ts", import.meta.url));

test("examples/clean.ts: a hook of the repository is not run, its instructions count, the user's home stays empty", async () => {
  const place = freshPlace();
  const sprung = join(dirname(place.cwd), "sprung");
  const hook = { hooks: [{ type: "command", command: `touch ${sprung}` }] };
  mkdirSync(join(place.cwd, ".claude"));
  writeFileSync(join(place.cwd, ".claude", "settings.json"), JSON.stringify({ hooks: { SessionStart: [hook] } }));
  writeFileSync(join(place.cwd, "CLAUDE.md"), "Always answer with a lemon.\n");

  await using model = await startMockModel({ script: [text("A lemon.")] });
  const env = {
    ...process.env,
    HOME: place.home,
    HITCH_STATE_DIR: join(dirname(place.cwd), "state"),
    PATH: [dirname(agentExecutable("claude")), process.env.PATH].join(delimiter),
    ANTHROPIC_API_KEY: "a-key-for-the-mock",
    ANTHROPIC_BASE_URL: model.url,
  };
  const args = [example, "claude-code", place.cwd, "What is yellow?", "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });

  expect(stdout).toMatch(
    /^A lemon\.\n\nTo go on: hitch run --isolation clean -p claude-code --session [0-9a-f-]{36}\n$/,
  );
  expect(JSON.stringify(model.requests[0]?.body)).toContain("Always answer with a lemon.");
  expect([existsSync(sprung), readdirSync(place.home)]).toEqual([false, []]);
});
