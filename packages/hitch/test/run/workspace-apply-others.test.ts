/** `apply` where somebody else has a hand in the same files: nobody's content is written over. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ConflictError, HalfAppliedError } from "../../src/effects/git/apply-errors.ts";
import { applyPatch } from "../../src/effects/git/apply.ts";
import { buildGitEnvironment, type GitOutput, type RunGit } from "../../src/effects/git/command.ts";
import type { RunResult } from "../../src/vocabulary/result.ts";
import { commit, fingerprint, git, repository } from "../support/git.ts";
import { answer, script } from "../support/scripted-agent.ts";
import { start, temporaryDirectory } from "../support/start.ts";

const three = { "a.txt": "a\n", "b.txt": "b\n", "c.txt": "c\n" };

/** A run in a worktree whose agent does this in a shell and ends well. */
function runShell(cwd: string, shell: string): Promise<RunResult> {
  return start(script({ shell }, ...answer("Done.")), { cwd, workspace: "worktree" }).result;
}

async function apply(result: Partial<RunResult>): Promise<readonly string[]> {
  const applied = await result.apply?.();
  if (applied === undefined) throw new Error("there is nothing to apply");
  return applied.files;
}

function read(...path: string[]): string {
  return readFileSync(join(...path), "utf8");
}

describe("a file that git was told to take for unchanged", () => {
  test.each(["--assume-unchanged", "--skip-worktree"])("keeps its edit with %s", async (flag) => {
    const cwd = repository(three);
    const result = await runShell(cwd, "echo agent > a.txt; echo agent > b.txt; echo new > new.txt");
    git(cwd, "update-index", flag, "a.txt");
    writeFileSync(join(cwd, "a.txt"), "mine\n");
    const before = fingerprint(cwd);
    const conflict = { code: "apply-failed", reason: "conflict", files: [join(cwd, "a.txt")] };
    await expect(apply(result)).rejects.toMatchObject(conflict);
    expect(fingerprint(cwd)).toEqual(before);
  });
});

/** Calls git at once. `instead` may take over, or do something before it. */
function gitThat(instead: (args: readonly string[]) => GitOutput | undefined): RunGit {
  return ({ args, cwd, env, stdin = "" }) => {
    const done = instead(args);
    if (done) return Promise.resolve(done);
    const given = { ...buildGitEnvironment({ PATH: process.env.PATH ?? "" }), ...env };
    const { status, stdout, stderr } = spawnSync("git", args, { cwd, env: given, input: stdin });
    return Promise.resolve({ exitCode: status, stdout, stdoutBytes: stdout.length, stderr: stderr.toString() });
  };
}

const failed: GitOutput = { exitCode: 128, stdout: Buffer.of(), stdoutBytes: 0, stderr: "error: no space left\n" };

/** Puts what the shell does into the repository; `whenWritten` comes right before git writes. */
async function applyWhile(
  cwd: string,
  shell: string,
  whenWritten: () => GitOutput | undefined,
): Promise<{ readonly error: unknown }> {
  execFileSync("sh", ["-c", shell], { cwd });
  git(cwd, "add", "--all");
  const patch = git(cwd, "diff", "--cached", "--binary", "HEAD");
  git(cwd, "reset", "--quiet", "--hard");
  const isWrite = (args: readonly string[]): boolean => args.includes("read-tree") && !args.includes("--dry-run");
  const first = gitThat((args) => (isWrite(args) ? whenWritten() : undefined));
  const request = { patch, cwd, scratch: join(temporaryDirectory(), "git"), excluded: [] };
  const plain = gitThat(() => undefined);
  const error: unknown = await applyPatch(first, plain, request).catch((failure: unknown) => failure);
  return { error };
}

