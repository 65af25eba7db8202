import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { mayHaveMarks } from "../../src/effects/git/passed-over.ts";
import { git, repository } from "../support/git.ts";
import { temporaryDirectory } from "../support/start.ts";

/** Names of every length there is room for in an entry, and one that is longer than its length can say. */
const names = [...Array.from({ length: 20 }, (_, index) => "x".repeat(index + 1)), "\u00e4"];

describe("an index has no marks", () => {
  const cases = [
    { what: "plain", isSure: true, words: [] },
    { what: "with a file that is only intended to be added", isSure: false, words: ["add", "--intent-to-add", "new"] },
    { what: "with a file assumed unchanged", isSure: false, words: ["update-index", "--assume-unchanged", "xxx"] },
    { what: "with a file to be skipped", isSure: false, words: ["update-index", "--skip-worktree", "\u00e4"] },
    { what: "with shortened names", isSure: false, words: ["update-index", "--index-version=4"] },
    { what: "in two files", isSure: false, words: ["update-index", "--split-index"] },
  ];

  test.each(cases)("$what: $isSure", ({ isSure, words }) => {
    const cwd = repository(Object.fromEntries([...names, "new"].map((name) => [name, ""])));
    git(cwd, "rm", "--quiet", "--cached", "new");
    if (words.length > 0) git(cwd, ...words);
    expect(mayHaveMarks(join(cwd, ".git/index"))).toBe(!isSure);
  });

  test("of longer hashes: not sure", () => {
    const cwd = temporaryDirectory();
    git(cwd, "init", "--quiet", "--object-format=sha256");
    execFileSync("sh", ["-c", ": > a; : > bcd; : > e"], { cwd });
    git(cwd, "add", "--all");
    expect(mayHaveMarks(join(cwd, ".git/index"))).toBe(true);
  });

  test("where there is none", () => {
    expect(mayHaveMarks(join(temporaryDirectory(), "index"))).toBe(false);
  });
});
