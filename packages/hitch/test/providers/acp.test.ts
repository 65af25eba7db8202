import schema from "@agentclientprotocol/sdk/schema/v1/schema.json" with { type: "json" };
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import type { Decoded, Decoder, Provider, RunRequest } from "../../src/provider.ts";
import { acp, acpAgents } from "../../src/providers/acp.ts";
import { findProvider } from "../../src/providers/index.ts";
import { createFold } from "../../src/run/fold.ts";
import { at, parseObject, type JsonObject } from "../../src/vocabulary/json.ts";
import { plainRequest } from "../support/transcripts.ts";

const official = new Ajv2020({ strict: false, validateFormats: false }).addSchema(schema, "acp");

/** What the protocol's own schema says of a value; empty if it is right. */
function problemsOf(definition: string, value: unknown): string {
  const validate = official.getSchema(`acp#/$defs/${definition}`);
  if (validate === undefined) throw new Error(`The protocol has no ${definition}.`);
  return validate(value) === true ? "" : JSON.stringify(validate.errors);
}

const updateOf = (update: object): object => ({ method: "session/update", params: { sessionId: "s-1", update } });

/** A turn by hand: what is answered to each call, and all that was called and told. */
interface Turn {
  readonly decoder: Decoder;
  /** Calls so far, by method. */
  readonly calls: Map<string, JsonObject>;
  readonly told: Decoded[];
  readonly say: (message: object) => Decoded;
}

const answers: Readonly<Record<string, object>> = {
  initialize: { protocolVersion: 1, agentCapabilities: {} },
  "session/new": { sessionId: "s-1" },
  "session/load": {},
  "session/resume": {},
  "session/fork": { sessionId: "s-2" },
};

/** Leads the turn to the prompt, or as far as it gets. */
function begin(
  request: Partial<RunRequest> = {},
  own: Readonly<Record<string, object>> = {},
  provider: Provider = acp,
): Turn {
  const asked = { ...plainRequest, ...request };
  const decoder = provider.decoder(asked);
  const calls = new Map<string, JsonObject>();
  const told: Decoded[] = [];
  const say = (message: object): Decoded => {
    const decoded = decoder.line(JSON.stringify({ jsonrpc: "2.0", ...message }));
    told.push(decoded);
    const call = parseObject(decoded.reply ?? "");
    if (typeof call?.["method"] === "string") take(call);
    return decoded;
  };
  const take = (call: JsonObject): void => {
    const method = call["method"] as string;
    calls.set(method, call);
    const result = own[method] ?? answers[method] ?? (method === "session/prompt" ? undefined : {});
    if (result) say({ id: call["id"], result });
  };
  take(parseObject(provider.command(asked).stdin) ?? {});
  return { decoder, calls, told, say };
}

/** Leads a turn to its end. */
function finish(turn: Turn, result: object): Decoded {
  return turn.say({ id: turn.calls.get("session/prompt")?.["id"], result });
}

const capable = (more: object): Readonly<Record<string, object>> => ({
  initialize: { protocolVersion: 1, agentCapabilities: { loadSession: true, ...more } },
});
const session = { provider: "acp", id: "s-1", cwd: "/home/me/project" };
const configOptions = [
  {
    ...{ id: "m", name: "Model", category: "model", type: "select", currentValue: "a" },
    options: [
      {
        name: "Group",
        group: "g",
        options: [
          { value: "a", name: "A" },
          { value: "b", name: "B" },
        ],
      },
    ],
  },
  {
    ...{ id: "t", name: "Thinking", category: "thought_level", type: "select", currentValue: "low" },
    options: [{ value: "high", name: "High" }],
  },
];

