import { describe, expect, test } from "vitest";
import { addHeavy, chooseHeavy, type PendingFile } from "../../src/effects/git/heavy-files.ts";

function file(path: string, size: number, isTracked = false): PendingFile {
  return { path, size, isTracked, mtimeMs: 0 };
}

function many(count: number, size: number): readonly PendingFile[] {
  return Array.from({ length: count }, (_, index) => file(`${index}`, size));
}

describe("of the files that git would have to read", () => {
  test.each([
    { name: "none is heavy", pending: [file("a", 8_000_000)], heavy: [] },
    { name: "those above 8 MB are", pending: [file("a", 1), file("b", 8_000_001)], heavy: ["b"] },
    { name: "tracked ones too", pending: [file("a", 1, true), file("b", 8_000_001, true)], heavy: ["b"] },
    { name: "the largest are, beyond 64 MB", pending: [...many(9, 7_000_000), file("c", 7_100_000)], heavy: ["c"] },
    { name: "the largest are, beyond 10,000", pending: [...many(10_000, 1), file("d", 2)], heavy: ["d"] },
  ])("$name", ({ pending, heavy }) => {
    const chosen = chooseHeavy(pending);
    expect(chosen.files.map(({ path }) => path)).toEqual(heavy);
    expect(chosen.allUntracked).toBe(false);
  });

  test("all untracked ones are heavy when more than 200 would have to be named, and no tracked one", () => {
    const chosen = chooseHeavy([...many(10_201, 5), file("light", 1, true)]);
    expect(chosen.allUntracked).toBe(true);
    expect(chosen.files).toHaveLength(10_201);
  });

  test("what was heavy stays so, as it was, when it has become light", () => {
    const before = chooseHeavy([file("a", 9_000_000)]);
    expect(addHeavy(before, [file("a", 1), file("b", 9_000_000)]).files).toEqual([
      file("a", 9_000_000),
      file("b", 9_000_000),
    ]);
  });

  test("when all untracked ones were heavy, new ones are, of any size", () => {
    const before = chooseHeavy(many(201, 9_000_000));
    const now = addHeavy(before, [...many(201, 9_000_000), file("new", 1), file("edited", 1, true)]);
    expect(now.files.at(-1)).toEqual(file("new", 1));
    expect(now.files).toHaveLength(202);
  });
});
