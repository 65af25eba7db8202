import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";
import { startMockModel, text, type RecordedRequest } from "../../../src/testing/index.ts";
import { agentExecutable } from "../../support/agents.ts";
import { git } from "../../support/git.ts";
import { temporaryDirectory } from "../../support/start.ts";
import { agentById, type RealAgent } from "../support/agents.ts";
import { agentsTemp, freshPlace } from "../support/run-agent.ts";

vi.setConfig({ testTimeout: 200_000 });

const example = fileURLToPath(new URL("../../../../../examples/best-of.ts", import.meta.url));
const { pi, opencode } = agentById;

test("examples/best-of.ts: two agents side by side, and the better patch goes into the repository", async () => {
  const place = freshPlace();
  git(place.cwd, "init", "--quiet");
  git(place.cwd, "commit", "--quiet", "--allow-empty", "--message=Begin");
  await using ofPi = await startMockModel({ script: act(pi, "total.js", "let sum = 1;\n") });
  await using ofOpencode = await startMockModel({ script: act(opencode, "sum.js", "let sum = 0;\n") });
  const env = {
    ...process.env,
    ...pi.configure(place, { baseUrl: ofPi.baseUrl }),
    ...opencode.configure(place, { baseUrl: ofOpencode.baseUrl }),
    TMPDIR: agentsTemp,
    HITCH_STATE_DIR: join(temporaryDirectory(), "state"),
    PATH: [
      ...[pi, opencode].map(({ id }) => dirname(agentExecutable(id))),
      dirname(process.execPath),
      process.env.PATH,
    ].join(delimiter),
  };
  const args = [example, "Fix the sum.", ...[pi, opencode].map(({ id, model }) => `${id}=${model}`)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env, cwd: place.cwd });

  // OpenCode also adds a line to its configuration in the project.
  expect(stdout).toMatch(/^opencode did it best: (\S+opencode\.json, )?\S+\/project\/sum\.js\n$/);
  expect(readFileSync(join(place.cwd, "sum.js"), "utf8")).toBe("let sum = 0;\n");
  expect(existsSync(join(place.cwd, "total.js"))).toBe(false);
  expect(git(place.cwd, "worktree", "list").trim().split("\n")).toHaveLength(1);
  const asked = ofPi.requests.at(-1)?.lastUserText;
  expect(asked).toContain("Patch 0:");
  expect(asked).toContain("+let sum = 0;");
});

/** Writes a file; asked to judge, it takes the second patch. */
function act(agent: RealAgent, file: string, content: string) {
  return ({ messages, lastUserText = "" }: RecordedRequest) => {
    if (lastUserText.startsWith("Which of these patches")) return text("1");
    return messages.at(-1)?.role === "tool" ? text("Done.") : agent.calls.write(file, content);
  };
}
