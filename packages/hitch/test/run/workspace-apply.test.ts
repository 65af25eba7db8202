/** `apply` of a result: the changes of a worktree, in the original: all of them or none. */
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openState } from "../../src/effects/state.ts";
import type { WorkspaceChoice } from "../../src/run/options.ts";
import { createApply } from "../../src/run/workspace-apply.ts";
import type { RunResult } from "../../src/vocabulary/result.ts";
import { fingerprint, git, repository } from "../support/git.ts";
import { answer, script } from "../support/scripted-agent.ts";
import { start, temporaryDirectory } from "../support/start.ts";

const files = {
  "edit.txt": "1\n2\n3\n4\n5\n6\n7\n8\n9\n",
  "delete.txt": "d\n",
  "move.txt": "a\nb\nc\nd\ne\n",
  "link.txt": "l\n",
  "other.txt": "other\n",
};

/** A run in a worktree whose agent does this in a shell and ends well. */
function runShell(cwd: string, shell: string, workspace: WorkspaceChoice = "worktree"): Promise<RunResult> {
  return start(script({ shell }, ...answer("Done.")), { cwd, workspace }).result;
}

/** `apply` of a result that has one. */
async function apply(result: Partial<RunResult>): Promise<readonly string[]> {
  const applied = await result.apply?.();
  if (applied === undefined) throw new Error("there is nothing to apply");
  return applied.files;
}

/** The files alone. */
function filesOf(root: string): Record<string, string> {
  return Object.fromEntries(Object.entries(fingerprint(root)).filter(([name]) => !name.startsWith(".git/")));
}

const everything = String.raw`echo more >> edit.txt; rm delete.txt; mkdir -p dir/deep; mv move.txt dir/deep/moved.txt
  echo b >> dir/deep/moved.txt; printf '\0\1\3' > binary; printf 'th\351\n' > latin1.txt; rm link.txt; ln -s edit.txt link.txt
  chmod +x other.txt; : > empty; printf 'no line break' > last; printf x > "$(printf 'line\nbreak "quoted" \303\244 \377')"`;

