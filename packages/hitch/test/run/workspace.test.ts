/** Runs in a Git worktree: what they see, what they leave, and what becomes of them. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { newRunId } from "../../src/effects/process/run-id.ts";
import { sweepWorktrees } from "../../src/effects/git/worktree-tickets.ts";
import { openState } from "../../src/effects/state.ts";
import type { HarnessError } from "../../src/vocabulary/error.ts";
import type { RunResult, Session } from "../../src/vocabulary/result.ts";
import { commit, fingerprint, git, repository } from "../support/git.ts";
import { answer, script } from "../support/scripted-agent.ts";
import { start, temporaryDirectory } from "../support/start.ts";

type Options = Readonly<Record<string, unknown>>;

/** A run in a worktree whose agent does this in a shell and ends well. */
function runShell(cwd: string, shell: string, options: Options = {}): Promise<RunResult> {
  return start(script({ shell }, ...answer("Done.")), { cwd, workspace: "worktree", ...options }).result;
}

async function failingRun(cwd: string, options: Options = {}): Promise<HarnessError> {
  const { error } = await start(script(...answer("Done.")), { cwd, workspace: "worktree", ...options }).settled;
  if (error === undefined) throw new Error("the run did not fail");
  return error;
}

function pathOf({ workspace }: RunResult): string {
  return workspace.type === "worktree" ? (workspace.path ?? "") : "";
}

/** Where Hitch keeps its own files during this test. */
function useStateDirectory(directory: string): void {
  const before = process.env.HITCH_STATE_DIR;
  process.env.HITCH_STATE_DIR = directory;
  onTestFinished(() => void Object.assign(process.env, { HITCH_STATE_DIR: before }));
}

/** What git knows of worktrees of a repository, and what is left in the state directory. */
function leftOf(root: string): readonly string[] {
  const folder = join(root, ".git/worktrees");
  const known = existsSync(folder) ? readdirSync(folder).map((name) => `known: ${name}`) : [];
  return [...known, ...readdirSync(openState(process.env).worktrees)];
}

const uncommitted = { type: "worktree", uncommitted: true } as const;

