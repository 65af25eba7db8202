import { describe, expect, test } from "vitest";
import { readDiffOutput } from "../../src/effects/git/diff-output.ts";

const ids = "100644 100644 1111111 2222222";

/** Records end with NUL. */
function output(...records: string[]): Buffer {
  return Buffer.from(records.map((record) => `${record}\0`).join(""));
}

describe("the records of git diff-index", () => {
  test.each([
    {
      name: "a file that was edited",
      records: [`:${ids} M`, "a", "2\t1\ta", ""],
      files: [{ path: "/r/a", change: "edit", additions: 2, deletions: 1 }],
    },
    {
      name: "files that were made and deleted",
      records: [`:${ids} A`, "a", `:${ids} D`, "d/b", "2\t0\ta", "0\t3\td/b", ""],
      files: [
        { path: "/r/a", change: "create", additions: 2, deletions: 0 },
        { path: "/r/d/b", change: "delete", additions: 0, deletions: 3 },
      ],
    },
    {
      name: "a file that was moved and edited",
      records: [`:${ids} R087`, "old", "new", "1\t1\t", "old", "new", ""],
      files: [{ path: "/r/new", from: "/r/old", change: "move", additions: 1, deletions: 1 }],
    },
    {
      name: "a binary file has no lines",
      records: [`:${ids} M`, "a", "-\t-\ta", ""],
      files: [{ path: "/r/a", change: "edit" }],
    },
    {
      name: "a file that became a link is an edit",
      records: [`:${ids} T`, "a", "1\t1\ta", ""],
      files: [{ path: "/r/a", change: "edit", additions: 1, deletions: 1 }],
    },
    {
      name: "a name with tabs, colons and line breaks",
      records: [`:${ids} A`, ":a\tb\nc", "1\t0\t:a\tb\nc", ""],
      files: [{ path: "/r/:a\tb\nc", change: "create", additions: 1, deletions: 0 }],
    },
  ])("$name", ({ records, files }) => {
    const bytes = output(...records);
    const read = readDiffOutput(Buffer.concat([bytes, Buffer.from("diff --git …")]), "/r");
    expect(read).toEqual({ files, patchStart: bytes.length, repositories: [] });
  });

  test("say which of them are repositories, made, moved on or gone", () => {
    const entries = ["000000 160000", "160000 160000", "160000 000000", "100644 160000", "100644 100644"];
    const records = entries.flatMap((modes, index) => [`:${modes} 1111111 2222222 M`, `${index}`]);
    const { repositories } = readDiffOutput(output(...records, ""), "/r") ?? {};
    expect(repositories).toEqual(["/r/0", "/r/1", "/r/2", "/r/3"]);
  });

  test.each([
    ["nothing", output()],
    ["half a record", Buffer.from(`:${ids} M\0a`)],
    ["no counts", output(`:${ids} M`, "a")],
    ["no end of the counts", output(`:${ids} M`, "a", "1\t1\ta")],
    ["half a move", output(`:${ids} R100`, "a")],
  ])("that end too early are not taken for all: %s", (_, bytes) => {
    expect(readDiffOutput(bytes, "/r")).toBeUndefined();
  });
});
