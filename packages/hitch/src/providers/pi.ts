/**
 * pi, tested with 0.87.1.
 *
 *     pi --mode json -p --model provider/model … < prompt
 *
 * Understood: `session`, `message_update` (deltas), `message_end`, `turn_end`, `tool_execution_start`,
 * `tool_execution_end`, `auto_retry_start`, `summarization_retry_scheduled`, `compaction_end`, `agent_settled`.
 *
 * What surprised us:
 * - The exit code is 0 after every failure of the model's side. Only the last assistant message tells.
 * - It trims what it reads from stdin, and asks questions on stderr that it reads the answers to from the prompt.
 * - Its retries (3, after 2, 4 and 8 s) and its idle limit (300 s) are set in settings.json alone, the user's or the
 *   project's, so they stay as they are.
 */
import { defineProvider, type Command, type Decoded, type Decoder, type RunRequest } from "../provider.ts";
import { asObject, numberAt, parseObject, stringAt, type JsonObject } from "../vocabulary/json.ts";
import { withoutCompileCache } from "./formats/compile-cache.ts";
import { cleanFlags } from "./formats/pi-clean.ts";
import { readEnd, readFailure, readStderr } from "./formats/pi-failure.ts";
import { keyParts } from "./formats/pi-keys.ts";
import { readContent, readDelta, readSpent, sumSpent, type Spent } from "./formats/pi-message.ts";
import { createToolReader, readingTools } from "./formats/pi-tools.ts";

export const pi = defineProvider({
  id: "pi",
  agent: {
    launch: [{ name: "pi" }],
    install: "npm install -g @earendil-works/pi-coding-agent",
    version: { args: ["--version"], tested: "0.87.1" },
    login: {
      env: ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY", "OPENROUTER_API_KEY"],
      files: ["~/.pi/agent/auth.json", "~/.pi/agent/models.json"],
    },
    home: { env: "PI_CODING_AGENT_DIR", user: "~/.pi/agent" },
  },
  capabilities: {
    progress: "live",
    ownRetries: "on",
    // It has no permissions. Read-only holds because the other tools are not offered to the model; unrestricted holds
    // because there is nothing to enforce.
    enforcedBy: { "read-only": "agent-rules", workspace: "nothing", unrestricted: "agent-rules" },
    options: {
      // A bare id is a search pattern over all providers.
      model: { required: false, form: /^[^/\s]+\/\S+$/, example: "anthropic/claude-sonnet-4-5" },
      effort: true,
      addDirs: false,
      systemPrompt: { replace: true, append: true },
      attachments: true,
      mcpServers: [],
      session: true,
      fork: true,
      clean: true,
      native: [],
    },
    output: { rungs: ["text"] },
    limits: { usd: "stream", tokens: "stream", turns: "stream" },
    hidesKeys: true,
  },
  command: buildCommand,
  decoder: decode,
});

function buildCommand(request: RunRequest): Command {
  const { model, effort, systemPrompt, session } = request;
  const prompt = placePrompt(request.prompt);
  const keys = keyParts(request);
  // Always a file: pi takes a text that happens to be an existing path for the file's name.
  const promptFlag = systemPrompt?.mode === "append" ? "--append-system-prompt" : "--system-prompt";
  return {
    args: [
      ...["--mode", "json", "-p"],
      ...cleanFlags(request),
      ...keys.args,
      ...(model === undefined ? [] : ["--model", model]),
      ...(effort === undefined ? [] : ["--thinking", effort]),
      ...(request.permissions === "read-only" ? ["--tools", readingTools.join(",")] : []),
      ...(systemPrompt === undefined ? [] : [promptFlag, `${request.scratch}/system-prompt.md`]),
      // Not `--session-id`: it makes a new session when there is none of that id.
      ...(session === undefined ? [] : [request.fork ? "--fork" : "--session", session.id]),
      ...request.extraArgs,
      ...request.attachments.map((path) => `@${path}`),
      ...(prompt.message === "" ? [] : ["--", prompt.message]),
    ],
    stdin: prompt.stdin,
    // Not PI_OFFLINE: it would also keep pi from fetching the ripgrep and fd of its search tools.
    env: { PI_SKIP_VERSION_CHECK: "1", PI_TELEMETRY: "0", ...withoutCompileCache(request) },
    files: { ...keys.files, ...(systemPrompt !== undefined && { "system-prompt.md": systemPrompt.text }) },
  };
}

