import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";
import { startMockModel, text } from "../../../src/testing/index.ts";
import { pi } from "../../conformance/subjects/pi.ts";
import { agentExecutable } from "../../support/agents.ts";
import { commit, git } from "../../support/git.ts";
import { temporaryDirectory } from "../../support/start.ts";

vi.setConfig({ testTimeout: 200_000 });

const example = fileURLToPath(new URL("../../../../../examples/worktree.ts", import.meta.url));

test("examples/worktree.ts runs on pi: it shows what was changed, and applies it", async () => {
  const directory = temporaryDirectory();
  const place = { cwd: join(directory, "project"), home: join(directory, "home") };
  for (const path of Object.values(place)) mkdirSync(path);
  git(place.cwd, "init", "--quiet");
  writeFileSync(join(place.cwd, "sum.js"), "let sum = 1;\n");
  commit(place.cwd);
  await using model = await startMockModel({
    script: ({ messages }) =>
      messages.at(-1)?.role === "tool"
        ? text("Mended.")
        : pi.calls.shell("echo 'let sum = 0;' > sum.js; echo x > new.js"),
  });
  const env = {
    ...process.env,
    ...pi.configure(place, model),
    HOME: place.home,
    HITCH_STATE_DIR: join(directory, "state"),
    PATH: [dirname(agentExecutable("pi")), dirname(process.execPath), process.env.PATH].join(delimiter),
  };
  const run = async (...flags: string[]): Promise<string> => {
    const args = [example, `pi=${pi.model}`, "Mend it.", ...flags];
    return (await promisify(execFile)(process.execPath, args, { env, cwd: place.cwd })).stdout;
  };

  const shown = await run();
  expect(shown).toContain(
    `Mended.\n\ncreate ${join(place.cwd, "new.js")} +1 -0\nedit ${join(place.cwd, "sum.js")} +1 -1\n`,
  );
  expect(shown).toContain("-let sum = 1;\n+let sum = 0;\n");
  expect(readFileSync(join(place.cwd, "sum.js"), "utf8")).toBe("let sum = 1;\n");

  await run("--apply");
  expect(git(place.cwd, "status", "--short")).toBe(" M sum.js\n?? new.js\n");
  expect(readFileSync(join(place.cwd, "sum.js"), "utf8")).toBe("let sum = 0;\n");
});
