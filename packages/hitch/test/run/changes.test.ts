import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { HarnessError } from "../../src/vocabulary/error.ts";
import type { RunResult } from "../../src/vocabulary/result.ts";
import { commit, fingerprint, git, repository } from "../support/git.ts";
import { answer, script } from "../support/scripted-agent.ts";
import { start, temporaryDirectory } from "../support/start.ts";
import { signalProcess } from "../support/signal.ts";

/** A run whose agent does this in a shell and ends well. */
function runShell(cwd: string, shell: string, options: Readonly<Record<string, unknown>> = {}): Promise<RunResult> {
  return start(script({ shell }, ...answer("Done.")), { cwd, ...options }).result;
}

/** Puts an executable `git` of ours before the real one. */
function pathWithGit(text: string): string {
  const folder = temporaryDirectory();
  writeFileSync(join(folder, "git"), text);
  chmodSync(join(folder, "git"), 0o755);
  return `${folder}${delimiter}${process.env.PATH}`;
}

function fakeGit(text: string): Record<string, string> {
  return { PATH: pathWithGit(text) };
}

/** Where Hitch keeps its own files during this test. */
function useStateDirectory(directory: string): string {
  const before = process.env.HITCH_STATE_DIR;
  process.env.HITCH_STATE_DIR = directory;
  onTestFinished(() => void Object.assign(process.env, { HITCH_STATE_DIR: before }));
  return directory;
}

