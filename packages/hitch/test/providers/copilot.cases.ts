import type { Expectation } from "../support/transcripts.ts";

const server = { command: "serve" };

/** How each recorded run of Copilot must be judged. */
export const copilotCases: Readonly<Record<string, Expectation>> = {
  // Runs that went well.
  text: { code: "ok", text: "Hello from the mock model." },
  reasoning: { code: "ok", text: "Done." },
  patch: { code: "ok", text: "Done." },
  tools: { code: "ok", text: "Done." },
  "tools-no-text": { code: "ok", text: "" },
  subagent: { code: "ok", text: "Done." },
  mcp: { code: "ok", text: "Done.", request: { permissions: "read-only", mcpServers: { ours: server, gone: server } } },
  "read-only": { code: "ok", text: "Done.", request: { permissions: "read-only" } },
  workspace: { code: "ok", text: "Done." },
  "cut-then-ok": { code: "ok", text: "All of it." },
  "output-limit-once": { code: "ok", text: "Once upon a time." },
  // It says nothing of the filter.
  "content-filter": { code: "ok", text: "Once" },

  // Sessions.
  "session-1": { code: "ok", text: "Hello." },
  "session-2": { code: "ok", text: "Again." },
  "session-unknown": { code: "session-not-found", says: "No session, task, or name matched" },

  // What the model's side answered.
  "http-400": { code: "agent-error", says: "400" },
  "http-401": { code: "authentication", says: "Incorrect API key provided." },
  "http-402": { code: "quota-exhausted", says: "402" },
  "http-404": { code: "model-not-found", says: "not found on provider" },
  "http-413": { code: "context-overflow" },
  "http-429": { code: "rate-limited", says: "Rate limit reached" },
  "http-500": { code: "overloaded", says: "The server had an error" },
  quota: { code: "quota-exhausted", says: "You exceeded your current quota" },
  context: { code: "context-overflow" },
  "stream-error": { code: "agent-error", says: "the lemons are sour" },
  cut: { code: "network", says: "error decoding response body" },
  reset: { code: "network", says: "error sending request" },
  refused: { code: "network", says: "Could not connect" },
  malformed: { code: "protocol", says: "Failed to parse" },
  "no-finish": { code: "protocol", says: "missing finish_reason" },
  "web-page": { code: "protocol", says: "without sending any chunks" },
  "output-limit": { code: "output-truncated", says: "output limit" },
  empty: { code: "no-output", says: "No response was returned." },

  // What Copilot itself did not like.
  "no-login": { code: "authentication", says: "No authentication information found." },
  "bad-flag": { code: "agent-error", says: "unexpected argument '--nope' found" },

  // Ended by somebody else.
  "killed-waiting": { code: "crashed", says: "told to stop" },
  "killed-tool": { code: "crashed", says: "told to stop" },
};
