import type { Expectation } from "../support/transcripts.ts";

/** How each recorded run of Gemini CLI must be judged. */
export const geminiCases: Readonly<Record<string, Expectation>> = {
  // Runs that went well.
  text: { code: "ok", text: "Grüße 👋 an alle, die das hier lesen." },
  tools: { code: "ok", text: "Done." },
  "tools-no-text": { code: "ok", text: "" },
  "read-only": { code: "ok", text: "I may not.", request: { permissions: "read-only" } },
  outside: { code: "ok", text: "I may not." },
  "asks-nobody": { code: "ok", text: "I may not." },
  "retry-then-ok": { code: "ok", text: "At last." },
  "auto-model": { code: "ok", text: "Chosen." },

  // What nothing in the output tells.
  "beginning-lost": { code: "ok", text: "The first words of an answerAll of it." },
  "output-limit": { code: "ok", text: "Once upon a" },

  // Sessions.
  "session-1": { code: "ok", text: "Hello." },
  "session-2": { code: "ok", text: "Again." },
  "session-unknown": { code: "session-not-found", says: "Error resuming session: " },

  // What the model's side answered.
  "http-400": { code: "agent-error", says: "Request contains an invalid argument." },
  "http-401": { code: "authentication", says: "invalid authentication credentials" },
  "http-402": { code: "quota-exhausted", says: "The balance is used up." },
  "http-403": { code: "authentication", says: "not allowed to use this model" },
  "http-404": { code: "model-not-found", says: "is not found for API version" },
  "http-413": { code: "context-overflow", says: "The request is too large." },
  "api-key": { code: "authentication", says: "API key not valid." },
  context: { code: "context-overflow", says: "exceeds the maximum number of tokens" },
  "http-429": { code: "rate-limited", says: "Resource has been exhausted" },
  "http-429-last": { code: "rate-limited", says: "Resource has been exhausted" },
  "http-429-wait": { code: "rate-limited", says: "Quota exceeded for quota metric" },
  "http-429-quota": { code: "quota-exhausted", says: "daily quota" },
  "http-500": { code: "overloaded", says: "An internal error has occurred." },
  "http-503-last": { code: "overloaded", says: "The model is overloaded." },
  refused: { code: "network", says: "fetch failed" },
  "refused-last": { code: "network", says: "fetch failed" },
  cut: { code: "network", says: "terminated" },
  malformed: { code: "protocol", says: "in JSON at position" },
  "not-sse": { code: "protocol", says: "Incomplete JSON segment" },
  "stream-error": { code: "protocol", says: "Incomplete JSON segment" },
  "no-finish": { code: "protocol", says: "without a finish reason" },
  empty: { code: "no-output", says: "an empty response" },
  "thoughts-only": { code: "no-output", says: "no final response text" },
  "output-limit-empty": { code: "output-truncated", says: "exceeded the token limit" },
  "filter-empty": { code: "content-refused", says: "blocked due to safety settings" },

  // What Gemini itself did not like.
  "turn-limit": { code: "turn-limit", says: "Reached max session turns" },
  "no-key": { code: "authentication", says: "GEMINI_API_KEY" },
  "no-login": { code: "authentication", says: "Please set an Auth method" },
  "no-login-method": { code: "authentication", says: "Invalid auth method selected." },
  "login-needs-browser": { code: "authentication", says: "Manual authorization is required" },
  "bad-flag": { code: "agent-error", says: "Unknown argument: nope" },

  // Ended by somebody else.
  hang: { code: "crashed", says: "killed by SIGKILL" },
};