describe("the changes of a run", () => {
  test("are what git diff prints, to the byte, when tracked files were edited", async () => {
    const cwd = repository({ "a.txt": "one\ntwo\nthree\n", "b.txt": "b", "same.txt": "same\n" });
    const { changes, warnings } = await runShell(cwd, "sed -i s/two/2/ a.txt; echo more >> a.txt; echo bb > b.txt");
    expect(changes).toEqual({
      source: "git",
      files: [
        { path: join(cwd, "a.txt"), change: "edit", additions: 2, deletions: 1 },
        { path: join(cwd, "b.txt"), change: "edit", additions: 1, deletions: 1 },
      ],
      additions: 3,
      deletions: 2,
      patch: git(cwd, "diff"),
    });
    expect(warnings).toEqual([]);
  });

  test("are none when nothing is different in the end", async () => {
    const cwd = repository();
    const none = { source: "git", files: [], additions: 0, deletions: 0, patch: "" };
    expect((await runShell(cwd, "true")).changes).toEqual(none);
    expect((await runShell(cwd, "echo x >> a.txt; echo new > new; git checkout a.txt; rm new")).changes).toEqual(none);
  });

  test("do not count what was different before", async () => {
    const cwd = repository({ "a.txt": "one\n", "gone.txt": "gone\n", "staged.txt": "s\n" });
    writeFileSync(join(cwd, "a.txt"), "one\ndirty\n");
    writeFileSync(join(cwd, "untracked.txt"), "mine\n");
    writeFileSync(join(cwd, "staged.txt"), "s\nstaged\n");
    git(cwd, "add", "staged.txt");
    rmSync(join(cwd, "gone.txt"));
    const { changes } = await runShell(cwd, "echo agent >> a.txt; echo agent >> untracked.txt");
    expect(changes).toMatchObject({
      files: [
        { path: join(cwd, "a.txt"), change: "edit", additions: 1, deletions: 0 },
        { path: join(cwd, "untracked.txt"), change: "edit", additions: 1, deletions: 0 },
      ],
      patch: expect.stringContaining(" one\n dirty\n+agent\n") as unknown,
    });
  });

  test("make the same of a copy by git apply: made, deleted, moved, binary, odd and linked files", async () => {
    const cwd = repository({
      "edit.txt": "e\n",
      "delete.txt": "d\n",
      "move.txt": "1\n2\n3\n4\n5\n",
      "link.txt": "l\n",
    });
    writeFileSync(join(cwd, "binary"), Buffer.from([0, 1, 2, 255]));
    writeFileSync(join(cwd, "latin1.txt"), Buffer.from("caf\xe9\n", "latin1"));
    writeFileSync(join(cwd, "untracked.txt"), "not committed\n");
    git(cwd, "add", "binary");
    const copy = temporaryDirectory();
    cpSync(cwd, copy, { recursive: true });
    const { changes, warnings } = await runShell(
      cwd,
      String.raw`echo more >> edit.txt; rm delete.txt; mkdir dir; mv move.txt dir/moved.txt; printf '\0\1\3' > binary
      printf 'th\351\n' >> latin1.txt; rm link.txt; ln -s edit.txt link.txt; chmod +x edit.txt; : > empty
      printf x > "$(printf 'line\nbreak "quoted" \303\244 \377')"; rm untracked.txt`,
    );
    expect(warnings).toEqual([]);
    expect(changes.files).toEqual(
      expect.arrayContaining([
        { path: join(cwd, "edit.txt"), change: "edit", additions: 1, deletions: 0 },
        { path: join(cwd, "delete.txt"), change: "delete", additions: 0, deletions: 1 },
        { path: join(cwd, "dir/moved.txt"), from: join(cwd, "move.txt"), change: "move", additions: 0, deletions: 0 },
        { path: join(cwd, "binary"), change: "edit" },
        { path: join(cwd, 'line\nbreak "quoted" ä \ufffd'), change: "create", additions: 1, deletions: 0 },
        { path: join(cwd, "empty"), change: "create", additions: 0, deletions: 0 },
      ]),
    );
    expect(changes.files).toHaveLength(9);
    execFileSync("git", ["apply"], { cwd: copy, input: changes.patch, stdio: ["pipe", "pipe", "pipe"] });
    for (const directory of [cwd, copy]) rmSync(join(directory, ".git"), { recursive: true });
    expect(fingerprint(copy)).toEqual(fingerprint(cwd));
  });

  test("count whether or not the agent commits, stages or stashes", async () => {
    const cwd = repository();
    const { changes } = await runShell(
      cwd,
      `git config user.name A; git config user.email a@example.org; echo 1 >> a.txt; git commit -qam 1; git checkout -qb other
      echo 2 > b.txt; git add b.txt; git commit -qm 2; echo 3 > c.txt; git add c.txt; echo 4 > d.txt; git stash -q`,
    );
    expect(changes.files.map(({ path, change }) => [path.slice(cwd.length + 1), change])).toEqual([
      ["a.txt", "edit"],
      ["b.txt", "create"],
      ["d.txt", "create"],
    ]);
  });

  test("are told also when the run fails or is cancelled", async () => {
    const cwd = repository();
    const fail = script({ shell: "echo x >> a.txt" }, { line: { failure: { message: "no", status: 401 } } });
    const failed = (await start(fail, { cwd }).settled).error as HarnessError;
    expect(failed.result.changes).toMatchObject({ source: "git", files: [{ change: "edit" }] });

    const run = start(script({ shell: "echo y > b.txt" }, { line: { text: "Working" } }, { sleep: 60_000 }), { cwd });
    for await (const event of run) if (event.type === "text") break;
    const { status, error } = await run.settled;
    expect(status).toBe("cancelled");
    expect(error?.result.changes?.files).toMatchObject([{ path: join(cwd, "b.txt"), change: "create" }]);
  });

  test("leave out what is ignored, and what Hitch itself writes", async () => {
    const cwd = repository({ ".gitignore": "*.log\n" });
    const journal = join(cwd, "journal");
    useStateDirectory(join(cwd, "state"));
    const { changes } = await runShell(cwd, "echo x > build.log; echo y > y.txt", { journal });
    expect(changes.files).toMatchObject([{ path: join(cwd, "y.txt") }]);
  });

  test("see an edit of the same size in the same moment as the index", async () => {
    const cwd = repository({ "a.txt": "aaa\n" });
    git(cwd, "config", "core.trustctime", "false");
    const { mtime } = statSync(join(cwd, "a.txt"));
    const whole = new Date(Math.floor(mtime.getTime() / 1000) * 1000);
    utimesSync(join(cwd, "a.txt"), whole, whole);
    git(cwd, "update-index", "--refresh");
    writeFileSync(join(cwd, "a.txt"), "bbb\n");
    for (const file of ["a.txt", ".git/index"]) utimesSync(join(cwd, file), whole, whole);
    expect((await runShell(cwd, "echo ccc > a.txt")).changes.patch).toContain("-bbb\n+ccc\n");
  });

  test("come without a patch when it is over 10 MB, with its size in a warning", async () => {
    const cwd = repository();
    const { changes, warnings } = await runShell(
      cwd,
      "yes 0123456789 | head -n 500000 | tee b.txt > c.txt; echo x >> a.txt",
    );
    const files = [{ additions: 1 }, { additions: 500_000 }, { additions: 500_000 }];
    expect(changes).toMatchObject({ source: "git", files });
    expect(changes).not.toHaveProperty("patch");
    expect(warnings).toEqual(["the patch is left out of the result: it has 12.0 MB, more than 10 MB"]);
  });
});