describe("apply", () => {
  test("makes the original what the worktree was: made, deleted, moved, binary, odd and linked files", async () => {
    const cwd = repository(files);
    const copy = temporaryDirectory();
    cpSync(cwd, copy, { recursive: true });
    execFileSync("sh", ["-c", everything], { cwd: copy });
    const result = await runShell(cwd, everything);
    const before = fingerprint(join(cwd, ".git"));
    const changed = await apply(result);
    expect(filesOf(cwd)).toEqual(filesOf(copy));
    expect(fingerprint(join(cwd, ".git"))).toEqual(before);
    const told = result.changes.files.flatMap(({ path, from }) => [path, ...(from === undefined ? [] : [from])]);
    expect([...changed].sort()).toEqual(told.sort());
    expect(existsSync(join(cwd, "dir/deep/moved.txt"))).toBe(true);
  });

  test("does nothing the second time, and nothing when nothing was changed", async () => {
    const cwd = repository(files);
    const result = await runShell(cwd, everything);
    expect(await apply(result)).toHaveLength(11);
    const before = fingerprint(cwd);
    expect(await apply(result)).toEqual([]);
    expect(fingerprint(cwd)).toEqual(before);
    expect(await apply(await runShell(cwd, "true"))).toEqual([]);
    expect(fingerprint(cwd)).toEqual(before);
  });

  test("goes on where a part of it was done by hand", async () => {
    const cwd = repository(files);
    const result = await runShell(cwd, "sed -i s/2/two/ edit.txt; echo x >> other.txt; echo n > new.txt");
    writeFileSync(join(cwd, "new.txt"), "n\n");
    writeFileSync(join(cwd, "other.txt"), "other\nx\n");
    expect(await apply(result)).toEqual([join(cwd, "edit.txt")]);
  });

  test("leaves alone what else is different there, staged or not, and the stash", async () => {
    const cwd = repository(files);
    writeFileSync(join(cwd, "other.txt"), "stashed\n");
    git(cwd, "stash", "--quiet");
    const result = await runShell(cwd, "sed -i s/2/two/ edit.txt; echo n > new.txt");
    writeFileSync(join(cwd, "other.txt"), "dirty\n");
    writeFileSync(join(cwd, "move.txt"), "staged\n");
    git(cwd, "add", "move.txt");
    writeFileSync(join(cwd, "untracked.txt"), "u\n");
    const [before, changed] = [fingerprint(cwd), [join(cwd, "edit.txt"), join(cwd, "new.txt")]];
    expect(await apply(result)).toEqual(changed);
    const after = fingerprint(cwd);
    expect(Object.keys(after).filter((name) => after[name] !== before[name])).toEqual(["edit.txt", "new.txt"]);
    expect(git(cwd, "status", "--short")).toBe(
      " M edit.txt\nM  move.txt\n M other.txt\n?? new.txt\n?? untracked.txt\n",
    );
  });

  test("merges with what else was changed in the same file, or committed meanwhile", async () => {
    const cwd = repository(files);
    const result = await runShell(cwd, "sed -i s/8/eight/ edit.txt; echo x >> other.txt");
    writeFileSync(join(cwd, "edit.txt"), files["edit.txt"].replace("2", "two").replace("7\n", "7\n7.1\n"));
    writeFileSync(join(cwd, "other.txt"), `first\n${files["other.txt"]}`);
    git(cwd, "commit", "--quiet", "--message=x", "other.txt");
    await expect(apply(result)).rejects.toMatchObject({ reason: "conflict", files: [join(cwd, "edit.txt")] });
    writeFileSync(join(cwd, "edit.txt"), files["edit.txt"].replace("2", "two"));
    expect(await apply(result)).toHaveLength(2);
    expect(readFileSync(join(cwd, "edit.txt"), "utf8")).toBe("1\ntwo\n3\n4\n5\n6\n7\neight\n9\n");
    expect(readFileSync(join(cwd, "other.txt"), "utf8")).toBe("first\nother\nx\n");
  });

  test("brings changes to what was not committed", async () => {
    const cwd = repository(files);
    writeFileSync(join(cwd, "edit.txt"), "dirty\n");
    writeFileSync(join(cwd, "untracked.txt"), "u\n");
    const workspace = { type: "worktree", uncommitted: true } as const;
    const result = await runShell(cwd, "echo x >> edit.txt; echo y >> untracked.txt; echo z > new.txt", workspace);
    writeFileSync(join(cwd, "other.txt"), "changed since\n");
    expect(await apply(result)).toHaveLength(3);
    expect(readFileSync(join(cwd, "edit.txt"), "utf8")).toBe("dirty\nx\n");
    expect(readFileSync(join(cwd, "untracked.txt"), "utf8")).toBe("u\ny\n");
  });

  test("is not led astray by the configuration", async () => {
    const cwd = repository(files);
    const settings = { "apply.whitespace": "error", "apply.ignoreWhitespace": "change", "rerere.enabled": "true" };
    for (const [name, value] of Object.entries(settings)) git(cwd, "config", name, value);
    const result = await runShell(cwd, "printf 'x \t\n\n' >> edit.txt");
    await apply(result);
    expect(readFileSync(join(cwd, "edit.txt"), "utf8")).toBe(`${files["edit.txt"]}x \t\n\n`);
  });

  test("is no part of what is stored or sent", async () => {
    const cwd = repository(files);
    const run = start(script({ shell: "echo x > new" }, ...answer("Done.")), { cwd, workspace: "worktree" });
    const events = [];
    for await (const event of run) events.push(event);
    const result = await run;
    expect(typeof result.apply).toBe("function");
    expect(Object.keys(result)).not.toContain("apply");
    expect(structuredClone(result)).toEqual(JSON.parse(JSON.stringify(result)));
    expect(JSON.stringify(events)).not.toContain("apply");
  });
});

