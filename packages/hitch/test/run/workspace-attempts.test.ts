import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Provider } from "../../src/provider.ts";
import type { HarnessOptions } from "../../src/run/options.ts";
import type { Run } from "../../src/run/run.ts";
import { commit, git } from "../support/git.ts";
import { answer, scripted, type Step } from "../support/scripted-agent.ts";
import { start, temporaryDirectory } from "../support/start.ts";

/** A repository with one file, and a run in a worktree of it whose agent plays these starts. */
function runIn(starts: readonly (readonly Step[])[], options: HarnessOptions = {}): { run: Run; root: string } {
  const root = temporaryDirectory();
  git(root, "init", "--quiet");
  writeFileSync(join(root, "a.txt"), "one\n");
  writeFileSync(join(root, ".gitignore"), "dist\n");
  commit(root);
  const file = join(temporaryDirectory(), "steps.json");
  writeFileSync(file, JSON.stringify([{ byStart: { file: `${file}.starts`, starts } }]));
  const providerOptions = { scripted: { extraArgs: [file] } };
  return { run: start("Fix it.", { cwd: root, workspace: "worktree", providerOptions, ...options }), root };
}

const fail = (failure: object): Step => ({ line: { failure: { message: "no", ...failure } } });
const worked: Step[] = [
  { shell: "echo two >> a.txt" },
  { line: { tool: "1", kind: "execute" } },
  { line: { done: "1" } },
];
const busy = [...worked, fail({ status: 503, retryAfterMs: 1 }), { exit: 1 }];

describe("after a tool has changed something in a worktree", () => {
  test("a transient failure is followed by a new start in a worktree that was put back", async () => {
    const { run, root } = runIn([busy, [{ shell: "echo three >> a.txt" }, ...answer("Done.")]]);
    const result = await run;
    expect(result.attempts.map(({ task }) => task)).toEqual(["prompt", "prompt"]);
    expect(result.changes.patch).toContain("+three");
    expect(result.changes.patch).not.toContain("+two");
    await result.apply?.();
    expect(readFileSync(join(root, "a.txt"), "utf8")).toBe("one\nthree\n");
  });

  test("what was put back is not told as changed, were it ignored", async () => {
    const path = "dist/x.js";
    const told: Step = { line: { events: [{ type: "file-change", path, change: "create" }] } };
    const { run } = runIn([[told, ...busy], answer("Done.")]);
    expect((await run).changes.files).toEqual([]);
  });

  test("a cancel in the wait for the next attempt keeps what was done", async () => {
    const asksToWait = [...worked, fail({ status: 503, retryAfterMs: 600_000 }), { exit: 1 }];
    // The process remembers it, of this environment alone.
    const { run } = runIn([asksToWait], { env: { WHOSE: "of this test" } });
    for await (const event of run) if (event.type === "retry") break;
    const { error } = await run.settled;
    expect(error).toMatchObject({ code: "cancelled", result: { changes: { source: "git" } } });
    expect(error?.result.changes?.patch).toContain("+two");
  });

  test("nothing is put back for a provider that cannot even start", async () => {
    const missing: Provider = {
      ...scripted,
      id: "missing",
      agent: { ...scripted.agent, launch: [{ name: "no-such" }] },
    };
    const { run } = runIn([[...worked, fail({ status: 402 }), { exit: 1 }]], { provider: [scripted, missing] });
    const { error } = await run.settled;
    expect(error).toMatchObject({ code: "quota-exhausted", result: { provider: "scripted" } });
    expect(error?.result.changes?.patch).toContain("+two");
  });

  test("the next provider starts as if it were the first", async () => {
    const second = { ...scripted, id: "second" };
    const file = join(temporaryDirectory(), "steps.json");
    writeFileSync(file, JSON.stringify([{ shell: "echo three >> a.txt" }, ...answer("Done.")]));
    const { run } = runIn([[...worked, fail({ status: 402 }), { exit: 1 }]], {
      provider: [scripted, { provider: second, providerOptions: { second: { extraArgs: [file] } } }],
    });
    const result = await run;
    expect(result.attempts.map(({ provider, task }) => [provider, task])).toEqual([
      ["scripted", "prompt"],
      ["second", "prompt"],
    ]);
    expect(result.changes.patch).toContain("+three");
    expect(result.changes.patch).not.toContain("+two");
  });
});