/** A file above 8 MB, which takes no room on disk. */
function writeHeavy(...names: readonly string[]): void {
  for (const name of names) {
    writeFileSync(name, "");
    truncateSync(name, 9_000_000);
  }
}

describe("files too heavy to be read", () => {
  test("are told by their size and time, without lines, in a warning instead of the patch", async () => {
    const cwd = repository();
    const at = (name: string): string => join(cwd, name);
    writeHeavy(at("tracked"));
    commit(cwd);
    writeHeavy(at("kept"), at("edited"), at("deleted"));
    writeFileSync(at("tracked"), "not heavy any more");
    writeHeavy(at("a.txt"));
    const { changes, warnings } = await runShell(
      cwd,
      "echo x >> edited; rm deleted; cp kept new; echo x >> a.txt; : > kept.txt; cp kept tracked; : > new.txt",
    );
    expect(changes.files).toHaveLength(7);
    expect(changes.files).toEqual(
      expect.arrayContaining([
        { path: at("kept.txt"), change: "create", additions: 0, deletions: 0 },
        { path: at("new.txt"), change: "create", additions: 0, deletions: 0 },
        { path: at("edited"), change: "edit" },
        { path: at("deleted"), change: "delete" },
        { path: at("a.txt"), change: "edit" },
        { path: at("new"), change: "create" },
        { path: at("tracked"), change: "edit" },
      ]),
    );
    expect(changes.patch?.match(/^diff --git .*/gm)).toHaveLength(2);
    const told = expect.stringMatching(
      /^changed, but too large or too many to be compared line by line: .*, 2 more$/,
    ) as unknown;
    expect(warnings).toEqual([told]);
  });

  test("are not stored, nor spoken of when they stay as they are", async () => {
    const cwd = repository();
    writeFileSync(join(cwd, "kept"), randomBytes(9_000_000));
    const state = useStateDirectory(temporaryDirectory());
    const stored = join(temporaryDirectory(), "stored");
    const count = `du -s --apparent-size --block-size=1 ${state} > ${stored}`;
    const { changes, warnings } = await runShell(cwd, `${count}; echo x >> a.txt`);
    expect(changes).toMatchObject({ source: "git", files: [{ path: join(cwd, "a.txt"), additions: 1 }] });
    expect(warnings).toEqual([]);
    const bytes = Number.parseInt(readFileSync(stored, "utf8"));
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThan(1_000_000);
  });

  test("are all files that are not tracked, when there are too many; tracked ones have their lines", async () => {
    const cwd = repository();
    writeHeavy(...Array.from({ length: 201 }, (_, index) => join(cwd, `heavy-${index}`)));
    writeFileSync(join(cwd, "light"), "");
    const { changes, warnings } = await runShell(cwd, "echo x >> light; echo x > new; echo x >> a.txt");
    expect(changes.files).toEqual([
      { path: join(cwd, "a.txt"), change: "edit", additions: 1, deletions: 0 },
      { path: join(cwd, "light"), change: "edit" },
      { path: join(cwd, "new"), change: "create" },
    ]);
    expect(changes.patch).toBe(git(cwd, "diff"));
    expect(warnings).toEqual([expect.stringContaining(`line by line: ${join(cwd, "light")}, ${join(cwd, "new")}`)]);
  });
});