describe("apply reports a conflict, and leaves everything as it was:", () => {
  const both = "sed -i s/2/zwei/ edit.txt; echo n > new.txt; rm delete.txt; mv move.txt moved.txt";

  interface Case {
    readonly what: string;
    readonly files: readonly string[];
    readonly meanwhile: (cwd: string) => void;
  }

  const cases: readonly Case[] = [
    {
      what: "the same line",
      files: ["edit.txt"],
      meanwhile: (cwd) => writeFileSync(join(cwd, "edit.txt"), files["edit.txt"].replace("2", "two")),
    },
    {
      what: "a file that is there already",
      files: ["new.txt"],
      meanwhile: (cwd) => writeFileSync(join(cwd, "new.txt"), "mine"),
    },
    { what: "a file that is gone", files: ["edit.txt"], meanwhile: (cwd) => rmSync(join(cwd, "edit.txt")) },
    {
      what: "a changed file that was deleted",
      files: ["delete.txt"],
      meanwhile: (cwd) => writeFileSync(join(cwd, "delete.txt"), "changed\n"),
    },
    {
      what: "several",
      files: ["delete.txt", "edit.txt"],
      meanwhile(cwd) {
        writeFileSync(join(cwd, "delete.txt"), "changed\n");
        writeFileSync(join(cwd, "edit.txt"), "all\ndifferent\n");
      },
    },
    {
      what: "a binary file",
      files: ["edit.txt"],
      meanwhile: (cwd) => writeFileSync(join(cwd, "edit.txt"), Buffer.from([0, 1])),
    },
    {
      what: "an ignored file",
      files: ["new.txt"],
      meanwhile(cwd) {
        writeFileSync(join(cwd, ".git/info/exclude"), "new.txt\n");
        writeFileSync(join(cwd, "new.txt"), "ignored\n");
      },
    },
    {
      what: "two ignored files, and names both",
      files: ["moved.txt", "new.txt"],
      meanwhile(cwd) {
        writeFileSync(join(cwd, ".git/info/exclude"), "moved.txt\nnew.txt\n");
        writeFileSync(join(cwd, "moved.txt"), "ignored\n");
        writeFileSync(join(cwd, "new.txt"), "ignored\n");
      },
    },
    {
      what: "a file too heavy to be looked at",
      files: ["new.txt"],
      meanwhile(cwd) {
        writeFileSync(join(cwd, "new.txt"), "");
        truncateSync(join(cwd, "new.txt"), 9_000_000);
      },
    },
    {
      what: "a heavy file in place of a light one",
      files: ["edit.txt"],
      meanwhile: (cwd) => truncateSync(join(cwd, "edit.txt"), 9_000_000),
    },
  ];

  test.each(cases)("$what", async ({ files: names, meanwhile }) => {
    const cwd = repository(files);
    const result = await runShell(cwd, both);
    writeFileSync(join(cwd, "other.txt"), "staged\n");
    git(cwd, "add", "other.txt");
    meanwhile(cwd);
    const before = fingerprint(cwd);
    await expect(apply(result)).rejects.toMatchObject({
      code: "apply-failed",
      reason: "conflict",
      message: expect.stringContaining(`in ${cwd} now: `) as unknown,
    });
    const { files: told = [] } = (await result.apply?.().catch((error: unknown) => error)) as { files?: string[] };
    expect([...told].sort()).toEqual(names.map((name) => join(cwd, name)));
    expect(fingerprint(cwd)).toEqual(before);
  });

  test("a link in place of a directory, which may lead anywhere", async () => {
    const cwd = repository({ ...files, ".gitignore": "dir\n" });
    const elsewhere = temporaryDirectory();
    const result = await runShell(cwd, "echo > .gitignore; mkdir dir; echo x > dir/new");
    symlinkSync(elsewhere, join(cwd, "dir"));
    const before = fingerprint(cwd);
    await expect(apply(result)).rejects.toMatchObject({ reason: "conflict" });
    expect([fingerprint(cwd), fingerprint(elsewhere)]).toEqual([before, {}]);
  });

  test("what was not committed and is different by now", async () => {
    const cwd = repository(files);
    writeFileSync(join(cwd, "edit.txt"), "dirty\n");
    const result = await runShell(cwd, "echo x >> edit.txt; echo n > new.txt", { type: "worktree", uncommitted: true });
    writeFileSync(join(cwd, "edit.txt"), "different\n");
    const before = fingerprint(cwd);
    await expect(apply(result)).rejects.toMatchObject({ reason: "conflict", files: [join(cwd, "edit.txt")] });
    expect(fingerprint(cwd)).toEqual(before);
  });
});

