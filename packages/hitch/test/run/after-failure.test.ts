/** What an agent that failed leaves: to the one after it, to the result, and to later runs. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { HarnessOptions } from "../../src/run/options.ts";
import type { Run } from "../../src/run/run.ts";
import type { RunResult } from "../../src/vocabulary/result.ts";
import { repository } from "../support/git.ts";
import { answer, scripted, type Step } from "../support/scripted-agent.ts";
import { start, temporaryDirectory } from "../support/start.ts";

const failWith = (failure: object): Step[] => [{ line: { failure: { message: "no", ...failure } } }, { exit: 1 }];
const turnedAway = failWith({ status: 401 });
const busy = failWith({ status: 529, retryAfterMs: 1 });
const asksToWait = failWith({ status: 429, retryAfterMs: 600_000 });
const changed: Step = { line: { events: [{ type: "file-change", path: "total.js", change: "edit" }] } };
const gave: Step = { line: { output: { age: 42 } } };
const schema = { type: "object", required: ["age"] };

const capabilities = { ...scripted.capabilities, output: { rungs: ["native"] as const } };

/** Runs with the scripted agent under several names; each plays its own starts. */
function runChain(parts: Readonly<Record<string, readonly Step[][]>>, options: HarnessOptions = {}): Run {
  const directory = temporaryDirectory();
  const links = Object.entries(parts).map(([id, starts]) => {
    const file = join(directory, `${id}.json`);
    writeFileSync(file, JSON.stringify([{ byStart: { file: join(directory, `${id}.starts`), starts } }]));
    return { id, file };
  });
  const provider = links.map(({ id }) => ({ ...scripted, capabilities, id }));
  const providerOptions = Object.fromEntries(links.map(({ id, file }) => [id, { extraArgs: [file] }]));
  return start("Fix it.", { provider, providerOptions, retries: { transient: 0 }, ...options });
}

/** What is there of a run that failed. */
async function leftBy(run: Run, code: string): Promise<Partial<RunResult>> {
  const { error } = await run.settled;
  expect(error).toMatchObject({ code });
  return error?.result ?? {};
}

describe("a file that an agent changed by no tool that it told of", () => {
  test("keeps it from being started again from nothing", async () => {
    const cwd = temporaryDirectory();
    const work = [{ shell: "echo x >> total.js" }, changed, ...busy];
    const run = runChain({ only: [work, work] }, { cwd, retries: { transient: 1 } });
    expect((await leftBy(run, "overloaded")).attempts).toHaveLength(1);
    expect(readFileSync(join(cwd, "total.js"), "utf8")).toBe("x\n");
  });

  test("is told to the next agent", async () => {
    const { attempts } = await runChain({ first: [[changed, ...busy]], second: [answer("Done.")] });
    expect(attempts.map(({ task }) => task)).toEqual(["prompt", "hand-over"]);
  });
});

describe("a value that was accepted from an agent that then failed", () => {
  const parts = { first: [[gave, ...busy]], second: [turnedAway] };

  test("is in the error when the next one fails too", async () => {
    const result = await leftBy(runChain(parts, { schema }), "authentication");
    expect(result).toMatchObject({ output: { age: 42 }, provider: "second", attempts: [{}, {}] });
  });

  test("is in the error when the next one works on what is there", async () => {
    const first = [[changed, gave, ...busy]];
    const result = await leftBy(runChain({ ...parts, first }, { schema }), "authentication");
    expect(result).toMatchObject({ output: { age: 42 }, attempts: [{}, { task: "hand-over" }] });
  });

  test("is in the error when a worktree is as that agent left it", async () => {
    const options: HarnessOptions = { schema, cwd: repository(), workspace: "worktree" };
    expect(await leftBy(runChain(parts, options), "authentication")).toMatchObject({ output: { age: 42 } });
  });

  test("is gone when the worktree was put back for the next one", async () => {
    const options: HarnessOptions = { schema, cwd: repository(), workspace: "worktree" };
    const first = [[{ shell: "echo x > new.txt" }, changed, gave, ...busy]];
    const result = await leftBy(runChain({ ...parts, first }, options), "authentication");
    expect(result).toMatchObject({ attempts: [{}, { task: "prompt" }], changes: { files: [] } });
    expect(result.output).toBeUndefined();
  });

  test("is gone when the worktree was put back for the same one", async () => {
    const options: HarnessOptions = { schema, cwd: repository(), workspace: "worktree", retries: { transient: 1 } };
    const run = runChain({ only: [[changed, gave, ...busy], turnedAway] }, options);
    const result = await leftBy(run, "authentication");
    expect(result.attempts).toHaveLength(2);
    expect(result.output).toBeUndefined();
  });

  test("stands behind that of the agent which completes", async () => {
    const second = [[{ line: { output: { age: 7 } } }, ...answer("Done.")]];
    expect((await runChain({ ...parts, second }, { schema })).output).toEqual({ age: 7 });
  });
});

describe("the cost of a run", () => {
  test("is known though an agent failed that says it used no tokens", async () => {
    const usage = { inputTokens: 0, outputTokens: 0 };
    const nothing = { line: { evidence: [{ type: "totals", scope: "attempt", usage }] } };
    const result = await runChain({ first: [[nothing, ...turnedAway]], second: [answer("Done.")] });
    expect(result.cost).toEqual({ usd: 0.01, source: "reported" });
  });

  test("is unknown when an agent failed that used some and tells no price", async () => {
    const some = { line: { evidence: [{ type: "totals", scope: "attempt", usage: { inputTokens: 1 } }] } };
    const result = await runChain({ first: [[some, ...turnedAway]], second: [answer("Done.")] });
    expect(result.cost).toEqual({ source: "unknown" });
  });
});

describe("that the model's side asked to wait", () => {
  const parts = { limited: [asksToWait, answer("Back.")], second: [answer("Done.")] };

  test.each([
    ["worktree", "in-place"],
    ["in-place", "worktree"],
    ["worktree", "worktree"],
  ] as const)("in a run with the workspace %s holds for one with %s", async (first, then) => {
    // The process remembers it, of this environment alone.
    const options = { cwd: repository(), env: { WHOSE: `of ${first} and ${then}` } };
    await runChain(parts, { ...options, workspace: first });
    const { attempts } = await runChain(parts, { ...options, workspace: then });
    expect(attempts).toMatchObject([{ provider: "second" }]);
  });

  test("does not hold without a variable that it held with", async () => {
    const env = { WHOSE: "of one who removes a key" };
    await runChain(parts, { env });
    const { attempts } = await runChain(parts, { env: { ...env, SOME_API_KEY: undefined } });
    expect(attempts).toMatchObject([{ provider: "limited" }, { provider: "second" }]);
  });
});
