/** Places of a sandbox as they really are, where an agent may have made links and files that name others. */
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { copyPlainFile } from "../../src/effects/git/copy-plain-file.ts";
import { findRealPlaces } from "../../src/effects/sandbox/real-places.ts";
import { findRepositoryPlaces, findSealed } from "../../src/effects/sandbox/repository-places.ts";
import type { Place } from "../../src/policy/sandbox.ts";
import { git } from "../support/git.ts";
import { temporaryDirectory } from "../support/start.ts";

/** A home with a project, secrets and tools; what `files` names is written, a text `-> target` as a link. */
function makeHome(files: Record<string, string> = {}): string {
  const home = join(temporaryDirectory(), "home");
  for (const name of ["project", ".ssh", "tools", ".agent"]) mkdirSync(join(home, name), { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    const [path, target] = [join(home, name), /^-> (.+)$/.exec(text)?.[1]];
    mkdirSync(dirname(path), { recursive: true });
    if (target === undefined) writeFileSync(path, text.replaceAll("~", home));
    else symlinkSync(target, path);
  }
  return home;
}

describe("of the places are shown", () => {
  /** Those that are, relative to the home. */
  function shown(files: Record<string, string>, ...more: readonly Place[]): readonly string[] {
    const home = makeHome(files);
    const places: Place[] = [
      { path: "~", view: "hidden" },
      { path: "~/project", view: "write", firm: true },
      { path: "~/.agent", view: "write" },
      ...more,
    ];
    const named = places.map((place) => ({ ...place, path: place.path.replace("~", home) }));
    const real = findRealPlaces(named, [home]).filter(({ view }) => view !== "hidden");
    const usual = ["/project", "/.agent"];
    const paths = real.map(({ path, source }) => [path, source].map((one) => one?.replace(home, "")));
    return paths
      .map(([path = "", source]) => (source === undefined ? path : `${path} -> ${source}`))
      .filter((path) => !usual.includes(path));
  }

  test.each<[string, Record<string, string>, Place | readonly Place[], readonly string[]]>([
    ["one without links", {}, { path: "~/tools", view: "read" }, ["/tools"]],
    [
      "one by a link that no agent can make",
      { bin: "-> tools" },
      { path: "~/bin", view: "read" },
      ["/tools", "/bin -> /tools"],
    ],
    [
      "one by a link that stays where the agent works",
      { "project/a": "-> b", "project/b/file": "" },
      { path: "~/project/a", view: "read" },
      ["/project/b"],
    ],
    ["none by a link where the agent works", { "project/a": "-> ../.ssh" }, { path: "~/project/a", view: "read" }, []],
    [
      "none by a link of the user's that leads over one of the agent's",
      { bin: "-> project/bin", "project/bin": "-> ../.ssh" },
      { path: "~/bin", view: "read" },
      [],
    ],
    ["none by a link in what the agent keeps", { ".agent/a": "-> ../.ssh" }, { path: "~/.agent/a", view: "read" }, []],
    [
      "none to write, though it was named",
      { "project/cache": "-> ../.ssh" },
      { path: "~/project/cache", view: "write", firm: true },
      [],
    ],
    ["not the home by another name", { all: "-> ." }, { path: "~/all", view: "read" }, []],
    ["not what holds the home", { all: "-> .." }, { path: "~/all", view: "write" }, []],
    [
      "not what is hidden by itself, by another name",
      { all: "-> shared", "shared/bin/file": "" },
      [
        { path: "~/shared", view: "hidden" },
        { path: "~/all", view: "read" },
        { path: "~/all/bin", view: "read" },
      ],
      ["/shared/bin", "/all/bin -> /shared/bin"],
    ],
    ["none that is missing", {}, { path: "~/missing", view: "read" }, []],
    [
      "the directories on the way to one that is sealed, which else could be renamed",
      { "project/a/b/file": "" },
      { path: "~/project/a/b/file", view: "sealed" },
      ["/project/a/b/file", "/project/a/b", "/project/a"],
    ],
  ])("%s", (_, files, place, expected) => {
    expect([...shown(files, ...[place].flat())].sort()).toEqual([...expected].sort());
  });
});

describe("a repository that a file names is read", () => {
  const read = (home: string): readonly string[] =>
    findRepositoryPlaces(join(home, "project")).read.map((path) => path.replace(home, ""));

  test("if it is the one of a worktree, or of a submodule", () => {
    const home = realpathSync(makeHome());
    const main = join(home, "main");
    git(home, "init", "--quiet", "main");
    git(main, "commit", "--quiet", "--allow-empty", "--message=first");
    git(main, "worktree", "add", "--quiet", join(home, "project", "tree"));
    git(main, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", main, "part");
    const of = (path: string): readonly string[] => findRepositoryPlaces(path).read.map((one) => one.replace(home, ""));
    expect(of(join(home, "project", "tree"))).toEqual(["/project/tree", "/main/.git/worktrees/tree", "/main/.git"]);
    expect(of(join(main, "part"))).toEqual(["/main/part", "/main/.git/modules/part"]);
  });

  test.each<[string, Record<string, string>]>([
    ["has nothing of Git's", { "project/.git": "gitdir: ~/.ssh" }],
    ["is a link", { "project/.git": "-> ../.ssh" }],
    [
      "lies where the agent may have made it",
      { "project/.git": "gitdir: own", "project/own/gitdir": "~/project/.git", "project/own/commondir": "~/.ssh" },
    ],
    [
      "belongs to another worktree",
      { "project/.git": "gitdir: ../own/worktrees/a", "own/worktrees/a/gitdir": "~/other/.git", "other/.git": "" },
    ],
    [
      "says that it belongs to a place of which it is no part",
      { "project/.git": "gitdir: ../own", "own/gitdir": "~/project/.git", "own/commondir": "~/.ssh" },
    ],
    ["is of another submodule", { "project/.git": "gitdir: ../own", "own/config": "[core]\n\tworktree = ../tools" }],
  ])("not if it %s", (_, files) => {
    expect(read(realpathSync(makeHome(files)))).toEqual(["/project"]);
  });
});

test("the root is never hidden, by whatever name", () => {
  const home = makeHome({ all: "-> /" });
  const places = findRealPlaces([{ path: join(home, "all"), view: "hidden" }], []);
  expect(places).toEqual([]);
});

describe("repositories below a directory", () => {
  test("are sealed, to a depth of three and not where tools make and remove them", () => {
    const roots = ["a", "a/b/c", "a/b/c/d", "vendor/x", "build/y", "z"];
    const home = realpathSync(makeHome(Object.fromEntries(roots.map((root) => [`many/${root}/.git/config`, ""]))));
    const sealed = findSealed([join(home, "many")]).filter((path) => path.endsWith("/.git/config"));
    expect(sealed).toEqual(["a", "z", "a/b/c"].map((root) => join(home, "many", root, ".git", "config")));
  });

  test("are looked for in a thousand folders at most, and thirty-two are found", () => {
    const many = Array.from({ length: 40 }, (_, index) => [`many/${String(index).padStart(2, "0")}/.git`, "x"]);
    const home = realpathSync(makeHome(Object.fromEntries(many) as Record<string, string>));
    expect(findSealed([join(home, "many")])).toHaveLength(32);
    for (let index = 0; index < 1_000; index++) mkdirSync(join(home, "many", `-${index}`));
    expect(findSealed([join(home, "many")])).toEqual([]);
  });
});

test("an index is copied to where nothing is, and no link is followed", () => {
  const home = makeHome({ index: "new", profile: "mine", "to/index": "-> ../profile", from: "-> .ssh" });
  expect(copyPlainFile(join(home, "index"), join(home, "to", "index"))).toBe(true);
  expect(realpathSync(join(home, "to", "index"))).toBe(join(realpathSync(home), "to", "index"));
  expect(copyPlainFile(join(home, "missing"), join(home, "to", "index"))).toBe(false);
  expect(() => copyPlainFile(join(home, "from"), join(home, "to", "index"))).toThrow("is not a file");
});
