import type { Expectation } from "../support/transcripts.ts";

const session = { provider: "acp", id: "7e6d5db7-6499-4e10-843d-ee0ff07fc5dc", cwd: "/home/me/project" };

/** How each recorded run over the Agent Client Protocol must be judged. The first word of a name is the agent. */
export const acpCases: Readonly<Record<string, Expectation>> = {
  "opencode-text": { code: "ok", text: "Hello from the mock model." },
  "opencode-shell": { code: "ok", text: "Done." },
  "opencode-write": { code: "ok", text: "Done." },
  "opencode-plan": { code: "ok", text: "Done." },
  "opencode-output": { code: "ok", text: "Done." },
  "opencode-model": { code: "ok", text: "Other.", request: { model: "mock/other-model" } },
  // It has no words for the status of an answer.
  "opencode-401": { code: "agent-error", says: "Incorrect API key provided." },
  "opencode-404": { code: "agent-error", says: "The model does not exist." },
  "opencode-empty": { code: "no-output", says: "said and did nothing" },
  "opencode-filtered": { code: "content-refused", says: "refuses to go on" },
  // It says that its turn has ended well.
  "opencode-limit": { code: "ok", text: "Once" },
  "opencode-not-found": { code: "session-not-found", says: "OpenCode service failure", request: { session } },

  "qwen-text": { code: "ok", text: "Hello from the mock model." },
  "qwen-shell": { code: "ok", text: "Done." },
  "qwen-write": { code: "ok", text: "Done." },
  "qwen-output": { code: "ok", text: "Done." },
  "qwen-401": { code: "authentication", says: "401 Incorrect API key provided." },
  "qwen-404": { code: "model-not-found", says: "404 The model does not exist." },
  "qwen-429": { code: "rate-limited" },
  "qwen-empty": { code: "agent-error", says: "empty response text" },
  "qwen-not-found": { code: "session-not-found", says: "Resource not found", request: { session } },

  "gemini-text": { code: "ok", text: "Hello from the mock model." },
  "gemini-shell": { code: "ok", text: "Done." },
  "gemini-write": { code: "ok", text: "Done." },
  "gemini-401": { code: "authentication", says: "Request had invalid authentication credentials." },
  "gemini-404": { code: "model-not-found", says: "is not found for API version" },
  "gemini-empty": { code: "no-output", says: "said and did nothing" },
  "gemini-not-found": { code: "session-not-found", says: "No previous sessions found", request: { session } },

  "copilot-text": { code: "ok", text: "Hello from the mock model." },
  "copilot-shell": { code: "ok", text: "Done." },
  "copilot-not-found": { code: "session-not-found", says: "not found", request: { session } },
};