describe("what is written while apply is at it", () => {
  const shell =
    "echo agent > a.txt; echo agent > b.txt; rm c.txt; mkdir -p dir; echo new > dir/new.txt; echo n > n.txt";

  test("before git writes, is a conflict, and stays", async () => {
    const cwd = repository(three);
    const { error } = await applyWhile(cwd, shell, () => {
      writeFileSync(join(cwd, "b.txt"), "mine, longer\n");
      writeFileSync(join(cwd, "c.txt"), "mine too, longer\n");
      writeFileSync(join(cwd, "n.txt"), "also mine\n");
      return undefined;
    });
    expect(error).toBeInstanceOf(ConflictError);
    expect([read(cwd, "a.txt"), read(cwd, "b.txt")]).toEqual(["a\n", "mine, longer\n"]);
    expect([read(cwd, "c.txt"), read(cwd, "n.txt")]).toEqual(["mine too, longer\n", "also mine\n"]);
    expect(existsSync(join(cwd, "dir"))).toBe(false);
  });

  test("after git has failed half-way, stays and is told, while git's own writes are taken back", async () => {
    const cwd = repository(three);
    const { error } = await applyWhile(cwd, shell, () => {
      writeFileSync(join(cwd, "a.txt"), "agent\n");
      writeFileSync(join(cwd, "b.txt"), "mine\n");
      rmSync(join(cwd, "c.txt"));
      mkdirSync(join(cwd, "dir"));
      writeFileSync(join(cwd, "dir/new.txt"), "new\n");
      writeFileSync(join(cwd, "n.txt"), "also mine\n");
      return failed;
    });
    const files = [join(cwd, "b.txt"), join(cwd, "n.txt")];
    expect(error).toBeInstanceOf(HalfAppliedError);
    expect(error).toMatchObject({ files });
    expect((error as Error).message).toMatch(/^no space left; .+: somebody else has written there meanwhile$/);
    expect([read(cwd, "a.txt"), read(cwd, "b.txt"), read(cwd, "c.txt")]).toEqual(["a\n", "mine\n", "c\n"]);
    expect([read(cwd, "n.txt"), existsSync(join(cwd, "dir"))]).toEqual(["also mine\n", false]);
  });

  test("in place of a directory that is to be restored, stays", async () => {
    const cwd = repository(three);
    mkdirSync(join(cwd, "dir"));
    writeFileSync(join(cwd, "dir/old.txt"), "old\n");
    commit(cwd);
    const { error } = await applyWhile(cwd, "rm -r dir; echo agent > a.txt", () => {
      rmSync(join(cwd, "dir"), { recursive: true });
      writeFileSync(join(cwd, "dir"), "mine\n");
      return failed;
    });
    expect(error).toBeInstanceOf(HalfAppliedError);
    expect(error).toMatchObject({ files: [join(cwd, "dir/old.txt")] });
    expect(read(cwd, "dir")).toBe("mine\n");
  });

  test("is not what git leaves on a full disk: that is taken back", async () => {
    const cwd = repository(three);
    const before = fingerprint(cwd);
    const { error } = await applyWhile(cwd, shell, () => {
      writeFileSync(join(cwd, "a.txt"), "");
      writeFileSync(join(cwd, "n.txt"), "");
      return failed;
    });
    expect(error).toMatchObject({ message: "git: no space left" });
    expect([read(cwd, "a.txt"), existsSync(join(cwd, "n.txt"))]).toEqual(["a\n", false]);
    expect(Object.keys(fingerprint(cwd)).filter((name) => !name.startsWith(".git/"))).toEqual(
      Object.keys(before).filter((name) => !name.startsWith(".git/")),
    );
  });
});

test("takes back a file whose name is not UTF-8", async () => {
  const cwd = repository(three);
  const name = Buffer.concat([Buffer.from(`${cwd}/`), Buffer.from([0x6e, 0xff, 0x0a, 0x22])]);
  writeFileSync(name, "old\n");
  commit(cwd);
  const { error } = await applyWhile(cwd, 'for one in n*; do echo agent > "$one"; done', () => {
    rmSync(name, { force: true });
    return failed;
  });
  expect(error).toMatchObject({ message: "git: no space left" });
  expect(readFileSync(name, "utf8")).toBe("old\n");
});