describe("what the tools reported", () => {
  function report(...changes: readonly (readonly [string, string])[]): Readonly<Record<string, unknown>> {
    return { line: { events: changes.map(([path, change]) => ({ type: "file-change", path, change })) } };
  }

  test("counts where Git does not look: ignored, elsewhere, in other repositories, in its own folder", async () => {
    const cwd = repository({ ".gitignore": "dist\n", "a.txt": "a\n", "same.txt": "" });
    const elsewhere = temporaryDirectory();
    cpSync(repository(), join(cwd, "nested"), { recursive: true });
    symlinkSync(elsewhere, join(cwd, "link"));
    const unseen = [
      { path: join(cwd, "dist/x"), change: "create" },
      { path: join(cwd, "dist/gone/y"), change: "delete" },
      { path: join(elsewhere, "y"), change: "edit" },
      { path: join(cwd, "link/z"), change: "create" },
      { path: join(cwd, "nested/a.txt"), change: "edit" },
      { path: join(cwd, ".git/config"), change: "edit" },
    ];
    const seen = [
      ["a.txt", "edit"],
      ["same.txt", "edit"],
      ["passing.txt", "delete"],
      ["dist/x", "edit"],
    ] as const;
    const steps = [{ shell: "echo x >> a.txt" }, report(...unseen.map(({ path, change }) => [path, change] as const))];
    const { changes, warnings } = await start(script(...steps, report(...seen), ...answer("Done.")), { cwd });
    expect(changes.files).toEqual([
      { path: join(cwd, "a.txt"), change: "edit", additions: 1, deletions: 0 },
      ...unseen,
    ]);
    expect(changes).toMatchObject({ source: "git", additions: 1, patch: git(cwd, "diff") });
    expect(warnings).toEqual([]);
  });

  test("stands there once, whichever attempts told of it", async () => {
    const file = join(temporaryDirectory(), "starts");
    const failure = { line: { failure: { message: "overloaded", status: 503 } } };
    const session = { line: { events: [{ type: "session", session: { provider: "scripted", id: "s1", cwd: "/" } }] } };
    const starts = [
      [session, report(["/p", "create"]), failure],
      [report(["/p", "edit"]), ...answer("Done.")],
    ];
    const steps = join(temporaryDirectory(), "steps.json");
    writeFileSync(steps, JSON.stringify([{ byStart: { file, starts } }]));
    const options = { retries: { transient: 1 }, providerOptions: { scripted: { extraArgs: [steps] } } };
    const { changes, attempts } = await start("Do it.", options);
    expect(attempts).toHaveLength(2);
    expect(changes).toMatchObject({ source: "unknown", files: [{ path: "/p", change: "create" }] });
    expect(changes.files).toHaveLength(1);
  });
});

