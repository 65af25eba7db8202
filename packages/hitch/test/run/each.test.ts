import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { openState } from "../../src/effects/state.ts";
import { harness } from "../../src/harness.ts";
import type { EachLimits } from "../../src/run/each.ts";
import { runJobs, type Job } from "../../src/run/jobs.ts";
import { git, repository } from "../support/git.ts";
import { answer, script, scripted } from "../support/scripted-agent.ts";
import { temporaryDirectory } from "../support/start.ts";

/** Jobs that take some turns of the event loop, and what was at work at once. */
function watched(providers: readonly string[]): { jobs: Job<number>[]; most: Map<string, number>; started: number[] } {
  const busy = new Map<string, number>();
  const most = new Map<string, number>();
  const started: number[] = [];
  const add = (key: string, by: number): void => {
    const count = (busy.get(key) ?? 0) + by;
    busy.set(key, count);
    most.set(key, Math.max(count, most.get(key) ?? 0));
  };
  const jobs = providers.map((provider, index) => ({
    provider,
    async start() {
      started.push(index);
      for (const key of ["all", provider]) add(key, 1);
      await sleep(5 * (1 + (index % 3)));
      for (const key of ["all", provider]) add(key, -1);
      return index;
    },
  }));
  return { jobs, most, started };
}

describe("jobs", () => {
  test("give what they give in their order, no more at once than allowed", async () => {
    const { jobs, most, started } = watched(Array.from({ length: 12 }, () => "a"));
    expect(await runJobs(jobs, { concurrency: 3 })).toEqual(jobs.map((_, index) => index));
    expect(most.get("all")).toBe(3);
    expect(started).toEqual(jobs.map((_, index) => index));
  });

  test("are four at once if nobody says otherwise", async () => {
    const { jobs, most } = watched(Array.from({ length: 12 }, () => "a"));
    await runJobs(jobs, {});
    expect(most.get("all")).toBe(4);
  });

  test("of a busy provider let others pass", async () => {
    const { jobs, most, started } = watched(["a", "a", "a", "b", "b", "b"]);
    const limits = { concurrency: 3, concurrencyByProvider: { a: 1 } };
    expect(await runJobs(jobs, limits)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(most.get("a")).toBe(1);
    expect(most.get("b")).toBeGreaterThan(1);
    expect(started.slice(0, 3)).toEqual([0, 3, 4]);
  });

  test("may be none", async () => expect(await runJobs([], {})).toEqual([]));
});

describe("harness.each", () => {
  const bound = harness.with({ provider: scripted, workspace: "in-place", journal: false });

  test("gives every outcome, typed and in order; one that fails ends no other", async () => {
    const cwd = temporaryDirectory();
    const failing = script({ line: { failure: { message: "no", status: 401 } } }, { exit: 1 });
    const outcomes = await bound.each([script({ sleep: 300 }, ...answer("1")), failing, script(...answer("3"))], {
      cwd,
    });
    expect(outcomes).toMatchObject([
      { status: "completed", result: { text: "1" } },
      { status: "failed", error: { code: "authentication" } },
      { status: "completed", result: { text: "3" } },
    ]);
  });

  test("lays what a call says over what all share", async () => {
    const cwd = temporaryDirectory();
    const calls = [
      { prompt: script(...answer("1")), metadata: { mine: 1 } },
      { prompt: script(...answer("2")), model: "other" },
    ];
    const outcomes = await bound.each(calls, { cwd, model: "usual", metadata: { all: 2 } });
    expect(outcomes.map(({ result }) => result)).toMatchObject([
      { text: "1", model: "usual", metadata: { mine: 1, all: 2 } },
      { text: "2", model: "other", metadata: { all: 2 } },
    ]);
  });

  test("resolves to nothing for no calls, whatever limits stand ready for them", async () => {
    expect(await bound.each([], { concurrencyByProvider: { codex: 1 } })).toEqual([]);
    const wrong = bound.each([], { concurrencyByProvider: { codex: 0 } });
    await expect(wrong).rejects.toMatchObject({ option: "concurrencyByProvider.codex", reason: "wrong-value" });
  });

  test("starts nothing more once its signal is aborted", async () => {
    const canceller = new AbortController();
    const options = { cwd: temporaryDirectory(), signal: canceller.signal, concurrency: 1 };
    const outcomes = bound.each([script({ sleep: 60_000 }), script(...answer("2"))], options);
    setTimeout(() => canceller.abort(), 300);
    expect(await outcomes).toMatchObject([{ status: "cancelled" }, { status: "cancelled", error: { result: {} } }]);
  });

  test.each([
    [[42], {}, "calls[0]"],
    [["a", { promt: "b" }], {}, "calls[1]"],
    [["a"], { concurrency: 0 }, "concurrency"],
    [["a"], { concurrencyByProvider: { scripted: 1.5 } }, "concurrencyByProvider.scripted"],
    [["a"], { concurrencyByProvider: { scriptde: 1 } }, "concurrencyByProvider.scriptde"],
    [["a"], { concurrencyByProvider: null }, "concurrencyByProvider"],
  ])("refuses %j with %j", async (calls, options, option) => {
    const refused = bound.each(calls as string[], options as EachLimits);
    await expect(refused).rejects.toMatchObject({ code: "invalid-options", option });
  });

  test("has each call work in a worktree of its own unless told otherwise; none is left", async () => {
    const cwd = repository();
    const calls = ["1", "2", "3", "4"].map((name) => {
      const shell = `echo ${name} > ${name}.txt; sleep 0.5; ls *.txt > seen.txt`;
      return script({ shell }, ...answer(name));
    });
    const outcomes = await harness.each(calls, { provider: scripted, journal: false, cwd });
    const results = outcomes.map(({ result }) => result);
    expect(results.map((result) => [result?.text, result?.workspace.type])).toEqual(
      ["1", "2", "3", "4"].map((name) => [name, "worktree"]),
    );
    for (const [index, result] of results.entries()) {
      const own = `${index + 1}.txt`;
      expect(result?.changes.files.map(({ path }) => path)).toEqual([join(cwd, own), join(cwd, "seen.txt")]);
      expect(result?.changes.patch).toContain(`@@ -0,0 +1,2 @@\n+${own}\n+a.txt\n`);
    }
    expect([git(cwd, "status", "--short"), existsSync(join(cwd, ".git/worktrees"))]).toEqual(["", false]);
    expect(readdirSync(openState(process.env).worktrees)).toEqual([]);
  });
});
