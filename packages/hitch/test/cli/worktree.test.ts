/** `hitch run --workspace worktree`, and what is left of it when its host is killed. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { git } from "../support/git.ts";
import { eventually, hitch, isAlive, lastOf, makeUser, startHitch, untilStarted, type User } from "./command.ts";

/** A project of the user's, in Git. */
function project(user: User): string {
  const cwd = join(user.directory, "project");
  mkdirSync(cwd);
  git(cwd, "init", "--quiet");
  writeFileSync(join(cwd, "a.txt"), "a\n");
  git(cwd, "add", "a.txt");
  git(cwd, "commit", "--quiet", "--message=x");
  return cwd;
}

const worktreesOf = (user: User): readonly string[] => readdirSync(join(user.directory, "state/worktrees"));

test("the agent works in a worktree, and the result says so", async () => {
  const user = makeUser();
  const cwd = project(user);
  const { stdout, code } = await hitch(user, ["run", "--json", "-C", cwd, "--workspace", "worktree", "Why?"]);
  expect(code).toBe(0);
  const { result } = lastOf(stdout);
  expect(result.workspace).toEqual({ type: "worktree", base: git(cwd, "rev-parse", "HEAD").trim() });
  expect(user.started()?.cwd).toBe(join(user.directory, "state/worktrees", result.runId ?? ""));
  expect([worktreesOf(user), existsSync(join(cwd, ".git/worktrees"))]).toEqual([[], false]);
});

test("--dry-run tells it, and makes none", async () => {
  const user = makeUser();
  const cwd = project(user);
  mkdirSync(join(cwd, "sub"));
  const args = ["run", "--dry-run", "-C", join(cwd, "sub"), "--workspace", "worktree", "Why?"];
  const { stdout, code } = await hitch(user, args);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^directory +\/<worktree>\/sub$/m);
  expect(stdout).toMatch(/^workspace +worktree of the last commit, removed at the end$/m);
  const json = JSON.parse((await hitch(user, [...args, "--json"])).stdout) as {
    workspace: unknown;
    env: { PWD: string };
  };
  expect(json).toMatchObject({ workspace: { type: "worktree", keep: false }, env: { PWD: "/<worktree>/sub" } });
  expect([user.started(), existsSync(join(cwd, ".git/worktrees"))]).toEqual([undefined, false]);
});

test("where there is no repository it is a wrong call", async () => {
  const user = makeUser();
  const { stderr, code } = await hitch(user, ["run", "--workspace", "worktree", "Why?"]);
  expect(code).toBe(2);
  expect(stderr).toContain("hitch: invalid-options: --workspace: ");
  expect(stderr).toContain("is in no working tree of Git");
});

test("hitch reap removes the worktree of a host that was killed with its reaper", async () => {
  const user = makeUser({ hang: true });
  const cwd = project(user);
  const { pid, path } = await startAndKill(user, cwd);
  expect(isAlive(pid)).toBe(true);
  const { stdout } = await hitch(user, ["reap"]);
  expect(stdout).toContain(`its worktree ${path} removed\n`);
  expect([isAlive(pid), existsSync(path), worktreesOf(user)]).toEqual([false, false, []]);
  expect([existsSync(join(cwd, ".git/worktrees")), git(cwd, "worktree", "list").split("\n").length]).toEqual([
    false,
    2,
  ]);
});

test("the next run removes it too, also when the reaper has cleaned up after the rest", async () => {
  const user = makeUser({ hang: true });
  const cwd = project(user);
  const { pid, path } = await startAndKill(user, cwd, { reaperToo: false });
  await eventually(() => !isAlive(pid) && readdirSync(join(user.directory, "state/active")).length === 0);
  expect(existsSync(path)).toBe(true);
  const next = { ...user, env: { ...user.env, FAKE_PI: "{}" } };
  expect((await hitch(next, ["run", "-C", cwd, "Why?"])).code).toBe(0);
  expect([existsSync(path), worktreesOf(user), existsSync(join(cwd, ".git/worktrees"))]).toEqual([false, [], false]);
});

/** Kills the host of a run in a worktree while its agent works; the agent and its worktree stay. */
async function startAndKill(
  user: User,
  cwd: string,
  { reaperToo = true } = {},
): Promise<{ readonly pid: number; readonly path: string }> {
  const child = startHitch(user, ["run", "-C", cwd, "--workspace", "worktree", "Why?"]);
  child.stdin?.end();
  const { pid, cwd: path } = await untilStarted(user);
  const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim().split(" ").map(Number);
  if (reaperToo) for (const reaper of children.filter((one) => one !== pid)) process.kill(reaper, "SIGKILL");
  child.kill("SIGKILL");
  await eventually(() => !isAlive(child.pid));
  return { pid, path };
}