describe("a run in a worktree", () => {
  test("works at the last commit, leaves the original to the last byte, and tells what it changed", async () => {
    const cwd = repository({ "a.txt": "one\ntwo\nthree\n", "b.txt": "b\n" });
    writeFileSync(join(cwd, "b.txt"), "dirty\n");
    writeFileSync(join(cwd, "untracked.txt"), "u\n");
    const before = fingerprint(cwd);
    const result = await runShell(cwd, "sed -i s/two/2/ a.txt; cat b.txt > seen.txt; ls > listed.txt; pwd > pwd.txt");
    expect(result.changes).toMatchObject({
      source: "git",
      files: [
        { path: join(cwd, "a.txt"), change: "edit", additions: 1, deletions: 1 },
        { path: join(cwd, "listed.txt"), change: "create" },
        { path: join(cwd, "pwd.txt"), change: "create" },
        { path: join(cwd, "seen.txt"), change: "create", additions: 1, deletions: 0 },
      ],
    });
    expect(result.changes.patch).toContain("+b\n");
    expect(result.changes.patch).toContain("+a.txt\n+b.txt\n+listed.txt\n+seen.txt\n");
    expect(result.workspace).toEqual({ type: "worktree", base: git(cwd, "rev-parse", "HEAD").trim() });
    expect(result.warnings).toEqual([]);
    expect(fingerprint(cwd)).toEqual(before);
    const [, path = ""] = /^\+(\/.*worktrees\/.*)$/m.exec(result.changes.patch ?? "") ?? [];
    expect(path).toMatch(new RegExp(`/worktrees/${result.runId}$`));
    expect([existsSync(path), leftOf(cwd)]).toEqual([false, []]);
  });

  test("sees a file that is written at once, in place and with as many bytes as before", async () => {
    const cwd = repository({ "a.txt": "one\n", "b.txt": "one\n" });
    const { changes } = await runShell(cwd, "echo two > a.txt; touch b.txt");
    expect(changes.files).toEqual([{ path: join(cwd, "a.txt"), change: "edit", additions: 1, deletions: 1 }]);
  });

  test("tells by its result where any run worked", async () => {
    const cwd = repository();
    const result = await runShell(cwd, "true", { workspace: undefined });
    expect(result.workspace).toEqual({ type: "in-place" });
    expect(result.apply).toBeUndefined();
    expect((await runShell(cwd, "true", { workspace: "in-place" })).workspace).toEqual({ type: "in-place" });
    expect((await runShell(cwd, "true", { journal: false })).workspace).toMatchObject({ type: "worktree" });
  });

  test("starts with what is not committed if that is wanted, and tells only what came after", async () => {
    const cwd = repository({ "a.txt": "a\n", "gone.txt": "gone\n", "staged.txt": "s\n", ".gitignore": "*.log\n" });
    writeFileSync(join(cwd, "a.txt"), "a\ndirty\n");
    writeFileSync(join(cwd, "staged.txt"), "s\nstaged\n");
    git(cwd, "add", "staged.txt");
    rmSync(join(cwd, "gone.txt"));
    mkdirSync(join(cwd, "new"));
    writeFileSync(join(cwd, "new/binary"), Buffer.from([0, 255, 1]), { mode: 0o755 });
    symlinkSync("a.txt", join(cwd, "link"));
    writeFileSync(join(cwd, "x.log"), "ignored\n");
    const before = fingerprint(cwd);
    const seen = join(temporaryDirectory(), "seen");
    const { changes, workspace } = await runShell(
      cwd,
      `cp -a . ${seen}; git status --short > ${seen}/status; echo x >> a.txt`,
      {
        workspace: uncommitted,
      },
    );
    expect(changes.files).toEqual([{ path: join(cwd, "a.txt"), change: "edit", additions: 1, deletions: 0 }]);
    expect(changes.patch).toContain(" dirty\n+x\n");
    expect(workspace).toEqual({ type: "worktree", base: git(cwd, "rev-parse", "HEAD").trim() });
    expect(readFileSync(join(seen, "status"), "utf8")).toBe(" M a.txt\n D gone.txt\n M staged.txt\n?? link\n?? new/\n");
    for (const name of ["status", ".git"]) rmSync(join(seen, name));
    const { "x.log": _ignored, ...expected } = before;
    expect(fingerprint(seen)).toEqual(withoutGit(expected));
    expect(fingerprint(cwd)).toEqual(before);
  });

  test("carries a file of any size", async () => {
    const cwd = repository();
    writeFileSync(join(cwd, "large"), Buffer.alloc(9_000_000, "x"));
    const { changes, warnings } = await runShell(cwd, "wc -c < large > size", { workspace: uncommitted });
    expect(changes.patch).toContain("+9000000\n");
    expect(warnings).toEqual([]);
  });

  test("is in the same place below the top, with its further directories", async () => {
    const root = repository();
    const elsewhere = temporaryDirectory();
    for (const name of ["app", "lib"]) {
      mkdirSync(join(root, name));
      writeFileSync(join(root, name, "keep"), "");
    }
    commit(root);
    const link = join(temporaryDirectory(), "link");
    symlinkSync(root, link);
    const steps = script({ tell: null }, { shell: "echo x > made; echo y >> ../a.txt" }, ...answer("Done."));
    const run = start(steps, {
      cwd: join(link, "app"),
      workspace: "worktree",
      addDirs: [join(root, "lib"), elsewhere],
      lenient: true,
    });
    let told: { cwd: string; env: Record<string, string> } | undefined;
    for await (const event of run) {
      if (event.type === "text" && event.text.startsWith("{")) told = JSON.parse(event.text) as typeof told;
    }
    const { changes, runId } = await run;
    expect(told?.cwd).toMatch(new RegExp(`/worktrees/${runId}/app$`));
    expect(told?.env.PWD).toBe(told?.cwd);
    expect(changes.files.map(({ path }) => path)).toEqual([join(link, "a.txt"), join(link, "app/made")]);
  });

  test("is safe from variables that name the original, as in a hook of it", async () => {
    const cwd = repository();
    const before = fingerprint(cwd);
    const names = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"];
    Object.assign(process.env, {
      GIT_DIR: join(cwd, ".git"),
      GIT_WORK_TREE: cwd,
      GIT_INDEX_FILE: join(cwd, ".git/index"),
    });
    try {
      const { changes } = await runShell(cwd, "echo x > new; git add new; git rev-parse --show-toplevel > top");
      expect(changes.files.map(({ path }) => path)).toEqual([join(cwd, "new"), join(cwd, "top")]);
      expect(changes.patch).toMatch(/^\+\/.*\/worktrees\/[0-9a-f]{11}$/m);
    } finally {
      for (const name of names) Reflect.deleteProperty(process.env, name);
    }
    const { ".git/objects": _objects, ...after } = fingerprint(cwd);
    expect(Object.keys(before).filter((name) => after[name] !== before[name])).toEqual([]);
  });

  test("runs no hook, and lets the agent commit, branch off and break everything", async () => {
    const cwd = repository();
    const touched = join(temporaryDirectory(), "touched");
    writeFileSync(join(cwd, ".git/hooks/post-checkout"), `#!/bin/sh\necho x > ${touched}\n`, { mode: 0o755 });
    const { changes, runId } = await runShell(cwd, 'echo x >> a.txt; rm -r "$(git rev-parse --git-dir)"');
    expect(existsSync(touched)).toBe(false);
    expect(changes.source).toBe("unknown");
    const { worktrees } = openState(process.env);
    expect(readFileSync(join(worktrees, runId, "a.txt"), "utf8")).toContain("x\n");
    rmSync(join(worktrees, runId), { recursive: true });
    const all =
      "echo x >> a.txt; git -c user.name=A -c user.email=a@example.org commit -qam x; git rm -q a.txt; echo y > b.txt";
    const { files } = (await runShell(cwd, all)).changes;
    expect(files.map(({ path, change }) => [path, change])).toEqual([
      [join(cwd, "a.txt"), "delete"],
      [join(cwd, "b.txt"), "create"],
    ]);
  });

  test.each([
    { where: "in no repository", state: () => temporaryDirectory(), undo: "rm -rf .git" },
    { where: "in one that ignores it", state: () => repository({ ".gitignore": "*\n" }), undo: "rm -rf .git" },
    { where: "in the original", state: undefined, undo: "rm -rf .git" },
    { where: "in one, with a link to it", state: () => repository(), undo: "rm .git; ln -s ../../../.git .git" },
    { where: "in none, with a new one", state: () => temporaryDirectory(), undo: "rm .git; git init -q; git add ." },
  ])("is compared with its own repository when the agent removes .git: $where", async ({ state, undo }) => {
    const cwd = repository({ "a.txt": "a\n", "b.txt": "b\n" });
    useStateDirectory(join((state ?? (() => cwd))(), ".hitch"));
    const result = await runShell(cwd, `${undo}; echo x > new.txt; rm b.txt`);
    expect(result.changes.files).toEqual([
      { path: join(cwd, "b.txt"), change: "delete", additions: 0, deletions: 1 },
      { path: join(cwd, "new.txt"), change: "create", additions: 1, deletions: 0 },
    ]);
    expect(result.warnings).toEqual([]);
    await result.apply?.();
    expect(readdirSync(cwd).filter((name) => !name.startsWith("."))).toEqual(["a.txt", "new.txt"]);
    expect(leftOf(cwd)).toEqual([]);
  });

  test("does not disturb others at the same time", async () => {
    const cwd = repository();
    const runs = Array.from({ length: 6 }, (_, index) => runShell(cwd, `echo ${index} > ${index}.txt; sleep 0.2`));
    const results = await Promise.all(runs);
    expect(results.map(({ changes }) => changes.files.map(({ path }) => path))).toEqual(
      runs.map((_, index) => [join(cwd, `${index}.txt`)]),
    );
    await Promise.all(results.flatMap(({ apply }) => (apply ? [apply()] : [])));
    expect(readdirSync(cwd).filter((name) => /^\d/.test(name))).toEqual(runs.map((_, index) => `${index}.txt`));
    expect(leftOf(cwd)).toEqual([]);
  });
});

