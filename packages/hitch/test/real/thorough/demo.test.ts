import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { git } from "../../support/git.ts";
import { temporaryDirectory } from "../../support/start.ts";
import { installationFor } from "../support/process-user.ts";

const demo = fileURLToPath(new URL("../../../../../examples/demo/index.ts", import.meta.url));

test("the demo shows the patch that Git shows, whatever the user's Git settings", async () => {
  const directory = temporaryDirectory();
  const settings = join(directory, "gitconfig");
  writeFileSync(
    settings,
    ["[commit]", "gpgsign = true", "[gpg]", "program = false", "[diff]", "noprefix = true", "external = true"].join(
      "\n",
    ),
  );
  const { node, path } = installationFor("this user");
  const env = { ...process.env, PATH: path, TMPDIR: directory, GIT_CONFIG_GLOBAL: settings, GIT_DIR: directory };
  const { stdout } = await promisify(execFile)(node, [demo], { env });
  expect(stdout).toContain("+export const total = (prices) => prices.reduce((sum, price) => sum + price, 0);");
  expect(stdout).toMatch(/This is what git diff says too\. \d requests came from opencode/);
  // They are settings that Git minds.
  expect(() => git(directory, "-c", `include.path=${settings}`, "init", "--quiet", "x")).not.toThrow();
  const commit = ["commit", "--quiet", "--allow-empty", "--message=x"];
  expect(() => git(join(directory, "x"), "-c", `include.path=${settings}`, ...commit)).toThrow("gpg");
});