describe("the changes of a run are found in every repository", () => {
  const edit = "echo x >> a.txt";

  test("from a subdirectory, for all of the working tree", async () => {
    const root = repository();
    mkdirSync(join(root, "sub"));
    writeFileSync(join(root, "sub/keep"), "");
    commit(root);
    const { changes } = await runShell(join(root, "sub"), "echo x >> ../a.txt; echo y > b.txt; git init -q inner");
    expect(changes.files.map(({ path }) => path)).toEqual([join(root, "a.txt"), join(root, "sub/b.txt")]);
  });

  test("through a link, in the caller's words", async () => {
    const root = repository();
    const link = join(temporaryDirectory(), "link");
    symlinkSync(root, link);
    expect((await runShell(link, edit)).changes.files).toMatchObject([{ path: join(link, "a.txt") }]);
  });

  test("before the first commit", async () => {
    const cwd = temporaryDirectory();
    git(cwd, "init", "--quiet");
    expect((await runShell(cwd, edit)).changes).toMatchObject({ source: "git", files: [{ change: "create" }] });
    expect((await runShell(cwd, edit)).changes).toMatchObject({ source: "git", files: [{ change: "edit" }] });
  });

  test("in a linked worktree", async () => {
    const main = repository();
    const cwd = join(temporaryDirectory(), "linked");
    git(main, "worktree", "add", "--quiet", cwd);
    const { changes } = await runShell(cwd, edit);
    expect(changes).toMatchObject({ files: [{ path: join(cwd, "a.txt") }], patch: git(cwd, "diff") });
  });

  test("where the objects are another repository's, and the path has quotes and colons", async () => {
    const cwd = join(temporaryDirectory(), `a "b": c`);
    git(dirname(cwd), "clone", "--quiet", "--shared", repository(), cwd);
    const { changes } = await runShell(cwd, edit);
    expect(changes).toMatchObject({ files: [{ path: join(cwd, "a.txt") }], patch: git(cwd, "diff") });
  });

  test("with submodules and other repositories inside", async () => {
    const cwd = repository();
    git(cwd, "submodule", "--quiet", "add", repository(), "module");
    commit(cwd);
    git(cwd, "init", "--quiet", "unborn");
    cpSync(repository(), join(cwd, "nested"), { recursive: true });
    const { changes, warnings } = await runShell(cwd, `${edit}; echo x >> module/a.txt; echo x >> nested/a.txt`);
    expect(changes.files).toMatchObject([{ path: join(cwd, "a.txt") }]);
    expect(warnings).toEqual([expect.stringContaining("'unborn/' does not have a commit checked out")]);
  });
});

