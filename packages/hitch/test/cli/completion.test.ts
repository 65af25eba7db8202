import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command, Option } from "commander";
import { beforeAll, describe, expect, test } from "vitest";
import { readWords } from "../../src/cli/completion/words.ts";
import { hitch, makeUser, type User } from "./command.ts";

let script: string;

beforeAll(async () => {
  const anybody: User = { directory: process.cwd(), env: process.env, configFile: "", started: () => undefined };
  ({ stdout: script } = await hitch(anybody, ["completion", "bash"]));
});

/** What a real bash offers at the end of these words, taken apart at `=` as bash does. */
function complete(words: readonly string[], cwd = process.cwd(), env: Record<string, string> = {}): readonly string[] {
  const program = `
    eval "$SCRIPT"
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
    _hitch
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr, status } = spawnSync("bash", ["--norc", "-c", program, "bash", "hitch", ...words], {
    cwd,
    env: { ...process.env, ...env, SCRIPT: script },
    encoding: "utf8",
  });
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  return stdout.split("\n").filter((line) => line !== "");
}

describe("bash completes", () => {
  test.each([
    [["pro"], ["providers"]],
    [
      ["completion", ""],
      ["bash", "zsh", "fish"],
    ],
    [["help", "doc"], ["doctor"]],
    [["--ver"], ["--version"]],
    [
      ["doctor", "--pr"],
      ["--provider", "--probe"],
    ],
    [
      ["run", "--permissions", ""],
      ["read-only", "workspace", "unrestricted"],
    ],
    [["run", "--permissions", "=", "read"], ["read-only"]],
    [
      ["run", "--permissions", "="],
      ["read-only", "workspace", "unrestricted"],
    ],
    [["run", "--leftovers", "k"], ["keep"]],
    [["run", "-p", "op"], ["opencode"]],
    [["run", "--provider", "=", "p"], ["pi"]],
    [["run", "--json", "-p", "opencode", "--provider", "p"], ["pi"]],
    [["run", "--model", ""], []],
    [["run", ""], []],
    [["run", "--", "--js"], []],
    // An option's value is no command and no argument.
    [["run", "--model", "doctor", "--dry"], ["--dry-run"]],
    [["nonsense", ""], []],
  ])("%j: %j", (words, offered) => expect(complete(words)).toEqual(offered));

  test("commands at the start", () => {
    expect(complete([""])).toEqual(
      expect.arrayContaining(["run", "reap", "providers", "doctor", "completion", "help"]),
    );
  });

  test("options", () => {
    const offered = complete(["run", "--"]);
    expect(offered).toEqual(expect.arrayContaining(["--provider", "--max-usd", "--no-journal", "--help"]));
  });

  test("files and directories, also with spaces in their names", () => {
    const directory = makeUser().directory;
    mkdirSync(join(directory, "my project"));
    writeFileSync(join(directory, "my task.md"), "");
    expect(complete(["run", "--file", "my"], directory).toSorted()).toEqual(["my project", "my task.md"]);
    expect(complete(["run", "-C", "my"], directory)).toEqual(["my project"]);
  });

  test("runs", () => {
    const state = join(makeUser().directory, "state");
    for (const id of ["0a1b2c3d4e5", "0a999999999", "fffffffffff"])
      mkdirSync(join(state, "runs", id), { recursive: true });
    const offer = (...words: string[]) => complete(words, undefined, { HITCH_STATE_DIR: state });
    expect(offer("show", "0a")).toEqual(["0a1b2c3d4e5", "0a999999999"]);
    expect(offer("cancel", "--json", "f")).toEqual(["fffffffffff"]);
    expect(offer("tail", "l")).toEqual(["last"]);
    expect(offer("show", "0a1b2c3d4e5", "")).toEqual([]);
  });
});

describe("the words come from the program's definition", () => {
  const program = new Command("tool");
  const command = program.command("go").description("do it").argument("[run]").option("-f, --force", "by force");
  command.addOption(new Option("--hidden").hideHelp());
  command.option("--in <directory>", "where").option("--as <a|b>", "how").option("--name <text>", "what");

  test("hidden options are none of them", () => {
    const { commands } = readWords(program, { "--name": ["known"] });
    const go = commands.find(({ name }) => name === "go");
    expect(go?.arguments).toEqual([{ type: "runs" }]);
    expect(go?.options.map(({ names, value }) => [names, value])).toEqual([
      [["-f", "--force"], undefined],
      [["--in"], { type: "directories" }],
      [["--as"], { type: "words", words: ["a", "b"] }],
      [["--name"], { type: "words", words: ["known"] }],
      [["-h", "--help"], undefined],
    ]);
  });
});

describe("hitch completion", () => {
  test.each(["zsh", "fish"])(
    "%s names commands, options and providers, and quotes what it tells of them",
    async (shell) => {
      const { stdout, stderr, code } = await hitch(makeUser(), ["completion", shell]);
      expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
      expect(stdout).toContain("opencode pi");
      expect(stdout).toContain("doctor");
      expect(stdout).toContain("max-usd");
      const escaped = shell === "zsh" ? "'\\''" : "\\'";
      expect(stdout.replaceAll(escaped, "").split("'").length % 2).toBe(1);
    },
  );

  test("refuses a shell that it does not know", async () => {
    const { stderr, code } = await hitch(makeUser(), ["completion", "tcsh"]);
    expect(code).toBe(2);
    expect(stderr).toContain("bash, zsh, fish");
  });

  test("--json is one object", async () => {
    const { stdout } = await hitch(makeUser(), ["completion", "bash", "--json"]);
    expect(JSON.parse(stdout)).toEqual({ shell: "bash", script });
  });
});
