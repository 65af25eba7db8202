import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { holderOf, lockFile, silenceLimitMs, sweepLocks } from "../../src/effects/lock.ts";
import { thisHost } from "../../src/effects/process/index.ts";
import { temporaryDirectory } from "../support/start.ts";

afterEach(() => void vi.useRealTimers());

const alive = JSON.stringify(thisHost());
const dead = JSON.stringify({ ...thisHost(), startTime: 1 });
const otherContainer = JSON.stringify({ ...thisHost(), pid: 7, pidNamespace: "pid:[1]" });
const otherMachine = JSON.stringify({ ...thisHost(), pid: 7, machine: "another", bootId: "another" });
const longAgoMs = silenceLimitMs + 60_000;

/** Writes a lock that was renewed so long ago. */
function writeLock(path: string, content: string, ageMs = 0): string {
  const renewed = new Date(Date.now() - ageMs);
  writeFileSync(path, content);
  utimesSync(path, renewed, renewed);
  return path;
}

const cases: [string, string, number, "kept" | "taken"][] = [
  ["of a living process", alive, 0, "kept"],
  ["of a living process that was silent", alive, longAgoMs, "kept"],
  ["of a dead process", dead, 0, "taken"],
  ["of an earlier boot", JSON.stringify({ ...thisHost(), bootId: "earlier" }), 0, "taken"],
  ["of another container", otherContainer, 0, "kept"],
  ["of another container that was silent", otherContainer, longAgoMs, "taken"],
  ["of another machine", otherMachine, 0, "kept"],
  ["of another machine that was silent", otherMachine, longAgoMs, "taken"],
  ["that is empty", "", 0, "taken"],
  ["that was torn", alive.slice(0, 20), 0, "taken"],
  ["that names nobody", "null", 0, "taken"],
];

describe("a lock", () => {
  test.each(cases)("%s", (_, content, ageMs, fate) => {
    const directory = temporaryDirectory();
    const path = writeLock(join(directory, "a.lock"), content, ageMs);
    expect(lockFile(path)).toBeUndefined();
    const lock = lockFile(path);
    expect(lock === undefined ? "kept" : "taken").toBe(fate);
    if (lock) expect(readFileSync(path, "utf8")).toBe(alive);
    lock?.release();
    expect(readdirSync(directory)).toEqual(fate === "kept" ? ["a.lock"] : []);
  });

  test.each(cases)("%s, in a directory that is swept", async (_, content, ageMs, fate) => {
    const path = writeLock(join(temporaryDirectory(), "a.lock"), content, ageMs);
    await sweepLocks(join(path, ".."));
    expect(existsSync(path) ? "kept" : "taken").toBe(fate);
  });

  test("is renewed as long as it is held", () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const path = join(temporaryDirectory(), "a.lock");
    const lock = lockFile(path);
    const longAgo = new Date(Date.now() - longAgoMs);
    utimesSync(path, longAgo, longAgo);
    vi.advanceTimersByTime(silenceLimitMs / 2);
    expect(Date.now() - statSync(path).mtimeMs).toBeLessThan(silenceLimitMs / 2);
    lock?.release();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("that was lost to another process is left to it", () => {
    const path = join(temporaryDirectory(), "a.lock");
    const lock = lockFile(path);
    // Made while the first is there, so that it cannot get the same inode.
    writeLock(`${path}.new`, otherMachine);
    renameSync(`${path}.new`, path);
    lock?.release();
    expect(readFileSync(path, "utf8")).toBe(otherMachine);
  });

  test("tells who holds it", () => {
    const directory = temporaryDirectory();
    const told = (content: string) => holderOf(writeLock(join(directory, "a.lock"), content));
    const { pid, machine } = thisHost();
    expect(told(alive)).toEqual({ pid, machine, isInSight: true });
    expect(told(otherContainer)).toEqual({ pid: 7, machine, isInSight: false });
    expect(told(otherMachine)).toEqual({ pid: 7, machine: "another", isInSight: false });
    expect(told("")).toBeUndefined();
    expect(holderOf(join(directory, "b.lock"))).toBeUndefined();
  });
});

test("sweeping leaves what is no lock, and removes what a crash left of one", async () => {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, "folder"));
  writeLock(join(directory, "mark.json"), "", longAgoMs);
  writeLock(join(directory, "a.lock.new"), "");
  writeLock(join(directory, "a.lock.old"), "", longAgoMs);
  await sweepLocks(directory);
  await sweepLocks("/nowhere/at/all");
  expect(readdirSync(directory).toSorted()).toEqual(["a.lock.new", "folder", "mark.json"]);
});
