import { existsSync, linkSync, mkdirSync, readdirSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lockFile } from "../../src/effects/lock.ts";
import { endHome, findHome, keepHome, makeHome } from "../../src/effects/private-homes.ts";
import { pruneHomes, sweepHomes } from "../../src/effects/private-homes-sweep.ts";
import { newRunId } from "../../src/effects/process/index.ts";
import { temporaryDirectory } from "../support/start.ts";

const dayMs = 24 * 60 * 60 * 1000;

/** The folders of a state directory whose homes are here. */
function stateOf(homes: string): Parameters<typeof pruneHomes>[0] {
  return { homes, active: temporaryDirectory(), sessions: temporaryDirectory() };
}

/** A home with so many bytes in it, used so many days ago, of a session of this name. */
function oldHome(directory: string, session: string, { days, bytes = 0 }: { days: number; bytes?: number }): string {
  const path = makeHome(directory, newRunId());
  mkdirSync(join(path, "folder"));
  writeFileSync(join(path, "folder", "file"), "x".repeat(bytes));
  keepHome(path, session);
  const used = new Date(Date.now() - days * dayMs);
  utimesSync(`${path}.used`, used, used);
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
  expect(readdirSync(directory).sort()).toEqual(
    [live, `${live}.ticket`, `${live}.used`, kept, `${kept}.used`, "session.session"].sort(),
  );
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
  await pruneHomes(stateOf(directory), Date.now());
  expect([findHome(directory, "old"), findHome(directory, "young"), existsSync(live)]).toEqual([
    undefined,
    young,
    true,
  ]);
  expect(readdirSync(directory)).not.toContain("old.session");
});

test("the largest go until the rest fits, but none of the last day, which count for no other one", async () => {
  const directory = temporaryDirectory();
  const limits = { maxAgeMs: 14 * dayMs, maxBytes: 100_000 };
  const homes = [
    oldHome(directory, "a", { days: 0, bytes: 200_000 }),
    oldHome(directory, "b", { days: 2, bytes: 200_000 }),
    oldHome(directory, "c", { days: 3, bytes: 1 }),
  ];
  await pruneHomes(stateOf(directory), Date.now(), limits);
  expect(homes.map((path) => existsSync(path))).toEqual([true, false, true]);
});

test("holes and second names of a file count nothing, and times in a home say nothing", async () => {
  const directory = temporaryDirectory();
  const kept = oldHome(directory, "kept", { days: 2, bytes: 30_000 });
  for (const name of ["1", "2", "3", "4", "5"]) linkSync(join(kept, "folder/file"), join(kept, name));
  writeFileSync(join(kept, "hole"), "");
  truncateSync(join(kept, "hole"), 10_000_000);
  const old = oldHome(directory, "old", { days: 15 });
  utimesSync(old, new Date("2099-01-01"), new Date("2099-01-01"));
  await pruneHomes(stateOf(directory), Date.now(), { maxAgeMs: 14 * dayMs, maxBytes: 100_000 });
  expect([existsSync(kept), existsSync(old)]).toEqual([true, false]);
});

test("one that a live run has stays, however old", async () => {
  const directory = temporaryDirectory();
  const state = stateOf(directory);
  const [begun, continued] = [oldHome(directory, "a", { days: 20 }), oldHome(directory, "b", { days: 20 })];
  mkdirSync(join(state.active, begun.slice(directory.length + 1)));
  const lock = lockFile(join(state.sessions, "b.lock"));
  await pruneHomes(state, Date.now());
  expect([existsSync(begun), findHome(directory, "b")]).toEqual([true, continued]);
  lock?.release();
  await pruneHomes(state, Date.now());
  expect([existsSync(begun), existsSync(continued)]).toEqual([true, false]);
});

test("one that cannot be removed stops nothing, and is told", async () => {
  const [directory, active] = [temporaryDirectory(), temporaryDirectory()];
  const [stuck, other] = ["00000000000", "11111111111"];
  const homes = [stuck, other].map((id) => makeHome(directory, id));
  // Its time is no file that could be removed.
  rmSync(join(directory, `${stuck}.used`));
  mkdirSync(join(directory, `${stuck}.used`));
  const swept = await sweepHomes(directory, active);
  expect(swept).toEqual([
    { path: homes[0], problem: expect.stringContaining(`${stuck}.used`) as string },
    { path: homes[1] },
  ]);
});

test("a session is in one home, whoever tells its name", () => {
  const directory = temporaryDirectory();
  const [first, second] = [makeHome(directory, newRunId()), makeHome(directory, newRunId())];
  expect([keepHome(first, "a"), keepHome(first, "a")]).toEqual([true, false]);
  expect(() => keepHome(second, "a")).toThrow("another private home");
  expect(findHome(directory, "a")).toBe(first);
});

test.each(["", ".", "..", "../active", "template-0"])("a pointer with %j leads nowhere, and goes", async (content) => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, "a.session"), content);
  expect(findHome(directory, "a")).toBeUndefined();
  await pruneHomes(stateOf(directory), Date.now());
  expect(readdirSync(directory)).toEqual([]);
});

test("drafts and times that a dead host left go", async () => {
  const directory = temporaryDirectory();
  const draft = join(directory, "a.session.0b0c");
  writeFileSync(draft, "");
  utimesSync(draft, 0, 0);
  writeFileSync(join(directory, `${newRunId()}.used`), "");
  await pruneHomes(stateOf(directory), Date.now());
  expect(readdirSync(directory)).toEqual([]);
});

test("the end of a run is a use of its home", async () => {
  const directory = temporaryDirectory();
  const path = oldHome(directory, "a", { days: 20 });
  await endHome(path);
  await pruneHomes(stateOf(directory), Date.now());
  expect(findHome(directory, "a")).toBe(path);
});
