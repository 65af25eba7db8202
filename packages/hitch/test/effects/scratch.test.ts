import { lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeScratchFiles } from "../../src/effects/scratch.ts";
import { temporaryDirectory } from "../support/start.ts";

test("a file is written anew, whatever an agent has put in its place", () => {
  const [directory, outside] = [temporaryDirectory(), join(temporaryDirectory(), "profile")];
  writeFileSync(outside, "mine");
  symlinkSync(outside, join(directory, "link"));
  mkdirSync(join(directory, "folder", "inner"), { recursive: true });
  writeFileSync(join(directory, "open"), "old", { mode: 0o666 });
  writeScratchFiles(directory, { link: "a", folder: "b", open: "c" });
  const texts = ["link", "folder", "open"].map((name) => readFileSync(join(directory, name), "utf8"));
  expect(texts).toEqual(["a", "b", "c"]);
  expect(lstatSync(join(directory, "open")).mode & 0o777).toBe(0o600);
  expect(readFileSync(outside, "utf8")).toBe("mine");
});

test.each(["..", "a/b", "/etc/passwd", "../out"])("%s is no name", (name) => {
  expect(() => writeScratchFiles(temporaryDirectory(), { [name]: "" })).toThrow("is no file's name");
});