function withoutGit(files: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).filter(([name]) => !name.startsWith(".git/")));
}

describe("there is a worktree of every kind of repository:", () => {
  const edit = "echo x >> a.txt";

  test("a linked worktree", async () => {
    const main = repository();
    const cwd = join(temporaryDirectory(), "linked");
    git(main, "worktree", "add", "--quiet", cwd);
    const result = await runShell(cwd, edit);
    expect(result.changes.files).toMatchObject([{ path: join(cwd, "a.txt") }]);
    await result.apply?.();
    expect([git(cwd, "diff"), git(main, "diff")]).toEqual([result.changes.patch, ""]);
    expect(leftOf(main)).toEqual(["known: linked"]);
  });

  test("a submodule, and one that has some", async () => {
    const cwd = repository();
    git(cwd, "submodule", "--quiet", "add", repository({ "m.txt": "m\n" }), "module");
    commit(cwd);
    const outer = await runShell(cwd, `${edit}; ls module > listed`);
    expect(outer.changes.files.map(({ path }) => path)).toEqual([join(cwd, "a.txt"), join(cwd, "listed")]);
    const inner = await runShell(join(cwd, "module"), "echo x >> m.txt");
    expect(inner.changes.files.map(({ path }) => path)).toEqual([join(cwd, "module/m.txt")]);
    await inner.apply?.();
    expect(git(join(cwd, "module"), "diff")).toBe(inner.changes.patch);
  });

  test("a sparse one, of which the same is there", async () => {
    const cwd = repository();
    for (const name of ["in", "out"]) {
      mkdirSync(join(cwd, name));
      writeFileSync(join(cwd, name, "x"), "x\n");
    }
    commit(cwd);
    git(cwd, "sparse-checkout", "set", "in");
    const { changes } = await runShell(cwd, "find . -name x > found");
    expect(changes.patch).toContain("+./in/x\n");
    expect(changes.patch).not.toContain("out/x");
  });

  test("a sparse one, in which the agent writes what is not checked out", async () => {
    const cwd = repository();
    for (const name of ["in", "out"]) mkdirSync(join(cwd, name));
    for (const name of ["in/x", "out/x", "out/same"]) writeFileSync(join(cwd, name), "x\n");
    commit(cwd);
    git(cwd, "sparse-checkout", "set", "in");
    const result = await runShell(cwd, "mkdir out; echo y > out/x; echo x > out/same; echo z > out/new; rm in/x");
    expect(result.changes.files).toEqual([
      { path: join(cwd, "in/x"), change: "delete", additions: 0, deletions: 1 },
      { path: join(cwd, "out/new"), change: "create", additions: 1, deletions: 0 },
      { path: join(cwd, "out/x"), change: "edit", additions: 1, deletions: 1 },
    ]);
    expect([result.warnings, leftOf(cwd)]).toEqual([[], []]);
    const nothing = await runShell(cwd, "git sparse-checkout disable");
    expect([nothing.changes.files, nothing.warnings]).toEqual([[], []]);
  });

  test("one with filters for large files", async () => {
    const cwd = repository({ ".gitattributes": "*.bin filter=large\n" });
    const settings = { clean: "sed s/real/pointer/", smudge: "sed s/pointer/real/", required: "true" };
    for (const [name, value] of Object.entries(settings)) git(cwd, "config", `filter.large.${name}`, value);
    writeFileSync(join(cwd, "a.bin"), "real 1\n");
    commit(cwd);
    const result = await runShell(cwd, "cp a.bin seen.txt; echo 'real 2' >> a.bin");
    expect(result.changes.patch).toContain("+real 1\n");
    expect(result.changes.patch).toContain("+pointer 2\n");
    await result.apply?.();
    expect(readFileSync(join(cwd, "a.bin"), "utf8")).toBe("real 1\nreal 2\n");
  });

  test("one with files that git takes for changed as soon as they are checked out", async () => {
    const cwd = repository({ "a.txt": "one\r\ntwo\r\n" });
    writeFileSync(join(cwd, ".gitattributes"), "*.txt text eol=lf\n");
    git(cwd, "add", ".gitattributes");
    git(cwd, "commit", "--quiet", "--message=x");
    const { changes } = await runShell(cwd, "echo x > new");
    expect(changes.files.map(({ path }) => path)).toEqual([join(cwd, "new")]);
  });
});

