import type { Expectation } from "../support/transcripts.ts";

const server = { command: "serve" };

/** How each recorded run of Cline must be judged. */
export const clineCases: Readonly<Record<string, Expectation>> = {
  // Runs that went well.
  text: { code: "ok", text: "Hello from the mock model." },
  reasoning: { code: "ok", text: "Done." },
  uncounted: { code: "ok", text: "Hello." },
  priced: { code: "ok", text: "Hello." },
  tools: { code: "ok", text: "Done." },
  patch: { code: "ok", text: "Done." },
  subagent: { code: "ok", text: "Done." },
  attachments: { code: "ok", text: "Seen." },
  mcp: { code: "ok", text: "Done.", request: { permissions: "read-only", mcpServers: { ours: server } } },
  "read-only": { code: "ok", text: "Done.", request: { permissions: "read-only" } },
  "output-limit-once": { code: "ok", text: "Once." },
  // It says nothing of the filter.
  "content-filter": { code: "ok", text: "Once" },

  // What the model's side answered: but for a login it tells no status except in its log.
  "http-400": { code: "agent-error", says: "the lemons are sour" },
  "http-401": { code: "authentication", says: "Incorrect API key provided." },
  "http-403": { code: "authentication", says: "the lemons are sour" },
  "http-404": { code: "model-not-found", says: "The model does not exist." },
  "http-429": { code: "rate-limited", says: "Rate limit reached" },
  "http-500": { code: "overloaded", says: "The server had an error" },
  quota: { code: "quota-exhausted", says: "You exceeded your current quota" },
  context: { code: "context-overflow", says: "maximum context length" },
  "after-a-step": { code: "agent-error", says: "the lemons are sour" },
  "stream-error": { code: "agent-error", says: "the lemons are sour" },
  cut: { code: "network", says: "closed unexpectedly" },
  reset: { code: "network", says: "ECONNRESET" },
  refused: { code: "network", says: "Cannot connect to API" },
  malformed: { code: "protocol", says: "JSON parsing failed" },
  "no-finish": { code: "protocol", says: "without a finish reason" },
  "web-page": { code: "protocol", says: "without a finish reason" },
  "output-limit": { code: "output-truncated", says: "output token limit" },
  empty: { code: "no-output", says: "empty response" },
  "tools-no-text": { code: "no-output", says: "empty response" },

  // What Cline itself did not like.
  "no-key": { code: "authentication", says: "Anthropic API key is missing" },
  "bad-flag": { code: "agent-error", says: "unknown option '--nope'" },
  "bad-effort": { code: "agent-error", says: 'invalid thinking level "enormous"' },
  mistakes: { code: "agent-error", says: "Cline stopped (aborted) after mistakes of its model" },

  // Ended by somebody else.
  "killed-waiting": { code: "crashed" },
  "killed-tool": { code: "crashed" },
};
