/** Real agents in a Git worktree: what they do happens there, and comes to the original by `apply` alone. */
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { text } from "../../../src/testing/index.ts";
import { commit, fingerprint, git } from "../../support/git.ts";
import { agents } from "../support/agents.ts";
import { freshPlace, runLibrary } from "../support/run-agent.ts";

vi.setConfig({ maxConcurrency: 4, testTimeout: 300_000 });

function repositoryIn(cwd: string): void {
  git(cwd, "init", "--quiet", "--initial-branch=main");
  writeFileSync(join(cwd, "a.txt"), "one\n");
  commit(cwd);
}

/**
 * OpenCode learns from it where its model is. It is not committed, so it has to be carried along; and OpenCode adds a line to it,
 * and an id to Git's folder.
 */
const ofOpencode = ["opencode.json", ".git/opencode"];
const workspace = { type: "worktree", uncommitted: true } as const;

function lookAt(root: string): Record<string, string> {
  return Object.fromEntries(Object.entries(fingerprint(root)).filter(([name]) => !ofOpencode.includes(name)));
}

function withoutGit(root: string): Record<string, string> {
  return Object.fromEntries(Object.entries(lookAt(root)).filter(([name]) => !/^\.git(\/|$)/.test(name)));
}

describe.concurrent.each(agents)("$id in a worktree", (agent) => {
  test("edits there, leaves the original as it is, and apply makes it the same", async () => {
    const place = freshPlace();
    const { cwd } = place;
    repositoryIn(cwd);
    const before = lookAt(cwd);
    const copy = join(place.home, "copy");
    const keep = `echo two >> a.txt; mkdir sub; printf '\\0\\1' > sub/binary; pwd > where.txt; cp -r . ${copy}`;
    const { finish } = await runLibrary(agent, {
      place,
      turns: [agent.calls.shell(keep), text("Done.")],
      options: { workspace },
    });
    expect(finish).toMatchObject({ status: "completed", result: { text: "Done.", workspace: { type: "worktree" } } });
    const { result } = finish;
    const changed = (result.changes?.files ?? []).filter(({ path }) => !ofOpencode.includes(basename(path)));
    expect(changed).toEqual([
      { path: join(cwd, "a.txt"), change: "edit", additions: 1, deletions: 0 },
      { path: join(cwd, "sub/binary"), change: "create" },
      { path: join(cwd, "where.txt"), change: "create", additions: 1, deletions: 0 },
    ]);
    const { runId = "" } = result;
    expect(readFileSync(join(copy, "where.txt"), "utf8")).toMatch(new RegExp(`/worktrees/${runId}\n$`));
    expect(result.session?.cwd).toMatch(new RegExp(`/worktrees/${runId}$`));
    expect(lookAt(cwd)).toEqual(before);
    expect(existsSync(join(cwd, ".git/worktrees"))).toBe(false);

    expect((await result.apply?.())?.files).toEqual(result.changes?.files.map(({ path }) => path));
    expect(withoutGit(cwd)).toEqual(withoutGit(copy));
  });

  test("goes on with its session in one that was kept", async () => {
    const place = freshPlace();
    repositoryIn(place.cwd);
    const first = await runLibrary(agent, {
      place,
      prompt: "My name is Ada.",
      turns: [text("Hello.")],
      options: { workspace: { ...workspace, keep: true } },
    });
    const { session, workspace: kept } = first.finish.result;
    const path = kept?.type === "worktree" ? (kept.path ?? "") : "";
    expect(session?.cwd).toBe(path);
    const second = await runLibrary(agent, {
      place: { ...place, cwd: path },
      prompt: "What is my name?",
      turns: [agent.calls.shell("echo Ada > name.txt"), text("Ada.")],
      options: { session },
    });
    expect(second.finish).toMatchObject({ status: "completed", result: { text: "Ada." } });
    expect(JSON.stringify(second.requests[0]?.messages)).toContain("My name is Ada.");
    expect(readFileSync(join(path, "name.txt"), "utf8")).toBe("Ada\n");
    git(place.cwd, "worktree", "remove", "--force", path);
    expect(readdirSync(place.cwd)).not.toContain("name.txt");
  });
});

test("what it may do at the level workspace is in the worktree, not in the original", async () => {
  const agent = agents.find(({ id }) => id === "opencode");
  const place = freshPlace();
  repositoryIn(place.cwd);
  const before = lookAt(place.cwd);
  cpSync(place.cwd, join(place.home, "beside"), { recursive: true });
  if (agent === undefined) throw new Error("there is no OpenCode");
  const outside = [place.cwd, join(place.home, "beside")].map((root) =>
    agent.calls.write(join(root, "new.txt"), "x\n"),
  );
  const { finish, events } = await runLibrary(agent, {
    place,
    turns: [...outside, text("Done.")],
    options: { workspace, permissions: "workspace" },
  });
  expect(finish.status).toBe("completed");
  expect(events.filter(({ type }) => type === "permission")).toHaveLength(2);
  expect(existsSync(join(place.home, "beside/new.txt"))).toBe(false);
  expect(lookAt(place.cwd)).toEqual(before);
});