describe("a worktree is kept", () => {
  test("if that is wanted, known to git until it is removed", async () => {
    const cwd = repository();
    const { workspace, runId } = await runShell(cwd, "echo x > new", { workspace: { type: "worktree", keep: true } });
    const path = workspace.type === "worktree" ? (workspace.path ?? "") : "";
    expect(readFileSync(join(path, "new"), "utf8")).toBe("x\n");
    expect(git(cwd, "worktree", "list")).toContain(path);
    expect(leftOf(cwd)).toEqual([`known: ${runId}`, runId]);
    const { worktrees, active } = openState(process.env);
    expect(await sweepWorktrees(worktrees, active)).toEqual([]);
    git(cwd, "worktree", "remove", "--force", path);
    expect(leftOf(cwd)).toEqual([]);
  });

  test("so that its session can go on there, and nowhere else", async () => {
    const cwd = repository();
    const session = (place: string): Session => ({ provider: "scripted", id: "s1", cwd: place });
    const { workspace } = await runShell(cwd, "echo x > new", { workspace: { type: "worktree", keep: true } });
    const path = workspace.type === "worktree" ? (workspace.path ?? "") : "";
    const again = await start(script(...answer("Yes.")), { cwd: path, session: session(path) });
    expect(again.text).toBe("Yes.");
    expect(await failingRun(cwd, { session: session(path) })).toMatchObject({
      code: "invalid-options",
      option: "workspace",
      reason: "conflict",
    });
    git(cwd, "worktree", "remove", "--force", path);
    expect(await failingRun(cwd, { workspace: "in-place", session: session(path) })).toMatchObject({
      code: "session-not-found",
      reason: "cwd-gone",
      message: expect.stringContaining("keep: true") as unknown,
    });
    expect(await failingRun(path, { workspace: "in-place", session: session(path) })).toMatchObject({
      code: "cwd-not-found",
    });
  });

  test("when its changes are not known as a whole, and nothing half is applied", async () => {
    const cwd = repository();
    const before = fingerprint(cwd);
    const result = await runShell(cwd, "yes 0123456789 | head -n 1000000 > large.txt; echo x >> a.txt");
    const path = result.workspace.type === "worktree" ? (result.workspace.path ?? "") : "";
    expect(result.warnings).toContain(`the worktree is kept, since its changes are not known as a whole: ${path}`);
    await expect(result.apply?.()).rejects.toMatchObject({ code: "apply-failed", reason: "incomplete" });
    git(cwd, "worktree", "remove", "--force", path);
    expect(fingerprint(cwd)).toEqual(before);
  });
});