describe("apply that fails otherwise", () => {
  test("half-way takes everything back", async () => {
    const cwd = repository(files);
    const result = await runShell(
      cwd,
      `${everything}; echo x >> zzz.txt; echo x > dir/deep/zzz.txt; sed -i s/1/one/ edit.txt`,
    );
    git(cwd, "config", "filter.broken.smudge", "false");
    git(cwd, "config", "filter.broken.required", "true");
    writeFileSync(join(cwd, ".git/info/attributes"), "zzz.txt filter=broken\n");
    mkdirSync(join(cwd, "dir"));
    const before = fingerprint(cwd);
    const told = expect.stringContaining("external filter 'false' failed") as unknown;
    await expect(apply(result)).rejects.toMatchObject({ code: "apply-failed", reason: "git-failed", message: told });
    expect(fingerprint(cwd)).toEqual(before);
    expect([existsSync(join(cwd, "dir")), existsSync(join(cwd, "dir/deep"))]).toEqual([true, false]);
  });

  /** `apply` with little time, and a repository whose filter takes too long for what it is given. */
  async function applySlowly(cwd: string, isSlow: string): Promise<unknown> {
    const shell = "for one in a b c; do echo new > $one.txt; done; echo new > d.txt";
    const { changes } = await runShell(cwd, shell);
    const waits = join(temporaryDirectory(), "waits");
    const smudge = `sh -c 'read -r line; if ${isSlow}; then : > ${waits}; sleep 60; fi; echo "$line"'`;
    git(cwd, "config", "filter.slow.smudge", smudge);
    git(cwd, "config", "filter.slow.clean", "cat");
    git(cwd, "config", "filter.slow.required", "true");
    writeFileSync(join(cwd, ".git/info/attributes"), "b.txt filter=slow\n");
    const request = { state: openState(process.env), redact: (text: string) => text, root: cwd, excluded: [] };
    const env = { PATH: process.env.PATH ?? "" };
    const found = { changes, isWhole: true, warnings: [] };
    const applied = createApply({ ...request, env, found, keptAt: undefined }, 4_000)();
    const error: unknown = await applied.catch((failure: unknown) => failure);
    expect(existsSync(waits)).toBe(true);
    return error;
  }

  const three = { "a.txt": "old\n", "b.txt": "old\n", "c.txt": "old\n" };

  test("when its time is up takes everything back, in a time of its own", async () => {
    const cwd = repository(three);
    const before = filesOf(cwd);
    expect(await applySlowly(cwd, '[ "$line" = new ]')).toMatchObject({
      ...{ code: "apply-failed", reason: "git-failed", message: "git took longer than 4 s" },
    });
    expect(filesOf(cwd)).toEqual(before);
  });

  test("tells the files when they could not be taken back", async () => {
    const cwd = repository(three);
    const error = await applySlowly(cwd, "true");
    expect(error).toMatchObject({
      ...{ code: "apply-failed", reason: "half-applied" },
      files: ["a.txt", "b.txt", "c.txt", "d.txt"].map((name) => join(cwd, name)),
      hint: expect.stringContaining("Look at each of `files`") as unknown,
    });
    expect((error as Error).message).toContain("could not be taken back: git took longer than 4 s");
  });

  test("because of the state directory says so", async () => {
    const cwd = repository(files);
    const result = await runShell(cwd, everything);
    const { worktrees } = openState(process.env);
    const before = filesOf(cwd);
    rmSync(worktrees, { recursive: true });
    const failure = { code: "apply-failed", reason: "unwritable" };
    await expect(apply(result)).rejects.toMatchObject(failure);
    openState(process.env);
    const { active } = openState(process.env);
    renameSync(active, `${active}.aside`);
    writeFileSync(active, "");
    try {
      await expect(apply(result)).rejects.toMatchObject(failure);
    } finally {
      rmSync(active);
      renameSync(`${active}.aside`, active);
    }
    expect(filesOf(cwd)).toEqual(before);
    expect(await apply(result)).toHaveLength(11);
  });

  test("says that the original is gone", async () => {
    const cwd = repository(files);
    const result = await runShell(cwd, everything);
    rmSync(join(cwd, ".git"), { recursive: true });
    await expect(apply(result)).rejects.toMatchObject({ code: "apply-failed", reason: "git-failed" });
    rmSync(cwd, { recursive: true });
    const gone = expect.stringContaining(`the repository is gone, or nobody may look: ${cwd}`) as unknown;
    await expect(apply(result)).rejects.toMatchObject({ code: "apply-failed", reason: "git-failed", message: gone });
  });
});
