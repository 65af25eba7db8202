import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkArgument } from "../../src/cli/prompt.ts";
import { ended, hitch, lastOf, makeUser, startInShell, type User } from "./command.ts";

const args = ["run", "--permissions", "unrestricted"];

describe("the prompt arrives as it was given", () => {
  const long = `It's "quoted", {env:HOME} \u2028 and ${"long 😀 ".repeat(300_000)}.`;

  test("3 MB from stdin", async () => {
    const user = makeUser();
    expect(Buffer.byteLength(long)).toBeGreaterThan(3_000_000);
    expect(await hitch(user, args, long)).toMatchObject({ code: 0 });
    expect(promptOf(user) === long).toBe(true);
  });

  test("3 MB from a file, and stdin is left alone", async () => {
    const user = makeUser();
    writeFileSync(join(user.directory, "task.md"), long);
    expect(await hitch(user, [...args, "--file", "task.md"], "open")).toMatchObject({ code: 0 });
    expect(promptOf(user) === long).toBe(true);
  });

  test.each([
    ["an argument like an option, after --", [...args, "--", "--help"], "open", "--help"],
    ["an argument, and stdin is neither read nor waited for", [...args, "Why?"], "open", "Why?"],
    ["--file -", [...args, "--file", "-"], "Why?\n", "Why?\n"],
    ["a byte order mark and line breaks", args, "\uFEFFa\r\nb\n\n", "\uFEFFa\r\nb\n\n"],
  ] as const)("%s", async (_, given, stdin, prompt) => {
    const user = makeUser();
    expect(await hitch(user, given, stdin)).toMatchObject({ code: 0, stderr: "" });
    expect(promptOf(user)).toBe(prompt);
  });

  test.each([
    ["the output of a command", `hitch ${args.join(" ")} --file <(sleep 0.3; echo Why)`],
    ["a named pipe", `mkfifo pipe; (sleep 1; echo Why >pipe) & hitch ${args.join(" ")} --file pipe; wait`],
  ])("from %s", async (_, script) => {
    const user = makeUser();
    expect(await ended(startInShell(user, script))).toMatchObject({ code: 0, stderr: "" });
    expect(promptOf(user)).toBe("Why\n");
  });

  test("from stdin in pieces that cut a character", async () => {
    const user = makeUser();
    const shell = startInShell(user, `(printf '\\xe2\\x82'; sleep 0.3; printf '\\xac') | hitch ${args.join(" ")}`);
    expect(await ended(shell)).toMatchObject({ code: 0 });
    expect(promptOf(user)).toBe("€");
  });
});

describe("a prompt that is no UTF-8 is refused, and nothing is started", () => {
  test.each([
    ["stdin", `printf 'a\\xff' | hitch ${args.join(" ")} --json`],
    ["a file", `printf 'a\\xff' > task; hitch ${args.join(" ")} --json --file task`],
    ["the argument", `hitch ${args.join(" ")} --json "$(printf 'a\\xff')"`],
  ])("%s", async (_, script) => {
    const user = makeUser();
    const { stdout, code } = await ended(startInShell(user, script));
    expect(code).toBe(2);
    expect(lastOf(stdout).error).toMatchObject({ code: "invalid-options", option: "prompt", reason: "not-utf8" });
    expect(user.started()).toBeUndefined();
  });

  test("but a replacement character that was typed is let through", () => {
    expect(checkArgument("a\uFFFD", Buffer.from("node\0a\uFFFD\0"))).toBe("a\uFFFD");
    expect(checkArgument("a\uFFFD", undefined)).toBe("a\uFFFD");
    expect(() => checkArgument("a\uFFFD", Buffer.from([0x61, 0xff]))).toThrow("not UTF-8");
  });
});

/** pi gets white space at an end of the prompt as an argument; see its provider. */
function promptOf(user: User): string {
  const { args: given = [], stdin = "" } = user.started() ?? {};
  const end = given.indexOf("--");
  return stdin + (end === -1 ? "" : given.slice(end + 1).join(""));
}
