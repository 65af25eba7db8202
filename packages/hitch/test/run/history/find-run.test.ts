import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openState } from "../../../src/effects/state.ts";
import { findRun, listRunIds } from "../../../src/run/history/find-run.ts";
import { HarnessError } from "../../../src/vocabulary/error.ts";
import { storeRun } from "../../cli/stored-run.ts";
import { temporaryDirectory } from "../../support/start.ts";

function makeState(...ids: readonly string[]) {
  const state = openState({ HITCH_STATE_DIR: temporaryDirectory() });
  ids.forEach((runId, age) => storeRun(state.directory, { runId, startedAtMs: Date.now() - 60_000 * (age + 1) }));
  return state;
}

describe("which run is meant", () => {
  const state = () => makeState("aaa11111111", "aaa22222222", "bbb11111111");
  test.each([
    [undefined, "aaa11111111"],
    ["last", "aaa11111111"],
    ["bbb11111111", "bbb11111111"],
    ["b", "bbb11111111"],
    ["aaa2", "aaa22222222"],
  ])("%s", (wanted, runId) => expect(findRun(state(), wanted)).toBe(runId));

  test.each([
    ["aaa", "ambiguous", "aaa is the beginning of several runs: aaa11111111, aaa22222222"],
    ["c", "unknown", `there is no run "c"`],
    ["", "unknown", `there is no run ""`],
    ["aaa11111111x", "unknown", `there is no run "aaa11111111x"`],
    ["../runs/aaa11111111", "unknown", `there is no run "../runs/aaa11111111"`],
  ])("%j is refused: %s", (wanted, reason, message) => {
    expect(refusalOf(() => findRun(state(), wanted))).toMatchObject({ code: "invalid-options", reason, message });
  });

  test("without any run", () => {
    expect(refusalOf(() => findRun(makeState(), undefined))).toMatchObject({ message: "there are no runs yet" });
  });

  test("of very many only the first are named", () => {
    const ids = Array.from({ length: 8 }, (_, index) => `ccc0000000${index}`);
    const { message } = refusalOf(() => findRun(makeState(...ids), "ccc")) as HarnessError;
    expect(message).toMatch(/ccc00000004 and 3 more$/);
  });
});

test("the newest come first, live runs without a journal included, and other folders do not count", () => {
  const state = makeState("aaa11111111", "bbb11111111");
  mkdirSync(join(state.active, "ccc11111111"));
  mkdirSync(join(state.runs, "not-a-run"));
  expect(listRunIds(state)).toEqual(["ccc11111111", "aaa11111111", "bbb11111111"]);
});

function refusalOf(find: () => unknown): unknown {
  try {
    return find();
  } catch (error) {
    return error;
  }
}
