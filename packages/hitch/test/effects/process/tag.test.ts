import { describe, expect, test } from "vitest";
import { markedRuns, parseMarker } from "../../../src/effects/process/marker.ts";
import { isRunId, newRunId } from "../../../src/effects/process/run-id.ts";
import {
  innerRanges,
  isInRange,
  isTag,
  outermostRange,
  parseRealtimeLimit,
  runIdOfTag,
} from "../../../src/effects/process/tag.ts";

const slotsOf = (range: { lowest: bigint; highest: bigint }): string =>
  [range.lowest, range.highest].map((tag) => (tag & 0xffffn).toString(16).padStart(4, "0")).join("-");

describe("the tag", () => {
  test.each(["00000000000", "00000000001", "7f00000000a", "fffffffffff"])("holds the run id %s", (runId) => {
    const { lowest, highest } = outermostRange(runId);
    expect([lowest, highest].map(runIdOfTag)).toEqual([runId, runId]);
    expect([lowest, highest].every(isTag)).toBe(true);
    expect(slotsOf({ lowest, highest })).toBe("0000-ffff");
    expect(highest < 2n ** 63n).toBe(true);
  });

  test("of a run inside a run lies below its host's and within the outer range, four deep", () => {
    let { lowest, highest } = outermostRange(newRunId());
    const seen: [number, string | undefined, string | undefined][] = [];
    for (;;) {
      const inner = innerRanges(highest);
      seen.push([inner.length, inner[0] && slotsOf(inner[0]), inner.at(-1) && slotsOf(inner.at(-1)!)]);
      for (const range of inner) {
        expect(range.highest < highest && range.lowest >= lowest).toBe(true);
        expect(isInRange(highest, range)).toBe(false);
      }
      if (inner[0] === undefined) break;
      ({ lowest, highest } = inner[0]);
    }
    expect(seen).toEqual([
      [255, "fe00-feff", "0000-00ff"],
      [15, "fee0-feef", "fe00-fe0f"],
      [15, "feee-feee", "fee0-fee0"],
      [0, undefined, undefined],
    ]);
  });

  test("is never shared by two runs of one host", () => {
    const ranges = innerRanges(outermostRange(newRunId()).highest);
    for (const [index, range] of ranges.entries()) {
      expect(ranges[index + 1] === undefined || ranges[index + 1]!.highest < range.lowest).toBe(true);
    }
  });

  test.each([
    ["unlimited            unlimited            us", undefined],
    ["1152921504606846976  1152921504606912511  us", 2n ** 60n + 0xffffn],
    ["200000               200000               us", 200_000n],
  ])("is read from limits that say %s", (limit, expected) => {
    const text = `Limit  Soft Limit  Hard Limit\nMax realtime priority  0  0\nMax realtime timeout      ${limit}\n`;
    expect(parseRealtimeLimit(text)).toBe(expected);
  });
});

test("a run id is 11 hex digits, another one each time", () => {
  const ids = Array.from({ length: 1000 }, newRunId);
  expect(ids.every(isRunId)).toBe(true);
  expect(new Set(ids).size).toBe(1000);
});

describe("the marker", () => {
  test.each([
    ["HITCH_RUN=aaaaaaaaaaa\0PATH=/bin", ["aaaaaaaaaaa"]],
    ["PATH=/bin\0HITCH_RUN=aaaaaaaaaaa/bbbbbbbbbbb\0", ["aaaaaaaaaaa", "bbbbbbbbbbb"]],
    ["PATH=/bin\0MY_HITCH_RUN=aaaaaaaaaaa", []],
    ["NOTE=HITCH_RUN=aaaaaaaaaaa", []],
    ["PATH=/bin", []],
    ["", []],
  ])("is found in the environment %j", (environment, expected) => {
    expect(markedRuns(environment)).toEqual(expected);
  });

  test("keeps only what is a run id", () => {
    expect(parseMarker("aaaaaaaaaaa/../etc//BBBBBBBBBBB/ccccccccccc")).toEqual(["aaaaaaaaaaa", "ccccccccccc"]);
    expect(parseMarker(undefined)).toEqual([]);
  });
});