test("writes what a sparse checkout leaves out, and nothing else of that", async () => {
  const cwd = repository({});
  execFileSync("sh", ["-c", "mkdir in out; for f in in/i out/o out/p; do echo old > $f; done"], { cwd });
  commit(cwd);
  git(cwd, "sparse-checkout", "set", "in");
  expect(existsSync(join(cwd, "out"))).toBe(false);
  const result = await runShell(cwd, "git sparse-checkout add out && echo new > out/o && echo n > out/n");
  const changed = await apply(result);
  expect([...changed].sort()).toEqual(["out/n", "out/o"].map((name) => join(cwd, name)));
  expect([read(cwd, "out/o"), read(cwd, "out/n")]).toEqual(["new\n", "n\n"]);
  expect(existsSync(join(cwd, "out/p"))).toBe(false);
});

test("takes back what a sparse checkout leaves out", async () => {
  const cwd = repository({});
  execFileSync("sh", ["-c", "mkdir in out; for f in in/i out/o; do echo old > $f; done"], { cwd });
  commit(cwd);
  git(cwd, "sparse-checkout", "set", "in");
  const result = await runShell(cwd, "git sparse-checkout add out && echo new > out/o && echo new > in/z");
  git(cwd, "config", "filter.broken.smudge", "false");
  git(cwd, "config", "filter.broken.required", "true");
  writeFileSync(join(cwd, ".git/info/attributes"), "o filter=broken\n");
  await expect(apply(result)).rejects.toMatchObject({ reason: "git-failed" });
  expect([existsSync(join(cwd, "out")), existsSync(join(cwd, "in/z"))]).toEqual([false, false]);
});

describe("a file that is deleted on both sides", () => {
  const odd = String.raw`"$(printf '[*] "\303\244"\t\377 b/x')"`;

  test("is no conflict, whatever its name, and the rest is applied", async () => {
    const cwd = repository(three);
    execFileSync("sh", ["-c", `mkdir -p "$(dirname ${odd})"; echo odd > ${odd}`], { cwd });
    commit(cwd);
    const shell = `rm a.txt c.txt; rm ${odd}; echo agent > b.txt`;
    const result = await runShell(cwd, shell);
    execFileSync("sh", ["-c", `rm a.txt; rm ${odd}`], { cwd });
    expect([...(await apply(result))].sort()).toEqual([join(cwd, "b.txt"), join(cwd, "c.txt")]);
    expect([read(cwd, "b.txt"), existsSync(join(cwd, "c.txt"))]).toEqual(["agent\n", false]);
    expect(await apply(result)).toEqual([]);
  });

  test("is none by another run's apply either", async () => {
    const cwd = repository(three);
    const both = await Promise.all([
      runShell(cwd, "rm a.txt; echo one > new.txt"),
      runShell(cwd, "rm a.txt; echo two > b.txt"),
    ]);
    const [first, second] = [await apply(both[0]), await apply(both[1])];
    expect([first, second]).toEqual([[join(cwd, "a.txt"), join(cwd, "new.txt")], [join(cwd, "b.txt")]]);
    expect([existsSync(join(cwd, "a.txt")), read(cwd, "b.txt")]).toEqual([false, "two\n"]);
  });

  test("does not count among the conflicts of others", async () => {
    const cwd = repository(three);
    const result = await runShell(cwd, "rm a.txt; echo agent > b.txt");
    rmSync(join(cwd, "a.txt"));
    writeFileSync(join(cwd, "b.txt"), "mine\n");
    await expect(apply(result)).rejects.toMatchObject({ reason: "conflict", files: [join(cwd, "b.txt")] });
  });

  test("but is still there, ignored, is one", async () => {
    const cwd = repository(three);
    const result = await runShell(cwd, "rm a.txt; echo agent > b.txt");
    git(cwd, "rm", "--quiet", "--cached", "a.txt");
    writeFileSync(join(cwd, ".git/info/exclude"), "a.txt\n");
    await expect(apply(result)).rejects.toMatchObject({ reason: "conflict", files: [join(cwd, "a.txt")] });
    expect(read(cwd, "a.txt")).toBe("a\n");
  });
});