describe("a worktree is kept, since its changes are not in the patch:", () => {
  const report = (path: string): Options => ({ line: { events: [{ type: "file-change", path, change: "create" }] } });

  test.each([
    {
      what: "a repository without a commit",
      steps: [{ shell: "git init -q pkg; echo x > pkg/x" }],
      problem: "'pkg/' does not have a commit checked out",
    },
    {
      what: "a repository with one",
      steps: [{ shell: "git init -q pkg; cd pkg; git -c user.name=A -c user.email=a@b commit -qm x --allow-empty" }],
      problem: "the patch has nothing of what is in repositories inside this one: ",
    },
    {
      what: "an ignored file that the agent told of",
      steps: [{ shell: "echo x > made.gen" }, report("made.gen")],
      problem: "not in the patch, since Git ignores them: ",
    },
  ])("$what", async ({ steps, problem }) => {
    const cwd = repository({ ".gitignore": "*.gen\n", "a.txt": "a\n" });
    const result = await start(script(...steps, ...answer("Done.")), { cwd, workspace: "worktree" });
    const path = pathOf(result);
    expect(result.warnings).toEqual([
      expect.stringContaining(problem),
      `the worktree is kept, since its changes are not known as a whole: ${path}`,
    ]);
    await expect(result.apply?.()).rejects.toMatchObject({ reason: "incomplete" });
    git(cwd, "worktree", "remove", "--force", path);
  });

  test("but not for an ignored file that is gone, elsewhere, or that nobody told of", async () => {
    const cwd = repository({ ".gitignore": "*.gen\n", "a.txt": "a\n" });
    const elsewhere = join(temporaryDirectory(), "made.gen");
    const steps = [{ shell: `echo x > ${elsewhere}; echo x > built.gen` }, report("gone.gen"), report(elsewhere)];
    const result = await start(script(...steps, ...answer("Done.")), { cwd, workspace: "worktree" });
    expect(result.changes.files.map(({ path }) => path)).toEqual([join(cwd, "gone.gen"), elsewhere]);
    expect([result.warnings, leftOf(cwd)]).toEqual([[], []]);
  });
});

test.each(["true", "git -c user.name=A -c user.email=a@example.org commit -qm x"])(
  "an ignored file that the agent adds to Git by force counts: %s",
  async (further) => {
    const cwd = repository({ ".gitignore": "*.gen\n", "tracked.txt": "x\n" });
    writeFileSync(join(cwd, "made.gen"), "the user's\n");
    const shell = `echo x > made.gen; echo y > gone.gen; git add -f *.gen; rm gone.gen; echo z > other.gen; ${further}`;
    const { changes, warnings } = await runShell(cwd, shell);
    expect(changes.files).toEqual([{ path: join(cwd, "made.gen"), change: "create", additions: 1, deletions: 0 }]);
    expect([warnings, leftOf(cwd)]).toEqual([[], []]);
    expect((await runShell(cwd, "git add -f made.gen", { workspace: "in-place" })).changes.files).toEqual([]);
  },
);