describe("finding the changes", () => {
  test("leaves the repository as it is, to the last byte", async () => {
    const cwd = repository();
    writeFileSync(join(cwd, "a.txt"), "stashed\n");
    git(cwd, "stash", "--quiet");
    writeFileSync(join(cwd, "staged.txt"), "staged\n");
    git(cwd, "add", "staged.txt");
    writeFileSync(join(cwd, "untracked.txt"), "untracked\n");
    git(cwd, "config", "core.splitIndex", "true");
    const before = fingerprint(join(cwd, ".git"));
    const { changes } = await runShell(cwd, "echo x >> a.txt; rm staged.txt; echo y > new.txt");
    expect(changes.files).toHaveLength(3);
    expect(fingerprint(join(cwd, ".git"))).toEqual(before);
  });

  test("starts none of the user's programs and keeps to one form, whatever the configuration says", async () => {
    const cwd = repository({ "a.txt": "one\n", ".gitattributes": "*.txt diff=custom\n" });
    const touched = join(temporaryDirectory(), "touched");
    const program = join(temporaryDirectory(), "program");
    writeFileSync(program, `#!/bin/sh\necho "$0" >> ${touched}\n`);
    chmodSync(program, 0o755);
    cpSync(program, join(cwd, ".git/hooks/post-index-change"));
    const plain = "echo two >> a.txt";
    const copy = temporaryDirectory();
    cpSync(cwd, copy, { recursive: true });
    execFileSync("sh", ["-c", plain], { cwd: copy });
    rmSync(join(copy, ".git/hooks"), { recursive: true });
    const expected = git(copy, "diff");
    const settings = {
      ...{ "core.fsmonitor": program, "diff.external": program, "diff.custom.command": program },
      ...{ "diff.custom.textconv": program, "core.pager": program, "color.ui": "always", "diff.noprefix": "true" },
      ...{ "diff.mnemonicPrefix": "true", "diff.context": "0", "core.quotePath": "false", "core.safecrlf": "true" },
    };
    for (const [name, value] of Object.entries(settings)) git(cwd, "config", name, value);
    rmSync(touched, { force: true });
    expect((await runShell(cwd, plain)).changes.patch).toBe(expected);
    expect(() => readFileSync(touched)).toThrow("ENOENT");
  });

  test("is not led astray by variables of the caller's", async () => {
    const cwd = repository();
    const env = { GIT_DIR: join(repository(), ".git"), GIT_INDEX_FILE: "/nowhere", GIT_EXTERNAL_DIFF: "false" };
    const { changes } = await runShell(cwd, "echo x >> a.txt", { env });
    expect(changes).toMatchObject({ files: [{ path: join(cwd, "a.txt") }], patch: git(cwd, "diff") });
  });

  test("heeds variables of the caller's that configure git, but for what starts programs", async () => {
    const cwd = repository();
    const [touched, program] = [join(temporaryDirectory(), "touched"), join(temporaryDirectory(), "program")];
    writeFileSync(program, `#!/bin/sh\necho x > ${touched}\n`, { mode: 0o755 });
    const [everywhere, ignored] = [join(temporaryDirectory(), "config"), join(temporaryDirectory(), "ignored")];
    writeFileSync(everywhere, `[core]\nexcludesFile = ${ignored}\n`);
    writeFileSync(ignored, "*.gen\n");
    const settings = [["core.fsmonitor", program] as const, ["core.ignoreCase", "true"] as const];
    const env = {
      GIT_CONFIG_GLOBAL: everywhere,
      GIT_CONFIG_COUNT: `${settings.length}`,
      ...Object.fromEntries(
        settings.flatMap(([key, value], index) => [
          [`GIT_CONFIG_KEY_${index}`, key],
          [`GIT_CONFIG_VALUE_${index}`, value],
        ]),
      ),
    };
    const { changes } = await runShell(cwd, "echo x >> a.txt; echo x > x.gen; echo x > X2.GEN", { env });
    expect(changes.files.map(({ path }) => path)).toEqual([join(cwd, "a.txt")]);
    expect(existsSync(touched)).toBe(false);
  });

  test("sees files that git was told not to look at", async () => {
    const cwd = repository({ "assumed.txt": "a\n", "both.txt": "b\n", "same.txt": "s\n", "skipped.txt": "s\n" });
    writeFileSync(join(cwd, "gone.txt"), "g\n");
    commit(cwd);
    git(cwd, "update-index", "--assume-unchanged", "assumed.txt", "both.txt", "same.txt");
    git(cwd, "update-index", "--skip-worktree", "skipped.txt", "both.txt", "gone.txt");
    rmSync(join(cwd, "gone.txt"));
    writeFileSync(join(cwd, "assumed.txt"), "a\nmine\n");
    const before = fingerprint(join(cwd, ".git"));
    const { changes } = await runShell(cwd, "for name in assumed both skipped gone; do echo x >> $name.txt; done");
    expect(changes.files).toEqual([
      ...["assumed.txt", "both.txt"].map((name) => ({
        path: join(cwd, name),
        change: "edit",
        additions: 1,
        deletions: 0,
      })),
      { path: join(cwd, "gone.txt"), change: "edit", additions: 1, deletions: 1 },
      { path: join(cwd, "skipped.txt"), change: "edit", additions: 1, deletions: 0 },
    ]);
    expect(changes.patch).toContain(" mine\n+x\n");
    expect(fingerprint(join(cwd, ".git"))).toEqual(before);
  });

  test("spares the processes that the agent may leave", async () => {
    const cwd = repository();
    const file = join(temporaryDirectory(), "pid");
    const background = `echo $$ > ${file}; exec sleep 60`;
    const steps = [{ background }, { shell: `while [ ! -s ${file} ]; do sleep 0.01; done; echo x >> a.txt` }];
    const { changes } = await start(script(...steps, ...answer("Done.")), { cwd, leftovers: "keep" });
    expect(changes.files).toHaveLength(1);
    signalProcess(Number(readFileSync(file, "utf8"))); // It is still there.
  });
});

