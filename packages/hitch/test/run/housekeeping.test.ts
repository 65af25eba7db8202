import { existsSync, mkdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { writeTicket } from "../../src/effects/git/worktree-tickets.ts";
import { keepHome, makeHome } from "../../src/effects/private-homes.ts";
import { openState } from "../../src/effects/state.ts";
import { keepHouse } from "../../src/run/housekeeping.ts";
import { temporaryDirectory } from "../support/start.ts";
import { makeStuckRun } from "../support/stuck-run.ts";

const dayMs = 24 * 60 * 60 * 1000;

test("a process cleans up again after a day", async () => {
  const state = openState({ HITCH_STATE_DIR: temporaryDirectory() });
  const warnings: string[] = [];
  const nowMs = Date.now();
  const makeOld = (id: string): string => {
    const path = makeHome(state.homes, id);
    keepHome(path, id);
    utimesSync(`${path}.used`, 0, 0);
    return path;
  };
  const first = makeOld("00000000000");
  keepHouse(state, (message) => warnings.push(message), nowMs);
  await vi.waitFor(() => expect(existsSync(`${first}.used`)).toBe(false), 5000);
  const second = makeOld("11111111111");
  keepHouse(state, (message) => warnings.push(message), nowMs + dayMs / 2);
  expect(existsSync(second)).toBe(true);
  keepHouse(state, (message) => warnings.push(message), nowMs + dayMs);
  await vi.waitFor(() => expect(existsSync(`${second}.used`)).toBe(false), 5000);
  expect([existsSync(join(state.homes, "11111111111")), warnings]).toEqual([false, []]);
});

test("a run's folder that cannot be removed is told once, and homes and worktrees are swept all the same", async () => {
  const { runId, stateDirectory } = makeStuckRun();
  const state = openState({ HITCH_STATE_DIR: stateDirectory });
  const warnings: string[] = [];
  const left = [makeHome(state.homes, "00000000000"), join(state.worktrees, "11111111111")];
  writeTicket(state.worktrees, "11111111111", "/nowhere/11111111111");
  mkdirSync(left[1] ?? "");
  keepHouse(state, (message) => warnings.push(message));
  await vi.waitFor(() => expect(left.map((path) => existsSync(path))).toEqual([false, false]), 5000);
  await vi.waitFor(() => expect(warnings).not.toEqual([]), 5000);
  expect(warnings).toEqual([
    expect.stringMatching(`^the folder of a run .*/${runId} could not be removed: ENAMETOOLONG`),
  ]);
});