describe("a worktree is refused", () => {
  const bare = (): string => {
    const cwd = temporaryDirectory();
    git(cwd, "init", "--quiet", "--bare");
    return cwd;
  };
  const unborn = (): string => {
    const cwd = temporaryDirectory();
    git(cwd, "init", "--quiet");
    return cwd;
  };
  const untracked = (): string => {
    const cwd = join(repository(), "untracked");
    mkdirSync(cwd);
    return cwd;
  };
  const withoutFilter = (): string => {
    const cwd = repository({ "a.txt": "a\n", ".gitattributes": "*.txt filter=nowhere\n" });
    git(cwd, "config", "filter.nowhere.smudge", "false");
    git(cwd, "config", "filter.nowhere.required", "true");
    return cwd;
  };

  test.each([
    { where: "outside of Git", directory: temporaryDirectory, reason: "not-a-repository" },
    { where: "in a bare repository", directory: bare, reason: "not-a-repository" },
    { where: "in Git's own folder", directory: () => join(repository(), ".git"), reason: "git-failed" },
    { where: "before the first commit", directory: unborn, reason: "no-commit" },
    { where: "where nothing is committed", directory: untracked, reason: "not-committed" },
    { where: "where git fails to make it", directory: withoutFilter, reason: "git-failed" },
    { where: "without git", directory: repository, env: { PATH: "/nowhere" }, reason: "git-missing" },
  ])("$where", async ({ directory, env, reason }) => {
    const cwd = directory();
    const before = fingerprint(cwd);
    const error = await failingRun(cwd, { env });
    expect(error).toMatchObject({ code: "invalid-options", option: "workspace", reason });
    expect(error.message).toMatch(/^workspace: /);
    expect(error.result.attempts ?? []).toEqual([]);
    expect(fingerprint(cwd)).toEqual(before);
    expect(readdirSync(openState(process.env).worktrees)).toEqual([]);
  });

  test.each([
    ["elsewhere", "workspace", "unknown-value"],
    [{ type: "elsewhere" }, "workspace.type", "unknown-value"],
    [{ keep: true }, "workspace.type", "missing"],
    [{ type: "worktree", keep: "yes" }, "workspace.keep", "wrong-type"],
    [{ type: "worktree", other: 1 }, "workspace.other", "unknown"],
    [{ type: "in-place", keep: true }, "workspace.keep", "conflict"],
    [{ type: "in-place", uncommitted: true }, "workspace.uncommitted", "conflict"],
  ])("%j", async (workspace, option, reason) => {
    expect(await failingRun(repository(), { workspace })).toMatchObject({ code: "invalid-options", option, reason });
  });
});

test("a worktree that is kept while others are removed stays", async () => {
  const { worktrees, active } = openState({ HITCH_STATE_DIR: join(temporaryDirectory(), "state") });
  const ids = Array.from({ length: 16 }, newRunId).sort();
  const live = ids.filter((_, index) => index % 2 === 1);
  for (const runId of ids) {
    mkdirSync(join(worktrees, runId));
    for (let file = 0; file < 50; file++) writeFileSync(join(worktrees, runId, `${file}`), "");
    writeFileSync(join(worktrees, `${runId}.json`), JSON.stringify({ version: 1, administration: "/nowhere" }));
  }
  const isAlive = new Set(live);
  for (const runId of live) mkdirSync(join(active, runId));
  const sweeping = sweepWorktrees(worktrees, active);
  const dead = ids.filter((runId) => !isAlive.has(runId));
  const hasBegun = (): boolean => dead.some((runId) => !existsSync(join(worktrees, runId, "0")));
  while (!hasBegun()) await new Promise(setImmediate);
  for (const runId of live) {
    rmSync(join(worktrees, `${runId}.json`));
    rmSync(join(active, runId), { recursive: true });
  }
  expect((await sweeping).map(({ runId }) => runId).sort()).toEqual(dead);
  expect(readdirSync(worktrees).sort()).toEqual(live);
});

