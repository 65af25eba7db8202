import { execFile } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { onlyOnce, type OnceOptions } from "../../src/effects/once.ts";
import { thisHost } from "../../src/effects/process/index.ts";
import { temporaryDirectory } from "../support/start.ts";

const once = fileURLToPath(new URL("../fixtures/once.ts", import.meta.url));

function options(directory: string, files: readonly string[] = []): OnceOptions {
  return {
    directory: join(directory, "prepared"),
    key: ["a"],
    files,
    waitLimitMs: 10_000,
    stop: new AbortController().signal,
  };
}

test("is done once, by one of many processes, while the others wait", async () => {
  const directory = temporaryDirectory();
  const log = join(directory, "log");
  await Promise.all(Array.from({ length: 5 }, () => promisify(execFile)(process.execPath, [once, directory, log])));
  expect(readFileSync(log, "utf8")).toBe("begin\nend\n");
  expect(readdirSync(join(directory, "prepared"))).toHaveLength(1);
});

test("is done again when it failed, or when a file that belongs to it was replaced", async () => {
  const directory = temporaryDirectory();
  const file = join(directory, "file");
  const other = join(directory, "other");
  writeFileSync(file, "1");
  let done = 0;
  const act = (problem?: string) =>
    onlyOnce(options(directory, [file]), () => {
      done++;
      return Promise.resolve(problem);
    });
  expect(await act("broken")).toBe("broken");
  expect(await act()).toBeUndefined();
  await act();
  expect(done).toBe(2);
  writeFileSync(file, "changed inside");
  await act();
  expect(done).toBe(2);
  // Made while the first is there, so that it cannot get the same inode.
  writeFileSync(other, "1");
  rmSync(file);
  await act();
  expect(done).toBe(3);
});

test("a lock that nobody will release is waited for only so long, and then nothing is done", async () => {
  const directory = temporaryDirectory();
  await onlyOnce(options(directory), () => Promise.resolve(undefined));
  const [mark = ""] = readdirSync(join(directory, "prepared"));
  rmSync(join(directory, "prepared", mark));
  const elsewhere = { ...thisHost(), machine: "another", bootId: "another" };
  writeFileSync(join(directory, "prepared", mark.replace(".json", ".lock")), JSON.stringify(elsewhere));
  const never = (): never => expect.unreachable();
  expect(await onlyOnce({ ...options(directory), waitLimitMs: 100 }, never)).toMatch(/has been held for too long$/);
  expect(await onlyOnce({ ...options(directory), stop: AbortSignal.abort() }, never)).toBeUndefined();
});

test("a lock of a process that died is taken away", async () => {
  const directory = temporaryDirectory();
  await onlyOnce(options(directory), () => Promise.resolve(undefined));
  const [mark] = readdirSync(join(directory, "prepared"));
  const lock = join(directory, "prepared", `${mark?.replace(".json", "")}.lock`);
  rmSync(join(directory, "prepared", mark ?? ""));
  writeFileSync(lock, JSON.stringify({ ...thisHost(), startTime: 1 }));
  let done = false;
  await onlyOnce(options(directory), () => Promise.resolve(void (done = true)));
  expect(done).toBe(true);
});