describe("the changes of a run are unknown", () => {
  const reported = [{ path: "/p", change: "edit" }];
  const report = script({ line: { events: [{ type: "file-change", ...reported[0] }] } }, ...answer("Done."));

  function bare(): string {
    const cwd = temporaryDirectory();
    git(cwd, "init", "--quiet", "--bare");
    return cwd;
  }

  function broken(): string {
    const cwd = repository();
    writeFileSync(join(cwd, ".git/config"), "[core\n");
    return cwd;
  }

  const noWorkingTree = "the directory is in no working tree of Git";
  const ownFolder = "the directory is in a Git repository, but not in its working tree";
  const inherited = (): Record<string, string> => ({});
  const withoutGit = (): Record<string, string> => ({ PATH: dirname(process.execPath) });
  const withCrash = (): Record<string, string> => fakeGit("#!/bin/sh\nkill -SEGV $$\n");

  test.each([
    { where: "outside of Git", directory: temporaryDirectory, env: inherited, reason: noWorkingTree },
    { where: "in a bare repository", directory: bare, env: inherited, reason: noWorkingTree },
    { where: "in Git's own folder", directory: () => join(repository(), ".git"), env: inherited, reason: ownFolder },
    { where: "without git", directory: repository, env: withoutGit, reason: "there is no git on the PATH" },
    { where: "where git refuses, in its words", directory: broken, env: inherited, reason: "git: bad config line 1" },
    { where: "where git crashes", directory: repository, env: withCrash, reason: "git: it ended with a signal" },
  ])("$where: then they are what the tools reported", async ({ directory, env, reason }) => {
    const { changes } = await start(report, { cwd: directory(), env: env() });
    expect(changes).toEqual({ source: "unknown", reason: expect.stringContaining(reason) as unknown, files: reported });
  });

  test("when git takes too long before the agent starts, which waits no longer", async () => {
    const env = fakeGit("#!/bin/sh\nexec sleep 60\n");
    const { changes } = await start(report, { cwd: repository(), env });
    expect(changes).toEqual({ source: "unknown", reason: "git took longer than 3 s", files: reported });
  });

  test("when git takes all the time of the run", async () => {
    const slow = { cwd: repository(), env: fakeGit("#!/bin/sh\nexec sleep 60\n"), timeouts: { total: 500 } };
    const { error } = await start(report, slow).settled;
    expect(error).toMatchObject({ code: "timeout" });
    expect(error?.result.changes?.reason).toMatch(/^git took longer than 0\.\d s$/);
  });

  /** A git that hangs from now on: `hang` is a command that makes it, `hangs` a file that is there when it does. */
  function hangingGit(): { env: Record<string, string>; hang: string; hangs: string } {
    const folder = temporaryDirectory();
    const [wanted, hangs] = [join(folder, "wanted"), join(folder, "hangs")];
    const real = execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();
    const text = `#!/bin/sh\nif [ -e ${wanted} ]; then : > ${hangs}; exec sleep 60; fi\nexec ${real} "$@"\n`;
    return { env: fakeGit(text), hang: `: > ${wanted}`, hangs };
  }

  const hurried = { source: "unknown", reason: "git took longer than 1.5 s" };

  test("when git hangs after a cancel", async () => {
    const { env, hang } = hangingGit();
    const run = start(script({ shell: hang }, { line: { text: "Working" } }, { sleep: 60_000 }), {
      ...{ cwd: repository(), env },
    });
    for await (const event of run) if (event.type === "text") break;
    const { error } = await run.settled;
    expect(error).toMatchObject({ code: "cancelled", result: { changes: hurried } });
  });

  test("when git hangs and the run is cancelled meanwhile", async () => {
    const { env, hang, hangs } = hangingGit();
    const run = start(script({ shell: hang }, ...answer("Done.")), { cwd: repository(), env });
    await expect.poll(() => existsSync(hangs), { timeout: 10_000 }).toBe(true);
    await run.cancel();
    const { result, error } = await run.settled;
    expect((result ?? error?.result)?.changes).toMatchObject(hurried);
  });

  test("when git hangs after the time of the run is up", async () => {
    const { env, hang } = hangingGit();
    const timeouts = { total: 3_000 };
    const { error } = await start(script({ shell: hang }, { sleep: 60_000 }), { cwd: repository(), env, timeouts })
      .settled;
    expect(error).toMatchObject({ code: "timeout", result: { changes: hurried } });
  });

  test("when the agent destroys the repository", async () => {
    const { changes } = await runShell(repository(), "rm -rf .git");
    expect(changes.source).toBe("unknown");
    expect(changes.reason).toMatch(/not a git repository/);
  });

  test("when no agent was started", async () => {
    const { error } = await start(report, { cwd: repository(), executable: "/nowhere" }).settled;
    expect(error?.result.changes).toEqual({ source: "unknown", reason: "no agent was started", files: [] });
  });
});