describe("nothing is left of a worktree", () => {
  /** A git that waits for ever when it is to make a worktree, the first or another; the file is there as soon as it does. */
  function hangingGit(which: "first" | "second" = "first"): { env: Record<string, string>; hangs: string } {
    const folder = temporaryDirectory();
    const [hangs, once] = [join(folder, "hangs"), join(folder, "once")];
    if (which === "first") writeFileSync(once, "");
    const real = (process.env.PATH ?? "")
      .split(delimiter)
      .map((each) => join(each, "git"))
      .find(existsSync);
    const hang = `if [ -e ${once} ]; then : > ${hangs}; exec sleep 60; fi; : > ${once}; exit 0`;
    const text = `#!/bin/sh\ncase "$*" in *"worktree add"*) ${real} "$@"; ${hang};; esac\nexec ${real} "$@"\n`;
    writeFileSync(join(folder, "git"), text);
    chmodSync(join(folder, "git"), 0o755);
    return { env: { PATH: `${folder}${delimiter}${process.env.PATH}` }, hangs };
  }

  test("when the run is cancelled while it is made", async () => {
    const cwd = repository();
    const { env, hangs } = hangingGit();
    const run = start(script(...answer("Done.")), { cwd, workspace: "worktree", env });
    await expect.poll(() => existsSync(hangs), { timeout: 10_000 }).toBe(true);
    await run.cancel("enough");
    expect((await run.settled).error).toMatchObject({ code: "cancelled", result: { workspace: { type: "worktree" } } });
    expect(leftOf(cwd)).toEqual([]);
  });

  test("when the run is cancelled while it is put back to its start", async () => {
    const cwd = repository();
    const { env, hangs } = hangingGit("second");
    const effects = [{ line: { tool: "t", kind: "execute" } }, { shell: "echo x > new" }, { line: { done: "t" } }];
    const prompt = script(...effects, { line: { failure: { message: "overloaded", status: 503 } } });
    const run = start(prompt, { cwd, workspace: { type: "worktree", keep: true }, env, retries: { transient: 1 } });
    await expect.poll(() => existsSync(hangs), { timeout: 20_000 }).toBe(true);
    await run.cancel("enough");
    const { error } = await run.settled;
    expect(error).toMatchObject({ code: "cancelled", result: { changes: { source: "unknown" } } });
    expect(leftOf(cwd)).toEqual([]);
  });

  test("when the time of the run is up while it is made", async () => {
    const cwd = repository();
    const { env } = hangingGit();
    expect(await failingRun(cwd, { env, timeouts: { total: 1_500 } })).toMatchObject({ code: "timeout" });
    expect(leftOf(cwd)).toEqual([]);
  });

  test("when the agent fails, is missing, or the run is cancelled while it works", async () => {
    const cwd = repository();
    const failure = script({ shell: "echo x > new" }, { line: { failure: { message: "no", status: 401 } } });
    const { error } = await start(failure, { cwd, workspace: "worktree" }).settled;
    expect(error?.result).toMatchObject({ changes: { files: [{ path: join(cwd, "new") }] } });
    await error?.result.apply?.();
    expect(readFileSync(join(cwd, "new"), "utf8")).toBe("x\n");

    expect(await failingRun(cwd, { executable: "/nowhere" })).toMatchObject({ code: "executable-not-found" });

    const run = start(script({ shell: "echo y > other" }, { line: { text: "Working" } }, { sleep: 60_000 }), {
      ...{ cwd, workspace: "worktree" },
    });
    for await (const event of run) if (event.type === "text") break;
    const { status, error: cancelled } = await run.settled;
    expect(status).toBe("cancelled");
    expect(cancelled?.result.changes?.files).toMatchObject([{ path: join(cwd, "other"), change: "create" }]);
    expect(leftOf(cwd)).toEqual([]);
  });

  test("though one before it cannot be removed, which is told", async () => {
    const { worktrees, active } = openState({ HITCH_STATE_DIR: join(temporaryDirectory(), "state") });
    const [stuck = "", ...others] = [newRunId(), newRunId(), newRunId()].sort();
    mkdirSync(join(worktrees, `${stuck}.json`)); // No ticket can be read from it.
    for (const runId of others) {
      mkdirSync(join(worktrees, runId));
      writeFileSync(join(worktrees, `${runId}.json`), JSON.stringify({ version: 1, administration: "/nowhere" }));
    }
    const swept = await sweepWorktrees(worktrees, active);
    expect(swept.map(({ runId, problem }) => [runId, problem !== undefined]).sort()).toEqual([
      [stuck, true],
      ...others.map((runId) => [runId, false]),
    ]);
    expect(readdirSync(worktrees)).toEqual([`${stuck}.json`]);
  });

  test("that has a ticket and no live run, whatever is there of it", async () => {
    const cwd = repository();
    const { worktrees, active } = openState({ HITCH_STATE_DIR: join(temporaryDirectory(), "state") });
    const [whole, bare, live] = [newRunId(), newRunId(), newRunId()];
    for (const runId of [whole, bare, live]) {
      const administration = join(cwd, ".git/worktrees", runId);
      writeFileSync(join(worktrees, `${runId}.json`), JSON.stringify({ version: 1, administration }));
      if (runId !== bare) git(cwd, "worktree", "add", "--quiet", "--detach", join(worktrees, runId));
    }
    mkdirSync(join(active, live));
    const swept = await sweepWorktrees(worktrees, active);
    expect(swept.map(({ runId }) => runId).sort()).toEqual([whole, bare].sort());
    expect(readdirSync(worktrees).sort()).toEqual([live, `${live}.json`].sort());
    expect(readdirSync(join(cwd, ".git/worktrees"))).toEqual([live]);
    rmSync(join(active, live), { recursive: true });
    await sweepWorktrees(worktrees, active);
    expect([readdirSync(worktrees), existsSync(join(cwd, ".git/worktrees"))]).toEqual([[], false]);
  });
});

