import { expect, test } from "vitest";
import { classifyFailure } from "../../src/policy/classify.ts";
import type { Failure } from "../../src/provider.ts";
import type { ErrorCode } from "../../src/vocabulary/codes.ts";

const failures: readonly (Omit<Failure, "message"> & { expected: ErrorCode })[] = [
  // By status alone.
  { status: 400, expected: "agent-error" },
  { status: 405, expected: "agent-error" },
  { status: 409, expected: "agent-error" },
  { status: 422, expected: "agent-error" },
  { status: 401, expected: "authentication" },
  { status: 403, expected: "authentication" },
  { status: 402, expected: "quota-exhausted" },
  { status: 404, expected: "model-not-found" },
  { status: 413, expected: "context-overflow" },
  { status: 429, expected: "rate-limited" },
  { status: 500, expected: "overloaded" },
  { status: 502, expected: "overloaded" },
  { status: 503, expected: "overloaded" },
  { status: 529, expected: "overloaded" },
  { status: 200, expected: "protocol" },
  { status: 302, expected: "agent-error" },
  // The name says more than the status.
  { status: 429, name: "insufficient_quota", expected: "quota-exhausted" },
  { status: 429, name: "rate_limit_exceeded", expected: "rate-limited" },
  { status: 400, name: "context_length_exceeded", expected: "context-overflow" },
  { status: 400, name: "content_filter", expected: "content-refused" },
  { status: 400, name: "invalid_api_key", expected: "authentication" },
  { status: 400, name: "model_not_found", expected: "model-not-found" },
  // A name that says nothing leaves the status to speak.
  { status: 400, name: "invalid_request_error", expected: "agent-error" },
  { status: 401, name: "invalid_request_error", expected: "authentication" },
  { status: 429, name: "requests", expected: "rate-limited" },
  { status: 503, name: "APIError", expected: "overloaded" },
  // Names without a status, however they are written.
  { name: "ContextOverflowError", expected: "context-overflow" },
  { name: "ContentFilterError", expected: "content-refused" },
  { name: "content-filter", expected: "content-refused" },
  { name: "SAFETY", expected: "content-refused" },
  { name: "ProviderAuthError", expected: "authentication" },
  { name: "overloaded_error", expected: "overloaded" },
  { name: "RESOURCE_EXHAUSTED", expected: "rate-limited" },
  { name: "length", expected: "output-truncated" },
  { name: "ECONNREFUSED", expected: "network" },
  { name: "ECONNRESET", expected: "network" },
  { name: "ENOTFOUND", expected: "network" },
  { name: "ProviderHeaderTimeoutError", expected: "network" },
  { name: "UnknownError", expected: "agent-error" },
  { name: "constructor", expected: "agent-error" },
  { name: "", expected: "agent-error" },
  { expected: "agent-error" },
  // The decoder knew better.
  { status: 500, name: "insufficient_quota", code: "protocol", expected: "protocol" },
];

test.each(failures)("status $status, name $name, code $code: $expected", ({ expected, ...failure }) => {
  expect(classifyFailure({ message: "", ...failure })).toBe(expected);
});

test("words in a message decide nothing", () => {
  const message = "429 rate limit 500 overloaded insufficient_quota context_length_exceeded 401";
  expect(classifyFailure({ message })).toBe("agent-error");
});
