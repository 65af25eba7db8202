import { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pruneRuns } from "../../src/effects/prune.ts";
import { temporaryDirectory } from "../support/start.ts";

const nowMs = Date.now();

/** Makes journals by name: age in seconds and size in bytes. */
function journals(runs: Readonly<Record<string, readonly [ageSeconds: number, bytes: number]>>): string {
  const directory = temporaryDirectory();
  for (const [id, [ageSeconds, bytes]] of Object.entries(runs)) {
    const file = join(directory, id, "events.jsonl");
    mkdirSync(join(directory, id));
    writeFileSync(file, "x".repeat(bytes));
    const changed = nowMs / 1000 - ageSeconds;
    utimesSync(file, changed, changed);
  }
  return directory;
}

test("what is too old goes, and what is live stays", async () => {
  const directory = journals({ new: [1, 1], old: [100, 1], live: [200, 1] });
  expect(await pruneRuns(directory, new Set(["live"]), nowMs, { maxAgeMs: 50_000, maxBytes: 1000 })).toEqual(["old"]);
  expect(readdirSync(directory).toSorted()).toEqual(["live", "new"]);
});

test("the oldest go until the rest fits", async () => {
  const directory = journals({ a: [1, 400], b: [2, 400], c: [3, 400], d: [4, 10] });
  expect(await pruneRuns(directory, new Set(), nowMs, { maxAgeMs: 50_000, maxBytes: 1000 })).toEqual(["c", "d"]);
});

test("a directory that is not there has nothing to prune, and other files are left alone", async () => {
  expect(await pruneRuns("/nowhere/at/all", new Set(), nowMs)).toEqual([]);
  const directory = temporaryDirectory();
  writeFileSync(join(directory, "note"), "");
  expect(await pruneRuns(directory, new Set(), nowMs, { maxAgeMs: 0, maxBytes: 0 })).toEqual([]);
});
