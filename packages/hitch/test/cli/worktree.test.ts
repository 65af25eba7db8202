/** `hitch run --workspace worktree`, and what is left of it when its host is killed. */
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { summarize } from "../../src/cli/text/summary.ts";
import { git } from "../support/git.ts";
import { eventually, hitch, isAlive, lastOf, makeUser, startHitch, untilStarted, type User } from "./command.ts";
import { unstyled } from "./text/unstyled.ts";
import { readPids, signalProcess } from "../support/signal.ts";

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
  expect(json).toMatchObject({
    workspace: { type: "worktree", keep: "unless-stored" },
    env: { PWD: "/<worktree>/sub" },
  });
  expect([user.started(), existsSync(join(cwd, ".git/worktrees"))]).toEqual([undefined, false]);
});

/** A user whose agent writes this into two files. */
function makeWriter(text: string, env: Readonly<Record<string, string>> = {}): { user: User; cwd: string } {
  const user = makeUser({}, env);
  const agent = join(user.directory, "bin/pi");
  renameSync(agent, `${agent}-real`);
  writeFileSync(agent, `#!/bin/sh\necho ${text} > new.txt; echo ${text} >> a.txt\nexec "$0-real" "$@"\n`);
  chmodSync(agent, 0o755);
  return { user, cwd: project(user) };
}

test.each([
  ["there is no journal", "text", ["--no-journal"], {}],
  ["the journal must not have it", "postgres", [], { DB_PASSWORD: "postgres" }],
])("the worktree is kept when %s, and the summary tells how to take the changes from there", async (...given) => {
  const [, text, flags, env] = given;
  const { user, cwd } = makeWriter(text, env);
  const run = ["run", "--json", "-C", cwd, "--workspace", "worktree", ...flags, "Why?"];
  const finish = lastOf((await hitch(user, run)).stdout);
  const { path = "" } = finish.result.workspace as { path?: string };
  expect(existsSync(path)).toBe(true);
  const line = summarize(finish, { style: unstyled, columns: 80 })
    .split("\n")
    .find((one) => one.startsWith("  apply "));
  execFileSync("sh", ["-c", line?.slice("  apply ".length) ?? "false"], { cwd });
  expect(readFileSync(join(cwd, "new.txt"), "utf8")).toBe(`${text}\n`);
  expect(git(cwd, "diff", "a.txt")).toContain(`\n+${text}\n`);
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

test("hitch reap goes on after a worktree that cannot be removed, tells it, and ends with 1", async () => {
  const user = makeUser();
  const worktrees = join(user.directory, "state/worktrees");
  const [stuck, other] = ["00000000000", "11111111111"];
  // No ticket can be read from a directory.
  for (const folder of [join(worktrees, `${stuck}.json`), join(worktrees, other)])
    mkdirSync(folder, { recursive: true });
  writeFileSync(join(worktrees, `${other}.json`), JSON.stringify({ version: 1, administration: "/nowhere" }));
  const { stdout, code } = await hitch(user, ["reap"]);
  expect(code).toBe(1);
  expect(stdout).toContain(`run ${stuck}: its worktree ${join(worktrees, stuck)} could not be removed: EISDIR`);
  expect(stdout).toContain(`its worktree ${join(worktrees, other)} removed\n`);
  expect(worktreesOf(user)).toEqual([`${stuck}.json`]);
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
  const children = readPids(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8"));
  if (reaperToo) for (const reaper of children.filter((one) => one !== pid)) signalProcess(reaper);
  child.kill("SIGKILL");
  await eventually(() => !isAlive(child.pid));
  return { pid, path };
}
