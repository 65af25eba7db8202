import type { Expectation } from "../support/transcripts.ts";

const asked = { request: { outputSchema: { type: "object" } } };

/** How each recorded run of Qwen Code must be judged. */
export const qwenCases: Readonly<Record<string, Expectation>> = {
  // Runs that went well.
  text: { code: "ok", text: "Hello from the mock model." },
  reasoning: { code: "ok", text: "ans" },
  tools: { code: "ok", text: "Done." },
  "tools-no-text": { code: "ok", text: "" },
  subagent: { code: "ok", text: "It found two." },
  mcp: { code: "ok", text: "Done." },
  "mcp-broken": { code: "ok", text: "Without it." },
  "read-only": { code: "ok", text: "I may not." },
  outside: { code: "ok", text: "I may not." },
  "cut-then-ok": { code: "ok", text: "The first half, and the second." },
  "cut-before-text": { code: "ok", text: "All of it." },

  // Sessions.
  "session-1": { code: "ok", text: "Hello." },
  "session-2": { code: "ok", text: "Again." },
  "session-fork": { code: "ok", text: "Elsewhere." },
  "session-unknown": { code: "session-not-found", says: "No saved session found" },

  // Its own way of structured output. Words may hold the value, and can be asked about.
  "native-output": { code: "ok", ...asked },
  "native-prose": { code: "ok", text: 'It is 42: {"age": 42}', ...asked },
  "native-fail": { code: "authentication", says: "Incorrect API key", ...asked },

  // What the model's side answered.
  "http-400": { code: "agent-error", says: "Invalid value: bad thing" },
  "http-401": { code: "authentication", says: "Incorrect API key provided" },
  "http-402": { code: "quota-exhausted", says: "the balance is used up" },
  "http-403": { code: "authentication", says: "not allowed to use this model" },
  "http-404": { code: "model-not-found", says: "The model does not exist." },
  "http-413": { code: "context-overflow", says: "HTTP 413" },
  "http-429": { code: "rate-limited", says: "429" },
  "http-429-quota": { code: "quota-exhausted", says: "exceeded your current quota" },
  "rate-limit-wait": { code: "rate-limited", says: "429 rate" },
  "http-500": { code: "overloaded", says: "500" },
  "http-503": { code: "overloaded", says: "503" },
  "context-full": { code: "context-overflow", says: "maximum context length" },
  "no-network": { code: "network", says: "ECONNREFUSED" },
  "silent-stream": { code: "network", says: "No stream activity" },
  cut: { code: "network", says: "other side closed" },
  malformed: { code: "protocol", says: "JSON" },
  "no-finish": { code: "protocol", says: "without a finish reason" },
  empty: { code: "no-output", says: "empty response text" },
  "web-page": { code: "protocol", says: "non-SSE response" },
  "stream-error": { code: "agent-error", says: "The server had an error" },

  // Its own limits, of which only stderr tells.
  "max-turns": { code: "turn-limit", says: "max session turns" },
  "tool-budget": { code: "turn-limit", says: "tool-call budget" },
  "wall-time": { code: "timeout", says: "wall-clock budget" },

  // What it did not like.
  "no-key": { code: "authentication", says: "Missing API key" },
  "bad-flag": { code: "agent-error", says: "nope" },
};
