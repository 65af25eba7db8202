/** Directories and files with names that programs get wrong, and much at once. */
import { makeRepository } from "../repository.ts";
import { row, type Row } from "../row.ts";

const names: Readonly<Record<string, string>> = {
  "a newline": "two\nlines",
  "letters beyond ASCII": "日本語 ünïcode 🎉",
  "quotes, a backslash and a dollar": `it's "$HOME" \\n \`id\``,
  "a dash at its beginning": "-rf --help",
  "255 bytes": "x".repeat(255),
};

/** The shell's word for exactly this name. */
const quoted = (name: string): string => `'${name.replaceAll("'", `'\\''`)}'`;

export const namesAndNumbers: readonly Row[] = [
  ...Object.entries(names).flatMap(([what, name]) => {
    const isTold = ({ files }: { files?: readonly string[] }): string | undefined =>
      files?.some((path) => path.endsWith(`/${name}`)) ? undefined : `of its changes it says ${JSON.stringify(files)}`;
    const writes = { story: { shell: `echo x > ./${quoted(name)}` }, prepare: makeRepository, check: isTold };
    return [
      row(`a name with ${what}`, "the agent's directory", { around: { names: { cwd: name } }, expected: "completed" }),
      // A socket's path is short.
      ...(name.length < 60
        ? [
            row(`a name with ${what}`, "the state directory, with a value's tool", {
              ...{ around: { names: { state: name } }, story: { withOutput: true }, expected: "completed" },
            }),
          ]
        : []),
      row(`a name with ${what}`, "a file that the agent makes", { ...writes, expected: "completed" }),
      row(`a name with ${what}`, "a file that the agent makes in a worktree", {
        ...{ ...writes, options: { workspace: "worktree" }, expected: "completed" },
      }),
    ];
  }),
  row("20 runs at once", "spawn", { times: 20, expected: "completed" }),
  row("200 runs at once", "spawn", { times: 200, expected: "completed", isLong: true }),
];