describe("what is asked of the agent is what the protocol wants", () => {
  const mcpServers = {
    local: { command: "serve", args: ["-v"], env: { TOKEN: "a secret" } },
    far: { type: "http", url: "https://mcp.example.com", headers: { Authorization: "Bearer x" } },
    old: { type: "sse", url: "https://mcp.example.com/sse" },
  } as const;
  const offering = { "session/new": { sessionId: "s-1", configOptions } };

  test.each<{ method: string; definition: string; request: Partial<RunRequest>; own?: Record<string, object> }>([
    { method: "initialize", definition: "InitializeRequest", request: {} },
    {
      ...{ method: "session/new", definition: "NewSessionRequest", request: { mcpServers } },
      own: capable({ mcpCapabilities: { http: true, sse: true } }),
    },
    { method: "session/load", definition: "LoadSessionRequest", request: { session }, own: capable({}) },
    {
      ...{ method: "session/resume", definition: "ResumeSessionRequest", request: { session } },
      own: capable({ sessionCapabilities: { resume: {} } }),
    },
    {
      ...{ method: "session/set_config_option", definition: "SetSessionConfigOptionRequest" },
      ...{ request: { model: "b" }, own: offering },
    },
    {
      ...{ method: "session/prompt", definition: "PromptRequest" },
      request: { attachments: ["/home/me/a file.png", "/home/me/notes.md"] },
    },
  ])("$method", ({ method, definition, request, own }) => {
    const params = at(begin(request, own).calls.get(method), "params");
    expect(params).toBeDefined();
    expect(problemsOf(definition, params)).toBe("");
  });

  test.each([
    { prompt: "/help me", text: "\u200b/help me" },
    { prompt: "\n /help me", text: "\u200b\n /help me" },
    { prompt: " - @me /help ", text: " - @me /help " },
  ])("a prompt that is no command: $prompt", ({ prompt, text }) => {
    const call = begin({ prompt }).calls.get("session/prompt");
    expect(at(call, "params", "prompt")).toEqual([{ type: "text", text }]);
  });

  test("session/cancel, and nothing after it is granted", () => {
    const { decoder, say } = begin();
    const cancelled = parseObject(decoder.cancel?.().reply ?? "");
    expect(cancelled).toMatchObject({ method: "session/cancel", params: { sessionId: "s-1" } });
    expect(problemsOf("CancelNotification", cancelled?.["params"])).toBe("");
    const question = {
      id: 9,
      method: "session/request_permission",
      params: { toolCall: { toolCallId: "a" }, options: [] },
    };
    const answer = at(parseObject(say(question).reply ?? ""), "result");
    expect(answer).toEqual({ outcome: { outcome: "cancelled" } });
    expect(problemsOf("RequestPermissionResponse", answer)).toBe("");
  });

  test("before there is a session, cancelling only ends the input", () => {
    expect(acp.decoder(plainRequest).cancel?.()).toEqual({ closeStdin: true });
  });
});

describe("settings", () => {
  const prompted = ({ calls }: Turn): boolean => calls.has("session/prompt");

  test("a model and an effort are set one after the other, by value or by name", () => {
    const turn = begin({ model: "B", effort: "high" }, { "session/new": { sessionId: "s-1", configOptions } });
    expect(turn.calls.get("session/set_config_option")).toMatchObject({ params: { configId: "t", value: "high" } });
    expect(prompted(turn)).toBe(true);
  });

  test("what is set already is not set again", () => {
    const turn = begin({ model: "a" }, { "session/new": { sessionId: "s-1", configOptions } });
    expect([...turn.calls.keys()]).toEqual(["initialize", "session/new", "session/prompt"]);
  });

  test("older agents have lists of models", () => {
    const models = { currentModelId: "a", availableModels: [{ modelId: "b", name: "B" }] };
    const turn = begin({ model: "b" }, { "session/new": { sessionId: "s-1", models } });
    expect(turn.calls.get("session/set_model")).toMatchObject({ params: { sessionId: "s-1", modelId: "b" } });
    expect(prompted(turn)).toBe(true);
  });

  test.each([
    { request: { model: "none" }, code: "model-not-found", says: 'the agent has no "none", but a, b' },
    { request: { effort: "none" }, code: "invalid-options", says: 'the agent has no "none", but high' },
  ])("$request that the agent does not have is $code", ({ request, code, says }) => {
    const turn = begin(request, { "session/new": { sessionId: "s-1", configOptions } });
    expect(prompted(turn)).toBe(false);
    expect(turn.told.at(-1)?.evidence?.[0]).toMatchObject({ type: "failure", code });
    expect(JSON.stringify(turn.told.at(-1)?.evidence)).toContain(JSON.stringify(says).slice(1, -1));
  });
});

