import { describe, expect, test } from "vitest";
import { compareVersions, readVersion } from "../../src/policy/version.ts";

describe("a version number in what an agent prints", () => {
  test.each([
    ["1.18.33\n", "1.18.33"],
    ["codex-cli 0.87.1", "0.87.1"],
    ["v2.0.1 (Claude Code)", "2.0.1"],
    ["1.2.0-beta.3", "1.2.0-beta.3"],
    ["agent 3.4", "3.4"],
    ["Usage: agent [options]", undefined],
    ["listening on 127.0.0.1", undefined],
    ["", undefined],
  ])("%j: %s", (text, version) => expect(readVersion(text)).toBe(version));
});

describe("versions are compared by their numbers", () => {
  test.each([
    ["1.18.33", "1.18.33", "same"],
    ["1.9.0", "1.18.33", "older"],
    ["1.18.34", "1.18.33", "newer"],
    ["2.0", "1.18.33", "newer"],
    ["1.18", "1.18.0", "same"],
    ["1.18.33-beta.1", "1.18.33", "same"],
  ])("%s beside %s is %s", (found, other, order) => expect(compareVersions(found, other)).toBe(order));
});
