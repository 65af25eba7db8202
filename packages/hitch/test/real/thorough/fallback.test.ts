import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test, vi } from "vitest";
import { startMockModel, status, text, type MockModel } from "../../../src/testing/index.ts";
import { agentExecutable } from "../../support/agents.ts";
import { git } from "../../support/git.ts";
import { temporaryDirectory } from "../../support/start.ts";
import { agentById, type Place } from "../support/agents.ts";
import { agentsTemp, freshPlace, runLibrary } from "../support/run-agent.ts";

vi.setConfig({ testTimeout: 200_000 });

const { opencode, pi } = agentById;
const example = fileURLToPath(new URL("../../../../../examples/fallback.ts", import.meta.url));

describe("examples/fallback.ts, from OpenCode to pi", () => {
  test("hands over what was changed before OpenCode's model turned it away", async () => {
    const place = freshRepository();
    await using first = await startMockModel({
      script: [opencode.calls.write(join(place.cwd, "total.js"), "let sum = 0;\n"), status(401)],
    });
    await using second = await startMockModel({ script: [text("It was right, I checked it.")] });
    const { stdout } = await runExample(place, first, second);

    expect(stdout).toContain("opencode (prompt): authentication\npi (hand-over): done\nIt was right, I checked it.\n");
    expect(stdout).toContain("+let sum = 0;");
    expect(readFileSync(join(place.cwd, "total.js"), "utf8")).toBe("let sum = 0;\n");
    const [request] = second.requests;
    expect(request?.lastUserText).toContain("Fix the sum.");
    expect(request?.lastUserText).toMatch(/- total\.js \((create|edit)\)/);
  });

  test("starts pi as if it had been the first when OpenCode did nothing", async () => {
    const place = freshRepository();
    await using first = await startMockModel({ script: [status(401)] });
    await using second = await startMockModel({ script: [text("Done.")] });
    const { stdout } = await runExample(place, first, second);
    expect(stdout).toContain("opencode (prompt): authentication\npi (prompt): done\nDone.\n");
    expect(second.requests[0]?.lastUserText).toBe("Fix the sum.");
  });
});

test("pi carries on in its session when its model broke off after an edit", async () => {
  const place = freshPlace();
  const file = join(place.cwd, "note");
  const broken = [pi.calls.write(file, "1\n"), ...Array.from({ length: 4 }, () => status(503))];
  const ran = await runLibrary(pi, {
    place,
    prompt: "Write the note.",
    turns: [...broken, text("Done.")],
    options: { retries: { transient: 1 } },
  });
  expect(ran.finish).toMatchObject({ status: "completed", result: { text: "Done." } });
  expect(ran.finish.result.attempts).toMatchObject([
    { task: "prompt", verdict: { code: "overloaded" } },
    { task: "carry-on", verdict: { ok: true } },
  ]);
  const users = ran.requests.at(-1)?.messages.filter(({ role }) => role === "user") ?? [];
  expect(users.map((message) => message.text)).toEqual(["Write the note.", expect.stringContaining("Carry on")]);
  expect(readFileSync(file, "utf8")).toBe("1\n");
});

function freshRepository(): Place {
  const place = freshPlace();
  git(place.cwd, "init", "--quiet");
  git(place.cwd, "commit", "--quiet", "--allow-empty", "--message=Begin");
  return place;
}

function runExample(place: Place, first: MockModel, second: MockModel): Promise<{ stdout: string }> {
  const directories = [opencode, pi].map(({ id }) => dirname(agentExecutable(id)));
  const env = {
    ...process.env,
    ...opencode.configure(place, { baseUrl: first.baseUrl }),
    ...pi.configure(place, { baseUrl: second.baseUrl }),
    TMPDIR: agentsTemp,
    HITCH_STATE_DIR: join(temporaryDirectory(), "state"),
    PATH: [...directories, dirname(process.execPath), process.env.PATH].join(delimiter),
  };
  const args = [example, "Fix the sum.", ...[opencode, pi].map(({ id, model }) => `${id}=${model}`)];
  return promisify(execFile)(process.execPath, args, { env, cwd: place.cwd });
}
