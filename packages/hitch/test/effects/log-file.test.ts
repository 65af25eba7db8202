import { execFileSync } from "node:child_process";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readLogFile } from "../../src/effects/log-file.ts";
import { temporaryDirectory } from "../support/start.ts";

test("all of a log is read, and of a long one the end", async () => {
  const path = join(temporaryDirectory(), "log");
  writeFileSync(path, "one\ntwo\n");
  expect(Buffer.from(await readLogFile(path)).toString()).toBe("one\ntwo\n");
  writeFileSync(path, `${"x".repeat(20 * 1024 * 1024)}\nlast\n`);
  const end = Buffer.from(await readLogFile(path));
  expect(end.length).toBe(16 * 1024 * 1024);
  expect(end.subarray(-6).toString()).toBe("\nlast\n");
});

test("a log that is not there is empty, and so is what an agent has put in its place", async () => {
  const directory = temporaryDirectory();
  const [outside, link, pipe] = ["outside", "link", "pipe"].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(outside, "mine");
  symlinkSync(outside, link);
  execFileSync("mkfifo", [pipe]);
  for (const path of [join(directory, "none"), link, pipe, directory]) {
    expect((await readLogFile(path)).length).toBe(0);
  }
});