/**
 * pi trims stdin and puts its first argument behind it, untouched. So white space at the end becomes that argument, and
 * a prompt with white space at its start becomes it as a whole, as long as it fits one.
 */
function placePrompt(prompt: string): { stdin: string; message: string } {
  const fitsArgument = prompt.length * 3 < 128 * 1024 && !prompt.includes("\0");
  if (prompt.trimStart() !== prompt && fitsArgument) return { stdin: "", message: prompt };
  const stdin = prompt.trimEnd();
  return { stdin, message: prompt.slice(stdin.length) };
}

/** Lines that only repeat others, some of them the whole conversation: not worth parsing. */
const repeats: ReadonlySet<string | undefined> = new Set([
  ...["agent_start", "agent_end", "turn_start", "message_start", "tool_execution_update", "auto_retry_end"],
  ...["compaction_start", "queue_update", "entry_appended", "session_info_changed", "thinking_level_changed"],
  ...["summarization_retry_attempt_start", "summarization_retry_finished", "bash_execution_update"],
]);

function decode(request: RunRequest): Decoder {
  const tools = createToolReader(request.permissions);
  let messages = 0;
  let last: JsonObject | undefined;
  const spent: Spent[] = [];
  let compacted = false;

  const endMessage = (event: JsonObject): Decoded => {
    const message = asObject(event["message"]);
    if (message?.["role"] !== "assistant") return {};
    last = message;
    const content = readContent(message, messages);
    messages += 1;
    const reason = stringAt(message, "stopReason") ?? "unknown";
    // A call that was turned away is no step, and cost nothing.
    if (reason === "error" && content.length === 0) return {};
    const step = readSpent(message["usage"]);
    spent.push(step);
    return { events: [...content, { type: "finish-step", ...step, reason }] };
  };

  const endCompaction = (event: JsonObject): Decoded => {
    const result = asObject(event["result"]);
    if (result === undefined) {
      return { events: [{ type: "warning", message: stringAt(event, "errorMessage") ?? "pi stopped compacting." }] };
    }
    // The summary is a call of the model, but no step of the answer.
    spent.push(readSpent(result["usage"]));
    compacted = true;
    return { events: [{ type: "compaction" }] };
  };

  return {
    line(text) {
      if (repeats.has(/^\{"type":"(\w+)"/.exec(text)?.[1])) return {};
      const event = parseObject(text) ?? {};
      switch (event["type"]) {
        case "session":
          return readSession(event, request.cwd);
        case "message_update":
          return { events: readDelta(event, messages) };
        case "message_end":
          return endMessage(event);
        case "turn_end":
          last = asObject(event["message"]) ?? last;
          return {};
        case "tool_execution_start":
          return { events: tools.start(event) };
        case "tool_execution_end":
          return { events: tools.end(event) };
        case "auto_retry_start":
        case "summarization_retry_scheduled":
          return readRetry(event);
        case "compaction_end":
          return endCompaction(event);
        case "agent_settled":
          return { evidence: [...(compacted ? [sumSpent(spent)] : []), ...readEnd(last)] };
        default:
          return { events: [{ type: "raw", line: text }] };
      }
    },
    stderr(text) {
      const evidence = readStderr(text);
      return evidence === undefined ? {} : { evidence: [evidence] };
    },
  };
}

function readSession(event: JsonObject, cwd: string): Decoded {
  const id = stringAt(event, "id");
  return id === undefined ? {} : { events: [{ type: "session", session: { provider: "pi", id, cwd } }] };
}

function readRetry(event: JsonObject): Decoded {
  const reason = stringAt(event, "errorMessage") ?? "";
  const delayMs = numberAt(event, "delayMs");
  return {
    events: [{ type: "retry", reason, ...(delayMs !== undefined && { delayMs }) }],
    evidence: [{ type: "failure", recovered: true, ...readFailure(reason) }],
  };
}
