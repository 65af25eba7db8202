import { execFile } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, expect, test, vi } from "vitest";
import { startMockModel, text } from "../../../src/testing/index.ts";
import { agentExecutable } from "../../support/agents.ts";
import { putBubblewrapOnPath } from "../../support/bubblewrap.ts";
import { git } from "../../support/git.ts";
import { agentById } from "../support/agents.ts";
import { freshPlace } from "../support/run-agent.ts";

vi.setConfig({ testTimeout: 200_000 });
beforeAll(putBubblewrapOnPath);

const example = fileURLToPath(new URL("../../../../../examples/sandboxed.ts", import.meta.url));

test("examples/sandboxed.ts: the script of a repository works in it, and nowhere else", async () => {
  const { pi } = agentById;
  const place = freshPlace();
  git(place.cwd, "init", "--quiet");
  writeFileSync(join(place.cwd, "setup.sh"), "touch ../home/evil.txt ../evil.txt ready.txt\n");
  git(place.cwd, "add", ".");
  git(place.cwd, "commit", "--quiet", "--message=Add a script");
  const temporary = join(dirname(place.cwd), "tmp");
  mkdirSync(temporary);

  await using model = await startMockModel({ script: [pi.calls.shell("sh ./setup.sh"), text("It is set up.")] });
  const env = {
    ...process.env,
    ...pi.configure(place, model),
    HOME: place.home,
    TMPDIR: temporary,
    HITCH_STATE_DIR: join(dirname(place.cwd), "state"),
    PATH: [dirname(agentExecutable("pi")), process.env.PATH].join(delimiter),
  };
  const endpoint = new URL(model.baseUrl).host;
  const args = [example, `pi=${pi.model}`, endpoint, place.cwd, "Set the project up."];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });

  const ready = join(place.cwd, "ready.txt");
  expect(stdout).toBe(`It is set up.\n\nworkspace, enforced by os\ncreate ${ready}\n`);
  expect(existsSync(ready)).toBe(true);
  for (const name of ["home/evil.txt", "evil.txt"]) expect(existsSync(join(dirname(place.cwd), name))).toBe(false);
});