describe("updates", () => {
  const events = (...updates: readonly object[]): readonly unknown[] => {
    const turn = begin();
    return updates.flatMap((update) => turn.say(updateOf(update)).events ?? []);
  };
  const chunk = (text: string, more: object = {}): object => ({
    sessionUpdate: "agent_message_chunk",
    content: { type: "text", text },
    ...more,
  });
  const call = (more: object): object => ({ sessionUpdate: "tool_call", toolCallId: "c", title: "Edit", ...more });
  const usage = { inputTokens: 10, outputTokens: 1 };
  const counted = { _meta: { usage } };
  const subagents = { _meta: { usage, parentToolCallId: "p" } };

  test("thoughts and texts are whole when something else comes", () => {
    const thought = { sessionUpdate: "agent_thought_chunk", content: { type: "text", text: "Hm." } };
    expect(
      events(thought, chunk("On", { messageId: "m-1" }), chunk("e", { messageId: "m-1" }), chunk("Two")),
    ).toMatchObject([
      { type: "reasoning-delta", text: "Hm." },
      { type: "reasoning", text: "Hm." },
      { type: "text-delta", id: "m-1.1", text: "On" },
      { type: "text-delta", id: "m-1.1", text: "e" },
      { type: "text-delta", id: "m-1.1", text: "Two" },
    ]);
  });

  test.each([
    { name: "a thought", between: { sessionUpdate: "agent_thought_chunk", content: { type: "text", text: "Hm." } } },
    { name: "a call", between: call({ rawInput: { path: "a" } }) },
  ])("what comes after $name under the same id does not take the place of what came before", ({ between }) => {
    const same = { messageId: "m-1" };
    const told = events(chunk("One", same), { ...between, ...same }, chunk("Two", same));
    const deltas = told.filter((event) => String(at(event, "type")).endsWith("-delta"));
    const ids = deltas.map((event) => at(event, "id"));
    expect(ids.length).toBeGreaterThan(1);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test.each<{ name: string; updates: readonly object[]; text: string; turns: number; inputTokens: number }>([
    {
      name: "usage that comes after its step",
      updates: [chunk("Final answer"), chunk("", counted), chunk("", counted)],
      ...{ text: "Final answer", turns: 1, inputTokens: 20 },
    },
    {
      name: "what a subagent says",
      updates: [chunk("Final answer", counted), chunk("Aside", subagents), chunk("", subagents)],
      ...{ text: "Final answer", turns: 1, inputTokens: 30 },
    },
    {
      name: "what a subagent does",
      updates: [
        chunk("I delegate.", counted),
        call({ status: "completed", ...subagents }),
        chunk("Final answer", counted),
      ],
      ...{ text: "Final answer", turns: 2, inputTokens: 20 },
    },
  ])("$name is counted, and takes nothing of the answer", ({ updates, text, turns, inputTokens }) => {
    const turn = begin();
    for (const update of updates) turn.say(updateOf(update));
    // The usage of the turn would count them twice.
    finish(turn, { stopReason: "end_turn", usage: { inputTokens: 500, outputTokens: 5 } });
    const fold = createFold();
    for (const { events: told = [], evidence = [] } of turn.told) {
      told.forEach(fold.add);
      for (const found of evidence) if (found.type === "totals") fold.addTotals(found);
    }
    expect(fold.folded).toMatchObject({ text, turns, usage: { inputTokens } });
  });

  test("what a subagent does is told as its", () => {
    expect(events(call({ kind: "edit", status: "in_progress", ...subagents }))).toMatchObject([
      { type: "tool-call", parentToolCallId: "p" },
    ]);
  });

  test("a command that is announced with nothing but its directory is told when it is known", () => {
    const cwd = "/home/me/project";
    const pending = call({ kind: "execute", status: "pending", rawInput: { cwd } });
    const known = { sessionUpdate: "tool_call_update", toolCallId: "c", rawInput: { cwd, command: "ls" } };
    expect(events(pending)).toEqual([]);
    expect(events(pending, known)).toMatchObject([{ type: "tool-call", input: { cwd, command: "ls" } }]);
  });

  test("a thinking tool may be a subagent that does anything", () => {
    expect(events(call({ kind: "think", rawInput: { agent: "a" } }))).toMatchObject([
      { type: "tool-call", kind: "other" },
    ]);
  });

  test("a call is told when its input is known, and what it changed when it is over", () => {
    const path = "/home/me/project/a.txt";
    const over = {
      ...{ sessionUpdate: "tool_call_update", toolCallId: "c", status: "completed", title: "a.txt" },
      content: [{ type: "diff", path, oldText: null, newText: "x" }],
    };
    const asked = { sessionUpdate: "tool_call_update", toolCallId: "c", rawInput: { path } };
    expect(events(call({ kind: "edit", status: "pending", rawInput: {} }), asked, over, over)).toEqual([
      { type: "tool-call", toolCallId: "c", toolName: "Edit", kind: "edit", input: { path } },
      { type: "tool-result", toolCallId: "c", output: "", isError: false },
      { type: "file-change", path, change: "create" },
    ]);
  });

  test("a step ends where the model goes on after its tools", () => {
    const failed = { sessionUpdate: "tool_call_update", toolCallId: "c", status: "failed", rawOutput: "no" };
    expect(events(chunk("I look."), call({ kind: "switch_mode" }), failed, chunk("Done.")).slice(2)).toMatchObject([
      { type: "tool-call", kind: "other" },
      { type: "tool-result", output: "no", isError: true },
      { type: "finish-step", cost: { source: "unknown" } },
      { type: "text-delta", text: "Done." },
    ]);
  });

  test("plans, notices, compactions; of other kinds nothing is known", () => {
    const entries = [
      { content: "a", status: "in_progress", priority: "low" },
      { content: "b", status: "odd" },
    ];
    expect(
      events(
        { sessionUpdate: "plan", entries },
        { sessionUpdate: "notice", title: "Slow today" },
        { sessionUpdate: "compaction_update", status: "completed" },
        { sessionUpdate: "available_commands_update" },
        { sessionUpdate: "of tomorrow" },
      ),
    ).toMatchObject([
      {
        type: "plan",
        entries: [
          { content: "a", status: "in-progress" },
          { content: "b", status: "pending" },
        ],
      },
      { type: "warning", message: "Slow today" },
      { type: "compaction" },
      { type: "raw" },
    ]);
  });

  test("those of other sessions are not this run's", () => {
    const turn = begin();
    const other = { method: "session/update", params: { sessionId: "s-0", update: chunk("No.") } };
    expect(turn.say(other)).toEqual({});
  });
});

describe("usage", () => {
  const totalsOf = (usage: object): unknown =>
    finish(begin(), { stopReason: "end_turn", usage }).evidence?.find(({ type }) => type === "totals");

  test.each([
    { inputTokens: 600, outputTokens: 30, thoughtTokens: 20, cachedReadTokens: 400, totalTokens: 1050 },
    { inputTokens: 1000, outputTokens: 50, thoughtTokens: 20, cachedReadTokens: 400, totalTokens: 1050 },
    {
      ...{ inputTokens: 1005, outputTokens: 50, totalTokens: 1055 },
      ...{ thoughtTokens: 20, cachedReadTokens: 400, cachedWriteTokens: 5 },
    },
  ])("is without caches and thoughts, whether the agent counts them in or not: $inputTokens", (usage) => {
    const expected = { inputTokens: 600, outputTokens: 30, reasoningTokens: 20, cacheReadTokens: 400 };
    expect(totalsOf(usage)).toMatchObject({ scope: "attempt", usage: expected });
  });

  test("of zeros is none", () => {
    expect(totalsOf({ inputTokens: 0, outputTokens: 0, totalTokens: 0 })).toBeUndefined();
  });

  test.each([
    { cost: { amount: 0.5, currency: "USD" }, usd: 0.5 },
    { cost: { amount: 0, currency: "USD" }, usd: undefined },
    { cost: { amount: 3, currency: "EUR" }, usd: undefined },
  ])("costs what the session has cost in dollars: $cost", ({ cost, usd }) => {
    const turn = begin();
    turn.say(updateOf({ sessionUpdate: "usage_update", used: 1, size: 2, cost }));
    const { evidence } = finish(turn, { stopReason: "end_turn", usage: { inputTokens: 10, outputTokens: 1 } });
    const ofTurn = { type: "totals", scope: "attempt", usage: { inputTokens: 10, outputTokens: 1 } };
    const ofSession = usd === undefined ? [] : [{ type: "totals", scope: "session", usd }];
    expect(evidence?.filter(({ type }) => type === "totals")).toEqual([ofTurn, ...ofSession]);
  });
});

describe("an error without an id", () => {
  const error = { id: null, error: { code: -32700, message: "Parse error" } };

  test("fails what was asked, for nobody will answer it any more", () => {
    expect(begin().say(error)).toMatchObject({
      evidence: [
        { type: "failure", message: "Parse error" },
        { type: "ended", ok: false },
      ],
      closeStdin: true,
    });
  });

  test("after the answer changes nothing", () => {
    const turn = begin();
    finish(turn, { stopReason: "end_turn" });
    expect(turn.say(error)).toMatchObject({ events: [{ type: "raw" }] });
  });
});

describe("questions for permission", () => {
  const decide = (request: Partial<RunRequest>, toolCall: object): string | undefined => {
    const turn = begin(request);
    const options = ["allow_always", "allow_once", "reject_once"].map((kind) => ({ optionId: kind, name: kind, kind }));
    const params = { sessionId: "s-1", toolCall: { toolCallId: "q", ...toolCall }, options };
    const { reply = "", events = [] } = turn.say({ id: 7, method: "session/request_permission", params });
    const result = at(parseObject(reply), "result");
    expect(problemsOf("RequestPermissionResponse", result)).toBe("");
    const chosen = at(result, "outcome", "optionId") as string;
    expect(events.some(({ type }) => type === "permission")).toBe(chosen === "reject_once");
    return chosen;
  };
  const edit = (path: string): object => ({ title: "Edit", kind: "edit", locations: [{ path }] });
  const mcpServers = { hitch: { command: "serve" } };

  test.each<{ name: string; request: Partial<RunRequest>; call: object; allowed: boolean }>([
    { name: "reads", request: { permissions: "read-only" }, call: { title: "Read", kind: "read" }, allowed: true },
    { name: "unknown kinds", request: { permissions: "read-only" }, call: { title: "Do" }, allowed: false },
    { name: "commands", request: { permissions: "read-only" }, call: { title: "ls", kind: "execute" }, allowed: false },
    ...[
      "hitch_submit_output",
      "hitch-submit_output",
      "mcp__hitch__submit_output",
      "submit_output (hitch MCP Server)",
    ].map((title) => ({
      ...{ name: `the run's own tool, as ${title},` },
      ...{ request: { permissions: "read-only" as const, mcpServers }, call: { title, kind: "other" }, allowed: true },
    })),
    {
      name: "others' tools",
      request: { permissions: "read-only", mcpServers },
      call: { title: "other_do" },
      allowed: false,
    },
    {
      name: "a command that is titled like the run's own tool",
      request: { permissions: "read-only", mcpServers },
      ...{ call: { title: "hitch_submit_output", kind: "execute" }, allowed: false },
    },
    {
      name: "a thinking tool",
      request: { permissions: "read-only" },
      ...{ call: { title: "Agent", kind: "think" }, allowed: false },
    },
    ...["edit", "delete", "move"].map((kind) => ({
      ...{ name: `${kind} of nobody knows what`, request: {}, call: { title: "Do", kind, rawInput: { what: "a" } } },
      allowed: false,
    })),
    ...["absolute_path", "notebook_path", "destination"].flatMap((key) => [
      {
        ...{ name: `${key} inside`, request: {}, allowed: true },
        call: { title: "Do", kind: "move", rawInput: { source: "a", [key]: "b" } },
      },
      {
        ...{ name: `${key} outside`, request: {}, allowed: false },
        call: { title: "Do", kind: "move", rawInput: { source: "a", [key]: "/etc/b" } },
      },
    ]),
    {
      name: "what is moved from outside",
      request: {},
      call: { title: "Do", kind: "move", locations: [{ path: "b" }], rawInput: { source: "/etc/a" } },
      allowed: false,
    },
    { name: "edits inside", request: {}, call: edit("/home/me/project/src/a.ts"), allowed: true },
    { name: "relative edits inside", request: {}, call: edit("src/a.ts"), allowed: true },
    { name: "edits that climb out", request: {}, call: edit("/home/me/project/../a.ts"), allowed: false },
    { name: "edits beside", request: {}, call: edit("/home/me/project-2/a.ts"), allowed: false },
    {
      name: "edits in a further directory",
      request: { addDirs: ["/srv/x"] },
      call: edit("/srv/x/a.ts"),
      allowed: true,
    },
    {
      name: "reads outside",
      request: {},
      call: { title: "Read", kind: "read", locations: [{ path: "/etc" }] },
      allowed: true,
    },
    { name: "commands in the workspace", request: {}, call: { title: "ls", kind: "execute" }, allowed: true },
    { name: "edits anywhere", request: { permissions: "unrestricted" }, call: edit("/etc/a"), allowed: true },
  ])("$name: allowed $allowed", ({ request, call, allowed }) => {
    expect(decide(request, call)).toBe(allowed ? "allow_once" : "reject_once");
  });

  test.each(["other", "read"])("about a part of a call are about the call, even if they call it %s", (kind) => {
    const turn = begin();
    turn.say(
      updateOf({ sessionUpdate: "tool_call", toolCallId: "c", title: "write", kind: "edit", status: "pending" }),
    );
    const options = [{ optionId: "no", name: "No", kind: "reject_once" }];
    const toolCall = { toolCallId: "c", title: "/etc", kind, locations: [{ path: "/etc/a" }] };
    const asked = { id: 7, method: "session/request_permission", params: { toolCall, options } };
    expect(turn.say(asked).events).toMatchObject([
      { type: "tool-call", toolName: "write", kind: "edit" },
      { type: "permission", toolName: "write", message: "write (edit) is not allowed outside the workspace: /etc/a" },
    ]);
  });
});

describe("agents that are known", () => {
  test("each is a provider of its own", () => {
    expect(acpAgents.map(({ id }) => id)).toEqual(["acp:opencode", "acp:gemini", "acp:qwen", "acp:copilot"]);
    for (const provider of acpAgents) expect(findProvider(provider.id)).toBe(provider);
    expect(findProvider("acp:nobody")).toBeUndefined();
  });

  test("a command of the caller's own is split into program and arguments", () => {
    const provider = acp.configure({ command: ["some-agent", "--stdio", "-v"] });
    expect(provider.agent.launch).toEqual([{ name: "some-agent" }]);
    const command = provider.command({ ...plainRequest, extraArgs: ["--more"] });
    expect(command).toMatchObject({ args: ["--stdio", "-v", "--more"], keepStdinOpen: true });
  });

  test("the prompt and the servers are no arguments", () => {
    const mcpServers = { local: { command: "serve", env: { TOKEN: "a secret" } } };
    for (const provider of acpAgents) {
      const { args } = provider.command({ ...plainRequest, prompt: "-- the prompt", mcpServers });
      expect(args.join(" ")).not.toMatch(/the prompt|a secret/);
    }
  });

  test("OpenCode gets the rules that it has without the protocol, and works as the agent they are for", () => {
    const provider = findProvider("acp:opencode") as Provider;
    const request = { ...plainRequest, permissions: "read-only" } as const;
    const configOf = (id: string): unknown =>
      parseObject(findProvider(id)?.command(request).env?.["OPENCODE_CONFIG_CONTENT"] ?? "");
    expect(at(configOf("acp:opencode"), "permission")).toEqual(at(configOf("opencode"), "permission"));
    expect(at(configOf("acp:opencode"), "agent")).toEqual({
      ...(at(configOf("opencode"), "agent") as object),
      title: { disable: true },
    });
    const modes = { currentModeId: "mine", availableModes: [{ id: "build", name: "Build" }] };
    const turn = begin(request, { "session/new": { sessionId: "s-1", modes } }, provider);
    expect(turn.calls.get("session/set_mode")).toMatchObject({ params: { modeId: "build" } });
    expect(problemsOf("SetSessionModeRequest", turn.calls.get("session/set_mode")?.["params"])).toBe("");
  });
});

describe("the log of OpenCode", () => {
  const logLine = (fields: string): string => `timestamp=2026-11-22T20:26:28.796Z level=INFO run=f5251042 ${fields}`;
  const loop = (step: number, session = "ses_1"): string => logLine(`message=loop session.id=${session} step=${step}`);
  const mcpServers = { ours: { command: "serve" } };
  const openLog = (): Turn & { readonly log: (line: string) => Decoded } => {
    const modes = { currentModeId: "build", availableModes: [{ id: "build", name: "Build" }] };
    const offering = { "session/new": { sessionId: "s-1", modes } };
    const turn = begin({ mcpServers }, offering, findProvider("acp:opencode"));
    return { ...turn, log: (line) => turn.decoder.stderr?.(line) ?? {} };
  };
  const steps = [0, 1, 2, 3, 4, 5, 6, 7];

  test("shows that it goes round in circles", () => {
    const { log } = openLog();
    const stops = steps.flatMap((step) => log(loop(step)).evidence ?? []);
    expect(stops).toMatchObject([{ type: "stop", code: "protocol" }]);
  });

  test("shows no circle where it works, nor where its subagents do", () => {
    const { log, say } = openLog();
    for (const step of steps) {
      say(updateOf({ sessionUpdate: "tool_call", toolCallId: `c-${step}`, status: "completed" }));
      expect([log(loop(step)), log(loop(step, "ses_2"))]).toEqual([{}, {}]);
    }
  });

  test("has the words of the model's side, where the error that ends the turn has others", () => {
    const { log, say, calls } = openLog();
    log(logLine('message="stream error" agent=build error.error="AI_APICallError: The lemons are sour."'));
    const data = { service: "session", errorName: "ContextOverflowError" };
    const error = { code: -32603, message: "Internal error: Session too large to compact", data };
    expect(say({ id: calls.get("session/prompt")?.["id"], error }).evidence).toMatchObject([
      { name: "ContextOverflowError", message: "Session too large to compact\nThe lemons are sour." },
      { type: "ended", ok: false },
    ]);
  });

  test("tells of calls that failed and servers that are lost", () => {
    const { log } = openLog();
    const failed =
      'message="stream error" agent=build error.error="AI_APICallError: Cannot connect to API: Unable to connect."';
    expect(log(logLine(failed)).evidence).toMatchObject([{ type: "failure", code: "network", recovered: true }]);
    expect(log(logLine('message="server unavailable" key=ours')).events).toMatchObject([{ type: "warning" }]);
    expect(log(logLine("message=init"))).toEqual({});
  });
});

describe("the words of an agent say what its errors leave out", () => {
  const internal = (details: string): object => ({ code: -32603, message: "Internal error", data: { details } });

  test.each<{ id: string; error: object; code: string }>([
    { id: "acp:gemini", error: { code: 500, message: "terminated" }, code: "network" },
    {
      ...{ id: "acp:gemini", code: "protocol" },
      error: { code: 500, message: "Expected property name or '}' in JSON at position 1 (line 1 column 2)" },
    },
    { id: "acp:qwen", error: internal("Connection error."), code: "network" },
    { id: "acp:qwen", error: internal("Model stream ended without a finish reason."), code: "protocol" },
    {
      ...{ id: "acp:opencode", code: "network" },
      error: {
        ...{ code: -32603, message: "Internal error: Cannot connect to API: Unable to connect." },
        data: { service: "session", errorName: "APIError" },
      },
    },
  ])("$id: $code", ({ id, error, code }) => {
    const modes = { currentModeId: "build", availableModes: [{ id: "build", name: "Build" }] };
    const turn = begin({}, { "session/new": { sessionId: "s-1", modes } }, findProvider(id));
    const { evidence } = turn.say({ id: turn.calls.get("session/prompt")?.["id"], error });
    expect(evidence).toMatchObject([
      { type: "failure", code },
      { type: "ended", ok: false },
    ]);
  });
});

describe("Copilot says in the place of the model what went wrong, and that the turn has ended well", () => {
  const named = { initialize: { protocolVersion: 1, agentCapabilities: {}, agentInfo: { name: "Copilot" } } };
  const usage = { inputTokens: 1000, outputTokens: 50, totalTokens: 1050 };
  const turnOf = (text: string, own: Readonly<Record<string, object>>, more: object): Decoded => {
    const turn = begin({}, own);
    turn.say(updateOf({ sessionUpdate: "agent_message_chunk", content: { type: "text", text } }));
    return finish(turn, { stopReason: "end_turn", ...more });
  };

  test.each<{ text: string; failure: object; more?: object }>([
    {
      text: "Error: Authentication failed with provider at http://127.0.0.1:40000/v1 (HTTP 401).\n  Check your COPILOT_PROVIDER_API_KEY.",
      failure: { status: 401 },
    },
    {
      text: "Error: Model 'gpt-5.4' not found on provider at http://127.0.0.1:40000/v1 (HTTP 404).\n  Check that the model is available.",
      failure: { status: 404 },
    },
    {
      text: "Error: Failed to get response from the AI model; retried 5 times (total retry wait time: 5.00 seconds) Last error: 429 Rate limit reached, please slow down.",
      failure: { status: 429 },
      more: { usage },
    },
    { text: "Error: 400 bad thing", failure: { status: 400 } },
    {
      text: "Error: No response was returned. Send your message again to retry.",
      failure: { code: "no-output" },
      more: { usage },
    },
    {
      text: "Error: Failed to get response from the AI model; retried 5 times (total retry wait time: 5.00 seconds) Last error: 429 You exceeded your current quota, please check your plan and billing details.",
      failure: { code: "quota-exhausted" },
      more: { usage },
    },
    {
      text: "Error: Failed to get response from the AI model; retried 5 times (total retry wait time: 5.00 seconds) Last error: Failed native model HTTP request: error decoding response body: error reading a body from connection: unexpected EOF during chunk size line",
      failure: { code: "network" },
      more: { usage },
    },
    {
      text: "Error: Failed to get response from the AI model; retried 5 times (total retry wait time: 5.00 seconds) Last error: Failed to parse chat-completions stream chunk: key must be a string at line 1 column 2",
      failure: { code: "protocol" },
      more: { usage },
    },
    {
      text: "Error: Could not connect to local model provider at http://127.0.0.1:40000/v1.\n  Check that the service is running and the port is correct.",
      failure: { code: "network" },
      more: { usage },
    },
    {
      text: "Error: The provider rejected the prompt as too long, but automatic recovery could not reduce it. Reduce context before retrying.",
      failure: { code: "context-overflow" },
      more: { usage },
    },
    {
      text: "Error: 400 This model's maximum context length is 128000 tokens. However, your messages resulted in 140000 tokens. Please reduce the length of the messages.",
      failure: { code: "context-overflow" },
    },
    { text: "Error: of another kind", failure: { message: "of another kind" } },
  ])("$text", ({ text, failure, more = {} }) => {
    const { evidence } = turnOf(text, named, more);
    expect(evidence?.slice(-2)).toMatchObject([
      { type: "failure", ...failure },
      { type: "ended", ok: false },
    ]);
    // Of another agent it is an answer.
    expect(turnOf(text, {}, more).evidence?.at(-1)).toMatchObject({ type: "ended", ok: true });
  });

  test("a refusal ends its turn", () => {
    const { evidence } = turnOf("Info: Operation cancelled by user", named, { usage });
    expect(evidence?.at(-1)).toEqual({ type: "ended", ok: false, reason: "cancelled" });
  });

  test("an answer of the model's own that begins so is an answer", () => {
    const { evidence } = turnOf("Error: that is what I found.", named, { usage });
    expect(evidence).toMatchObject([{ type: "totals" }, { type: "ended", ok: true }]);
  });
});
