import type { Expectation } from "../support/transcripts.ts";

/** How each recorded run of Kilo must be judged. */
export const kiloCases: Readonly<Record<string, Expectation>> = {
  // Runs that went well.
  text: { code: "ok", text: "Hello from the mock model." },
  tools: { code: "ok", text: "Done." },
  "read-only": { code: "ok", text: "Done.", request: { permissions: "read-only" } },
  workspace: { code: "ok", text: "Done." },

  // What the model's side answered.
  "http-401": { code: "authentication", says: "Incorrect API key provided." },
  "http-404": { code: "model-not-found", says: "does not exist" },
  "http-429": { code: "rate-limited", says: "Rate limit reached" },
  "http-500": { code: "overloaded", says: "The server had an error" },
  quota: { code: "quota-exhausted", says: "quota" },
  context: { code: "context-overflow", says: "maximum context length" },
  refused: { code: "network", says: "Cannot connect to API" },
  "no-finish": { code: "protocol", says: "without saying why" },
  "web-page": { code: "protocol", says: "without saying why" },
  "output-limit": { code: "output-truncated", says: "output limit" },
  empty: { code: "no-output", says: "returned no output" },
};
