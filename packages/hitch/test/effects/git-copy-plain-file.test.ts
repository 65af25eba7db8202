import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { copyPlainFile } from "../../src/effects/git/copy-plain-file.ts";
import { temporaryDirectory } from "../support/start.ts";

describe("a copy of an index", () => {
  test("takes the place of a link, and what that leads to stays as it is", () => {
    const directory = temporaryDirectory();
    const [from, to, victim] = ["index", "copy", "victim"].map((name) => join(directory, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(from, "new");
    writeFileSync(victim, "mine");
    symlinkSync(victim, to);
    expect(copyPlainFile(from, to)).toBe(true);
    expect([readFileSync(to, "utf8"), readFileSync(victim, "utf8")]).toEqual(["new", "mine"]);
  });

  test("is not made where there is none", () => {
    const directory = temporaryDirectory();
    expect(copyPlainFile(join(directory, "index"), join(directory, "copy"))).toBe(false);
  });

  test.each<[string, (path: string) => unknown]>([
    ["a directory", (path) => mkdirSync(path)],
    ["a link", (path) => symlinkSync("/etc/hostname", path)],
    ["a pipe, which would be waited for", (path) => execFileSync("mkfifo", [path])],
  ])("is refused of %s", (_, make) => {
    const directory = temporaryDirectory();
    make(join(directory, "index"));
    expect(() => copyPlainFile(join(directory, "index"), join(directory, "copy"))).toThrow("is not a file");
  });
});
