/** Three processes at one abandoned lock, each stopped at the worst moment; here they are calls within calls. */
import type * as Fs from "node:fs";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { lockFile, type Lock } from "../../src/effects/lock.ts";
import { thisHost } from "../../src/effects/process/index.ts";
import { temporaryDirectory } from "../support/start.ts";

const hooks = vi.hoisted(() => ({ beforeChange: (_name: string, _path: string): void => undefined }));

vi.mock("node:fs", async (original) => {
  const fs = await original<typeof Fs>();
  const hooked = <Name extends "renameSync" | "linkSync" | "rmSync">(name: Name): (typeof Fs)[Name] =>
    ((...args: Parameters<(typeof Fs)[Name]>) => {
      hooks.beforeChange(name, String(args[0]));
      return (fs[name] as (...args: unknown[]) => unknown)(...args);
    }) as (typeof Fs)[Name];
  return { ...fs, renameSync: hooked("renameSync"), linkSync: hooked("linkSync"), rmSync: hooked("rmSync") };
});

afterEach(() => void (hooks.beforeChange = () => undefined));

/** Runs the others' steps, one before each change that the first makes after it has found the lock abandoned. */
function raceFrom(firstStep: number): { readonly holders: Lock[]; readonly directory: string } {
  const directory = temporaryDirectory();
  const path = join(directory, "a.lock");
  writeFileSync(path, JSON.stringify({ ...thisHost(), startTime: 1 }));
  const holders: Lock[] = [];
  const attempt = (): void => {
    const lock = lockFile(path);
    if (lock) holders.push(lock);
  };
  let step = 0;
  hooks.beforeChange = () => {
    const inner = hooks.beforeChange;
    hooks.beforeChange = () => undefined;
    // The one removes it, and takes it the next time; then a third one comes.
    if (step++ >= firstStep) for (const _ of [1, 2]) attempt();
    hooks.beforeChange = inner;
  };
  attempt();
  hooks.beforeChange = () => undefined;
  for (const _ of [1, 2, 3]) attempt();
  return { holders, directory };
}

test.each([0, 1, 2, 3, 4, 5, 6, 7])("an abandoned lock has one holder, if the others come before step %i", (step) => {
  const { holders, directory } = raceFrom(step);
  expect(holders).toHaveLength(1);
  holders[0]?.release();
  expect(readdirSync(directory)).toEqual([]);
});
