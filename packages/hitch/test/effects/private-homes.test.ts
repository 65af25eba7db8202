import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findHome, keepHome, makeHome } from "../../src/effects/private-homes.ts";
import { pruneHomes, sweepHomes } from "../../src/effects/private-homes-sweep.ts";
import { newRunId } from "../../src/effects/process/index.ts";
import { temporaryDirectory } from "../support/start.ts";

const dayMs = 24 * 60 * 60 * 1000;

/** A home with so many bytes in it, used so many days ago, of a session of this name. */
function oldHome(directory: string, session: string, { days, bytes = 0 }: { days: number; bytes?: number }): string {
  const path = makeHome(directory, newRunId());
  mkdirSync(join(path, "folder"));
  writeFileSync(join(path, "folder", "file"), "x".repeat(bytes));
  keepHome(path, session);
  const used = new Date(Date.now() - days * dayMs);
  utimesSync(path, used, used);
  return path;
}

test("homes of one run have names of their own", () => {
  const directory = temporaryDirectory();
  expect([makeHome(directory, "00000000001"), makeHome(directory, "00000000001")]).toEqual([
    join(directory, "00000000001"),
    join(directory, "00000000001-2"),
  ]);
});

test("what runs of a dead host have left is removed, what a live run or a session has stays", async () => {
  const [directory, active] = [temporaryDirectory(), temporaryDirectory()];
  const [live, dead, kept] = [newRunId(), newRunId(), newRunId()];
  mkdirSync(join(active, live));
  const homes = [live, dead, kept].map((id) => makeHome(directory, id));
  writeFileSync(join(homes[1] ?? "", "file"), "left");
  keepHome(homes[2] ?? "", "session");
  await sweepHomes(directory, active);
  expect(homes.map((path) => existsSync(path))).toEqual([true, false, true]);
  expect(readdirSync(directory).sort()).toEqual([live, `${live}.ticket`, kept, "session.session"].sort());
});

test("a run that died between its ticket and its home leaves nothing either", async () => {
  const [directory, active] = [temporaryDirectory(), temporaryDirectory()];
  writeFileSync(join(directory, `${newRunId()}.ticket`), "");
  writeFileSync(join(directory, "notes.ticket"), "somebody's");
  await sweepHomes(directory, active);
  expect(readdirSync(directory)).toEqual(["notes.ticket"]);
});

test("homes that nobody has used for 14 days go, with what led to them", async () => {
  const directory = temporaryDirectory();
  oldHome(directory, "old", { days: 15 });
  const young = oldHome(directory, "young", { days: 13 });
  const live = makeHome(directory, newRunId());
  await pruneHomes(directory, Date.now());
  expect([findHome(directory, "old"), findHome(directory, "young"), existsSync(live)]).toEqual([
    undefined,
    young,
    true,
  ]);
  expect(readdirSync(directory)).not.toContain("old.session");
});

test("the oldest go until the rest fits, but none of the last day", async () => {
  const directory = temporaryDirectory();
  const limits = { maxAgeMs: 14 * dayMs, maxBytes: 1000 };
  const homes = [
    oldHome(directory, "a", { days: 0, bytes: 900 }),
    oldHome(directory, "b", { days: 0.5, bytes: 900 }),
    oldHome(directory, "c", { days: 2, bytes: 1 }),
  ];
  await pruneHomes(directory, Date.now(), limits);
  expect(homes.map((path) => existsSync(path))).toEqual([true, true, false]);
});
