import type { Expectation } from "../support/transcripts.ts";

const session = { provider: "opencode", id: "ses_1", cwd: "/home/me/project" };
const hello = "Hello from mock model.";
const hidden = "Unexpected server error. Check server logs";

/** How each recorded run of OpenCode must be judged. Those that begin with `f-` failed on purpose. */
export const opencodeCases: Readonly<Record<string, Expectation>> = {
  // Runs that went well.
  "text-cold": { code: "ok", text: hello },
  "tc-tools": { code: "ok", text: "All done." },
  recipe: { code: "ok", text: "All done." },
  "git-repo": { code: "ok", text: "All done." },
  "tc-badargs": { code: "ok", text: "ended" },
  "tc-toolfail": { code: "ok", text: "ended" },
  think: { code: "ok", text: "reasoned answer" },
  reasoning: { code: "ok", text: "thought" },
  attachments: { code: "ok", text: "seen" },
  "file-attach": { code: "ok", text: hello },
  "apply-patch": { code: "ok", text: "patched" },
  "mcp-submit": { code: "ok", text: "Submitted." },
  "bg-sleeper": { code: "ok", text: "bg started" },
  "f-no-model-flag": { code: "ok", text: "wf ended" },
  "ctx-nousage": { code: "ok", text: "no usage" },
  "perm-task": { code: "ok", text: "task ended" },
  "perm-todo": { code: "ok", text: "todo ended" },
  "perm-question": { code: "ok", text: "ended" },

  // OpenCode tried again by itself.
  "f-e429once": { code: "ok", text: hello },
  "f-cutonce": { code: "ok", text: hello },
  "retry-then-ok": { code: "ok", text: "ok" },
  cut: { code: "ok", text: "ok" },
  idle: { code: "ok", text: "ok after a hang" },

  // Compaction.
  "ctx-bigusage-off": { code: "ok", text: "big usage" },
  "compaction-once": { code: "ok", text: "All done after compaction." },
  "compaction-after-stop": { code: "ok", text: "Nothing left to do." },
  "compaction-overflow": { code: "ok", text: "All done after compaction." },
  "compaction-loop": { code: "context-overflow", says: "again after each compaction" },

  // Sessions.
  fork: { code: "ok", text: "forked", request: { session, fork: true } },
  "sess-2-resume": { code: "ok", text: hello, request: { session } },
  "sess-9a": { code: "ok" },
  "session-none": { code: "session-not-found", says: "Session not found", request: { session } },
  "f-session-missing": { code: "session-not-found", says: "Session not found", request: { session } },
  "sess-8-forkalone": { code: "agent-error", says: "--fork requires --continue or --session" },
  "sess-3-resume-otherdir": { code: "crashed", says: "killed by SIGKILL", request: { session } },

  // Permissions.
  "read-only": { code: "ok", text: "Read only.", request: { permissions: "read-only" } },
  workspace: { code: "ok", text: "Worked." },
  "workspace-asks": { code: "ok", text: "Worked." },
  "env-auto": { code: "ok", text: "ended" },
  "ext-auto": { code: "ok", text: "ended after outside write" },
  "ext-auto-deny": { code: "ok", text: "ended after outside write" },
  "ext-continue": { code: "ok", text: "ended after outside write" },
  "ext-cfg-string": { code: "ok", text: "ended" },
  "perm-envread": { code: "permission-denied", says: "refused it once" },
  "perm-outside": { code: "permission-denied", says: "refused it once" },
  "perm-outsidebash": { code: "permission-denied", says: "refused it once" },
  "perm-outsideread": { code: "permission-denied", says: "refused it once" },

  // What the model's side answered.
  "f-e400": { code: "agent-error", says: "bad request thing" },
  "f-e401": { code: "authentication", says: "Incorrect API key provided: sk-xxx" },
  unauthorized: { code: "authentication", says: "Incorrect API key provided" },
  "f-e403": { code: "authentication", says: "Forbidden for you" },
  "f-e404": { code: "model-not-found", says: "The model `x` does not exist" },
  "f-e429": { code: "rate-limited", says: "Rate limit reached" },
  "f-e429none": { code: "rate-limited", says: "Rate limit reached" },
  "f-e429quota": { code: "quota-exhausted", says: "You exceeded your current quota" },
  "f-e500": { code: "overloaded", says: "Internal boom" },
  "retries-exhausted": { code: "overloaded", says: "Internal boom" },
  "stream-error": { code: "overloaded", says: "The engine is overloaded" },
  "f-ectx": { code: "context-overflow", says: "maximum context length is 128000 tokens" },
  overflow: { code: "context-overflow", says: "maximum context length is 128000 tokens" },
  "ctx-ectx-off": { code: "context-overflow", says: "maximum context length is 128000 tokens" },
  "content-filter": { code: "content-refused", says: "content filter", text: "I can" },
  "f-length": { code: "output-truncated", says: "output limit", text: "cut by length" },
  "f-empty": { code: "no-output" },
  "f-connrefused": { code: "network", says: "Unable to connect" },
  refused: { code: "network", says: "Unable to connect" },
  "f-reset": { code: "network", says: "The socket connection was closed unexpectedly" },
  "f-cutfirst": { code: "network", says: "Connection reset by server" },
  "f-hang-header3s": { code: "network", says: "Provider response headers timed out after 3000ms" },
  "f-hangmid-chunk3s": { code: "network", says: "SSE read timed out" },
  "f-hang-timeout3s": { code: "network", says: "The operation timed out." },
  malformed: { code: "protocol", says: "JSON parsing failed" },
  "f-malformedall": { code: "protocol", says: "end without saying why" },
  "f-endnofinish": { code: "protocol", says: "end without saying why", text: "partial no finish" },

  // What OpenCode itself did not like.
  "unknown-model": { code: "model-not-found", says: "Model not found: mock/nonesuch." },
  "unknown-model-logs": { code: "model-not-found", says: "Model not found: fake/nonesuch." },
  "no-key": { code: "authentication", says: "Model not found: openai/gpt-5. Did you mean: gpt-5" },
  "f-unknown-model": { code: "agent-error", says: hidden },
  "f-unknown-provider": { code: "agent-error", says: hidden },
  "f-known-provider-nokey": { code: "agent-error", says: hidden },
  "f-model-noslash": { code: "agent-error", says: hidden },
  "f-bad-agent": { code: "invalid-options", says: 'Agent "nosuch" not found.' },
  "f-subagent": { code: "invalid-options", says: 'Agent "general" is a subagent, not a primary agent.' },
  "f-bad-config": { code: "agent-error", says: "Config file at OPENCODE_CONFIG_CONTENT is not valid JSON(C)" },
  "f-bad-config2": { code: "agent-error", says: 'Expected PermissionActionConfig, got "maybe" permission.edit' },
  "f-bad-file": { code: "agent-error", says: "File not found: /nope.txt" },
  "f-bad-flag": { code: "agent-error", says: "did not understand its command line" },
  "bad-database": { code: "agent-error", says: "unable to open database file" },
  "ro-home": { code: "agent-error", says: "EROFS: read-only file system, mkdir '/home/me/data'" },
  "stdin-empty-noargs": { code: "agent-error", says: "You must provide a message or a command" },

  // Ended by somebody else.
  "f-e429long": { code: "crashed", says: "killed by SIGKILL" },
  "f-e503": { code: "crashed", says: "killed by SIGKILL" },
  "f-hangmid-default": { code: "crashed", says: "killed by SIGKILL" },
  "stdin-left-open": { code: "crashed", says: "killed by SIGKILL" },
};
