import type { Expectation } from "../support/transcripts.ts";

const outputSchema = { type: "object", properties: { age: { type: "integer", maximum: 100 } } };
const isReadOnly = { permissions: "read-only" } as const;

/** How each recorded run of Claude Code must be judged. */
export const claudeCodeCases: Readonly<Record<string, Expectation>> = {
  // Runs that went well.
  text: { code: "ok", text: "Hello from the mock model." },
  "no-usage": { code: "ok", text: "pong" },
  "unknown-price": { code: "ok", text: "pong" },
  tools: { code: "ok", text: "Done." },
  "tools-at-once": { code: "ok", text: "Both." },
  "tools-no-text": { code: "ok", text: "" },
  subagent: { code: "ok", text: "All is done." },
  background: { code: "ok", text: "It has run." },
  "read-only": { code: "ok", text: "I may not.", request: isReadOnly },
  outside: { code: "ok", text: "I may not." },
  unrestricted: { code: "ok", text: "Done.", request: { permissions: "unrestricted" } },
  mcp: { code: "ok", text: "Done." },
  "native-output": { code: "ok", text: "", request: { outputSchema } },
  "native-corrected": { code: "ok", text: "", request: { outputSchema } },
  "native-prose": { code: "ok", text: "It is 42.", request: { outputSchema } },
  "cut-then-ok": { code: "ok", text: "and the rest of it." },
  "limit-then-ok": { code: "ok", text: "upon a time." },
  "retry-then-ok": { code: "ok", text: "All of it." },

  // Sessions.
  "session-1": { code: "ok", text: "Hello." },
  "session-2": { code: "ok", text: "Again." },
  "session-fork": { code: "ok", text: "Elsewhere." },
  "session-unknown": { code: "session-not-found", says: "No conversation found with session ID" },
  "session-no-id": { code: "session-not-found", says: "is not a UUID" },

  // What the model's side answered. Each is a `subtype: "success"`.
  "http-400": { code: "agent-error", says: "The request is not valid." },
  "http-401": { code: "authentication", says: "Invalid API key" },
  "http-402": { code: "quota-exhausted", says: "Credit balance is too low" },
  "http-403": { code: "authentication", says: "does not have permission to use this model" },
  "http-404": { code: "model-not-found", says: "There's an issue with the selected model" },
  "http-413": { code: "context-overflow", says: "Request too large" },
  "http-429": { code: "rate-limited", says: "would exceed your organization's rate limit" },
  "http-429-quota": { code: "quota-exhausted", says: "Your credit balance is too low" },
  "http-500": { code: "overloaded", says: "500 Internal server error" },
  "http-529": { code: "overloaded", says: "529 Overloaded" },
  "context-full": { code: "context-overflow", says: "Prompt is too long" },
  "no-network": { code: "network", says: "ECONNREFUSED" },
  reset: { code: "network", says: "ECONNRESET" },
  cut: { code: "network", says: "Connection lost mid-response" },
  "cut-early": { code: "network", says: "Connection lost before a response was produced" },
  "hang-before-headers": { code: "network", says: "Request timed out." },
  "hang-mid-stream": { code: "network", says: "The response stopped arriving." },
  "stream-error": { code: "overloaded", says: "Server error mid-response" },
  "web-page": { code: "protocol", says: "an empty or malformed response" },
  "output-limit": { code: "output-truncated", says: "output token maximum", text: "Once" },
  refusal: { code: "content-refused", says: "safeguards flagged this message" },
  empty: { code: "no-output", says: "said and did nothing" },

  // What Claude Code itself did not like.
  "too-large": { code: "context-overflow", says: "Prompt is too long" },
  "no-login": { code: "authentication", says: "Not logged in" },
  "max-turns": { code: "turn-limit", says: "Reached maximum number of turns (1)" },
  budget: { code: "budget-exceeded", says: "Reached maximum budget ($0.002)" },
  "budget-answer": { code: "ok", text: "Done." },
  "native-never-right": {
    code: "invalid-output",
    says: "Failed to provide valid structured output",
    request: { outputSchema },
  },
  "unknown-effort": { code: "invalid-options", says: "Unknown --effort value 'bogus'" },
  "bad-flag": { code: "agent-error", says: "Did you mean --name?" },
  "bad-schema": { code: "agent-error", says: "--json-schema is not a valid JSON Schema" },

  // Ended by somebody else.
  "killed-tool": { code: "crashed", says: "exited with code 143" },
  interrupted: { code: "agent-error", says: "ede_diagnostic" },
  killed: { code: "crashed", says: "killed by SIGKILL" },
};
