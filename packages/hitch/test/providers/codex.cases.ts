import type { Expectation } from "../support/transcripts.ts";

const outputSchema = { type: "object", properties: {}, required: [], additionalProperties: false };

/** How each recorded run of Codex must be judged. */
export const codexCases: Readonly<Record<string, Expectation>> = {
  // Runs that went well.
  text: { code: "ok", text: "Hello from the mock model." },
  reasoning: { code: "ok", text: "ans" },
  "no-usage": { code: "ok", text: "pong" },
  "unknown-model": { code: "ok", text: "pong" },
  "cut-then-ok": { code: "ok", text: "All of it." },
  tools: { code: "ok", text: "Done." },
  "tools-apply-patch": { code: "ok", text: "patched" },
  "tools-no-text": { code: "ok", text: "" },
  "tools-at-once": { code: "ok", text: "Done." },
  background: { code: "ok", text: "It runs." },
  mcp: { code: "ok", text: "Done." },
  "sandbox-ws-probe": { code: "ok" },
  "read-only": { code: "ok", text: "I may not.", request: { permissions: "read-only" } },
  outside: { code: "ok", text: "I may not." },
  structured: { code: "ok", request: { outputSchema } },
  "native-output": { code: "ok", text: '{"age": 42}', request: { outputSchema } },
  "native-prose": { code: "ok", text: "It is 42.", request: { outputSchema } },

  // Sessions.
  "resume-1": { code: "ok" },
  "resume-2": { code: "ok" },
  "resume-2b-schema": { code: "ok" },
  "session-1": { code: "ok", text: "Hello." },
  "session-2": { code: "ok", text: "Again." },
  "session-fork": { code: "ok", text: "Elsewhere." },
  "resume-unknown-id": { code: "session-not-found", says: "no rollout found" },
  "session-unknown": { code: "session-not-found", says: "no rollout found" },
  "fork-unknown": { code: "session-not-found", says: "no rollout found" },

  // What the model's side answered.
  "fail-400": { code: "agent-error", says: "Invalid value: bad thing" },
  "http-400-model": { code: "model-not-found", says: "does not exist" },
  "http-400-detail": { code: "model-not-found", says: "is not supported when using Codex" },
  "fail-401": { code: "authentication", says: "Incorrect API key provided" },
  "http-402": { code: "quota-exhausted", says: "the balance is used up" },
  "http-403": { code: "authentication", says: "not allowed to use this model" },
  "http-404": { code: "model-not-found", says: "The model does not exist." },
  "http-413": { code: "context-overflow", says: "The request is too large." },
  "fail-429": { code: "rate-limited", says: "last status: 429" },
  "fail-429-noretry": { code: "rate-limited", says: "last status: 429" },
  "http-429-retry-after": { code: "rate-limited", says: "last status: 429" },
  "fail-429-quota": { code: "quota-exhausted", says: "Quota exceeded." },
  "usage-limit": { code: "quota-exhausted", says: "hit your usage limit" },
  "http-500": { code: "overloaded", says: "high demand" },
  "fail-503": { code: "overloaded", says: "fake 503" },
  "fail-failed-context": { code: "context-overflow", says: "ran out of room" },
  "stream-rate-limit": { code: "rate-limited", says: "Rate limit reached." },
  "stream-server-error": { code: "protocol", says: "The server had an error" },
  "content-filter": { code: "content-refused", says: "content_filter" },
  "output-limit": { code: "output-truncated", says: "max_output_tokens", text: "Once" },
  "fail-cut-noretry": { code: "network", says: "network error" },
  "fail-cut-clean": { code: "protocol", says: "stream closed before response.completed" },
  "web-page": { code: "protocol", says: "stream closed before response.completed" },
  reset: { code: "network", says: "error sending request" },
  "no-network": { code: "network", says: "Connection failed" },
  "fail-refused": { code: "network", says: "Connection failed" },
  "fail-hang-stream-idle5": { code: "network", says: "idle timeout waiting for SSE" },
  empty: { code: "no-output", says: "said and did nothing" },

  // What Codex itself did not like.
  "fail-badkeyenv": { code: "authentication", says: "Missing environment variable" },
  "fail-badconfig": { code: "agent-error", says: "invalid type: integer" },
  "bad-flag": { code: "agent-error", says: "unexpected argument '--nope' found" },
  "structured-badschema": { code: "agent-error", says: "Failed to read output schema file" },
  "stdin-empty": { code: "agent-error", says: "No prompt provided via stdin." },
  "too-large": { code: "invalid-options", says: "1048576 characters" },

  // Ended by somebody else.
  "fail-hang-headers": { code: "crashed", says: "killed by SIGKILL" },
  "killed-tool": { code: "crashed", says: "killed by SIGTERM" },
};
