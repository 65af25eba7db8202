import { expect, test } from "vitest";
import { isDebugging } from "../../src/cli/debug.ts";

test.each([
  [undefined, false],
  ["", false],
  ["0", false],
  ["false", false],
  ["1", true],
  ["true", true],
])("HITCH_DEBUG=%s: %s", (value, expected) => {
  expect(isDebugging({ HITCH_DEBUG: value })).toBe(expected);
});
