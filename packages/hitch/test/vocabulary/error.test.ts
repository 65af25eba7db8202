import { expect, test } from "vitest";
import { codes, type ErrorCode } from "../../src/vocabulary/codes.ts";
import { HarnessError, summarizeError } from "../../src/vocabulary/error.ts";

test.each(Object.keys(codes) as ErrorCode[])("the hint of %s leads to its section in the docs", (code) => {
  const link = ` More: docs/errors.md#${code}.`;
  expect(new HarnessError({ code, message: "" }).hint).toBe(codes[code].hint + link);
  expect(new HarnessError({ code, message: "", hint: "Do this." }).hint).toBe(`Do this.${link}`);
});

test("a hint without a full stop gets one before the link", () => {
  const { hint } = new HarnessError({ code: "timeout", message: "", hint: "Install it: npm install -g pi" });
  expect(hint).toBe("Install it: npm install -g pi. More: docs/errors.md#timeout.");
});

test("a copy of an error has the same hint", () => {
  const error = new HarnessError({ code: "timeout", message: "It took too long.", hint: "Wait." });
  const copy = new HarnessError({ ...error, message: "Another message." });
  expect(copy.hint).toBe(error.hint);
  expect(summarizeError(copy).hint).toBe("Wait. More: docs/errors.md#timeout.");
});