test("after side effects the worktree is put back to its start, and the next attempt starts over", async () => {
  const cwd = repository({ "a.txt": "a\n", "gone.txt": "gone\n", ".gitignore": "*.log\n" });
  writeFileSync(join(cwd, "a.txt"), "dirty\n");
  const file = join(temporaryDirectory(), "starts");
  const mess =
    "echo mess > a.txt; rm gone.txt; echo x > x.log; echo n > new; git add -A; git checkout -q --orphan other";
  const effects = [{ line: { tool: "t", kind: "execute" } }, { shell: mess }, { line: { done: "t" } }];
  const seen = join(temporaryDirectory(), "seen");
  const starts = [
    [...effects, { line: { failure: { message: "overloaded", status: 503 } } }],
    [{ shell: `git status --short > ${seen}; cat a.txt *.log >> ${seen}; echo done > a.txt` }, ...answer("Done.")],
  ];
  const result = await start(script({ byStart: { file, starts } }), {
    ...{ cwd, workspace: uncommitted, retries: { transient: 1 } },
  });
  expect(result.attempts).toHaveLength(2);
  expect(readFileSync(seen, "utf8")).toBe(" M a.txt\ndirty\n");
  expect(result.changes.files).toMatchObject([{ path: join(cwd, "a.txt"), change: "edit" }]);
  expect(result.changes.patch).toContain("-dirty\n+done\n");
  expect(leftOf(cwd)).toEqual([]);
});

test("its start is that of the run, whatever was done to the original since", async () => {
  const cwd = repository({ "a.txt": "a\n" });
  writeFileSync(join(cwd, "a.txt"), "dirty\n");
  writeFileSync(join(cwd, "untracked.txt"), "u\n");
  const [file, seen] = [join(temporaryDirectory(), "starts"), join(temporaryDirectory(), "seen")];
  const meanwhile = `cd ${cwd}; echo later > a.txt; rm untracked.txt; echo x > new.txt`;
  const effects = [{ line: { tool: "t", kind: "execute" } }, { shell: meanwhile }, { line: { done: "t" } }];
  const starts = [
    [...effects, { line: { failure: { message: "overloaded", status: 503 } } }],
    [{ shell: `git status --short > ${seen}; cat a.txt >> ${seen}` }, ...answer("Done.")],
  ];
  const prompt = script({ byStart: { file, starts } });
  const result = await start(prompt, { cwd, workspace: uncommitted, retries: { transient: 1 } });
  expect(readFileSync(seen, "utf8")).toBe(" M a.txt\n?? untracked.txt\ndirty\n");
  expect([result.attempts.length, result.changes.files]).toEqual([2, []]);
});

describe("with keep: unless-stored the worktree stays", () => {
  const workspace = { type: "worktree", keep: "unless-stored" } as const;

  test("when there is no journal, and something was changed", async () => {
    const cwd = repository();
    const result = await runShell(cwd, "echo x > new.txt", { workspace, journal: false });
    const { path = "" } = result.workspace as { path?: string };
    expect(readFileSync(join(path, "new.txt"), "utf8")).toBe("x\n");
    expect(result.warnings).toEqual([`the worktree is kept, since no journal has its changes: ${path}`]);
    git(cwd, "worktree", "remove", "--force", path);
    const nothing = await runShell(cwd, "true", { workspace, journal: false });
    expect([nothing.workspace, nothing.warnings]).toEqual([
      { type: "worktree", base: expect.any(String) as string },
      [],
    ]);
    expect(leftOf(cwd)).toEqual([]);
  });

  test("when the journal has the patch without what looks like a secret", async () => {
    const cwd = repository();
    const options = { workspace, env: { DB_PASSWORD: "postgres" } };
    const result = await runShell(cwd, "echo postgres > new.txt", options);
    const { path = "" } = result.workspace as { path?: string };
    expect(readFileSync(join(path, "new.txt"), "utf8")).toBe("postgres\n");
    expect(result.warnings.join()).toContain("the journal has its changes without what looks like secrets");
    git(cwd, "worktree", "remove", "--force", path);
    expect((await runShell(cwd, "echo mysql > new.txt", options)).workspace).not.toHaveProperty("path");
    expect(leftOf(cwd)).toEqual([]);
  });
});
