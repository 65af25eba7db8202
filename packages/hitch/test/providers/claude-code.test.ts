import { describe, expect, test } from "vitest";
import type { RunRequest } from "../../src/provider.ts";
import { claudeCode } from "../../src/providers/claude-code.ts";
import { judge, plainRequest, readTranscript } from "../support/transcripts.ts";

const session = { provider: "claude-code", id: "9df89409-d6b1-492d-9b93-4c501889c3a0", cwd: "/home/me/project" };

function commandFor(request: Partial<RunRequest>): ReturnType<typeof claudeCode.command> {
  return claudeCode.command({ ...plainRequest, permissions: "unrestricted", ...request });
}

describe("the command", () => {
  const streams = ["-p", "--input-format=stream-json", "--output-format=stream-json", "--verbose"];
  const start = [...streams, "--include-partial-messages", "--permission-mode=bypassPermissions"];
  const commands: readonly { name: string; request: Partial<RunRequest>; args: readonly string[] }[] = [
    { name: "nothing but a prompt", request: {}, args: start },
    {
      name: "model and effort",
      request: { model: "claude-sonnet-5-5", effort: "high" },
      args: [...start, "--model=claude-sonnet-5-5", "--effort=high"],
    },
    {
      name: "further directories",
      request: { addDirs: ["/home/me/a", "/home/me/b"] },
      args: [...start, "--add-dir=/home/me/a", "--add-dir=/home/me/b"],
    },
    { name: "a session", request: { session }, args: [...start, `--resume=${session.id}`] },
    {
      name: "a fork of it, and the caller's own arguments",
      request: { session, fork: true, extraArgs: ["--max-turns=3"] },
      args: [...start, `--resume=${session.id}`, "--fork-session", "--max-turns=3"],
    },
    {
      name: "limits",
      request: { limits: { usd: 0.5, tokens: 100, turns: 3 } },
      args: [...start, "--max-turns=3", "--max-budget-usd=0.5"],
    },
    {
      name: "a schema",
      request: { outputSchema: { type: "object" } },
      args: [...start, '--json-schema={"type":"object"}'],
    },
    {
      name: "a system prompt instead of its own",
      request: { systemPrompt: { mode: "replace", text: "x" } },
      args: [...start, "--system-prompt-file=/home/me/scratch/system-prompt.md", "--system-prompt-snapshot=off"],
    },
    {
      name: "one behind its own",
      request: { systemPrompt: { mode: "append", text: "x" } },
      args: [...start, "--append-system-prompt-file=/home/me/scratch/system-prompt.md", "--system-prompt-snapshot=off"],
    },
  ];

  test.each(commands)("$name", ({ request, args }) => {
    expect(commandFor(request).args).toEqual(args);
  });

  const levels = [
    {
      permissions: "read-only",
      flags: ["--permission-mode=dontAsk", "--tools=Read,Grep,Glob", "--strict-mcp-config"],
      withServer: ["--allowedTools=mcp__ours"],
    },
    {
      permissions: "workspace",
      flags: ["--permission-mode=acceptEdits"],
      withServer: ["--allowedTools=Bash,PowerShell,Monitor,WebFetch,WebSearch,Skill,mcp__ours"],
    },
    { permissions: "unrestricted", flags: ["--permission-mode=bypassPermissions"], withServer: [] },
  ] as const;

  test.each(levels)("$permissions allows the tools of the run's servers", ({ permissions, flags, withServer }) => {
    const mcpServers = { ours: { command: "serve" } };
    expect(commandFor({ permissions, mcpServers }).args.slice(5)).toEqual([
      ...flags,
      ...withServer,
      "--mcp-config=/home/me/scratch/mcp.json",
    ]);
  });

  test("that root is in a sandbox is said only where everything is allowed", () => {
    expect(commandFor({}).env).toMatchObject({ IS_SANDBOX: "1" });
    expect(commandFor({ permissions: "workspace" }).env).not.toHaveProperty("IS_SANDBOX");
  });

  test("what the caller has set stays", () => {
    expect(commandFor({ env: { API_TIMEOUT_MS: "5", CLAUDE_CODE_TMPDIR: "/var/tmp/me" } }).env).toMatchObject({
      API_TIMEOUT_MS: "5",
      CLAUDE_CODE_MAX_RETRIES: "3",
      CLAUDE_CODE_TMPDIR: "/var/tmp/me",
    });
    expect(commandFor({}).env).toMatchObject({ CLAUDE_CODE_TMPDIR: "/home/me/scratch" });
  });

  test("in a home of its own no settings count, and of the project its instructions", () => {
    const { args, env } = commandFor({ home: "/home/me/state/homes/one" });
    expect(args.slice(6, 9)).toEqual(["--setting-sources=", "--strict-mcp-config", "--add-dir=/home/me/project"]);
    const name = "CLAUDE_CODE_ADDITIONAL_DIRECTORIES_CLAUDE_MD";
    expect(env).toMatchObject({ [name]: "1" });
    expect(commandFor({}).args.join(" ")).not.toMatch(/--setting-sources|--add-dir/);
    expect(commandFor({}).env).not.toHaveProperty(name);
  });

  test("its shell forgets the keys, after it has read what the user has for it", () => {
    const { env, files } = commandFor({ env: { CLAUDE_ENV_FILE: "/home/me/it's.sh" } });
    expect(env).toMatchObject({ CLAUDE_ENV_FILE: "/home/me/scratch/before-commands.sh" });
    const unset = "unset ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN CLAUDE_CODE_OAUTH_TOKEN\n";
    expect(files?.["before-commands.sh"]).toBe(String.raw`. '/home/me/it'\''s.sh'` + `\n${unset}`);
    expect(commandFor({}).files?.["before-commands.sh"]).toBe(unset);
  });

  test("neither servers nor a system prompt are arguments", () => {
    const mcpServers = {
      secret: { type: "http", url: "https://mcp.example.com", headers: { key: "a secret" } },
    } as const;
    const { args, files } = commandFor({ mcpServers, systemPrompt: { mode: "replace", text: " Be brief.\n" } });
    expect(args.join(" ")).not.toMatch(/a secret|Be brief/);
    expect(files).toMatchObject({ "system-prompt.md": " Be brief.\n", "mcp.json": JSON.stringify({ mcpServers }) });
  });
});

describe("the message", () => {
  const textsOf = (request: Partial<RunRequest>): readonly string[] => {
    const { message } = JSON.parse(commandFor(request).stdin) as { message: { content: { text: string }[] } };
    return message.content.map(({ text }) => text);
  };

  test("the prompt is never its last text, which may be a command of the agent's", () => {
    expect(textsOf({ prompt: "/help\n@x " })).toEqual(["/help\n@x ", ""]);
    expect(commandFor({ prompt: "a\nb" }).stdin.trimEnd()).not.toContain("\n");
  });

  test("files are mentioned behind it", () => {
    const attachments = ["/home/me/a b.png", "/home/me/notes.txt"];
    expect(textsOf({ attachments })).toEqual(["hi", '@"/home/me/a b.png" @"/home/me/notes.txt"']);
  });

  test("a name that can't be mentioned is refused", () => {
    const refusal = { code: "unsupported-option", option: "attachments", reason: "wrong-name" };
    expect(() => commandFor({ attachments: ['/home/me/"a".png'] })).toThrow(expect.objectContaining(refusal) as Error);
  });
});

function only(name: string, types: readonly string[], request: Partial<RunRequest> = {}): readonly unknown[] {
  return judge(claudeCode, readTranscript("claude-code", name), request).events.filter(({ type }) =>
    types.includes(type),
  );
}

describe("the events", () => {
  test("a session has the directory that was asked for", () => {
    const [event] = only("session-1", ["session"], { cwd: "/home/me/link" });
    expect(event).toMatchObject({ session: { provider: "claude-code", cwd: "/home/me/link" } });
  });

  test("an answer comes in pieces and then whole, and is counted", () => {
    const events = only("text", ["reasoning", "text", "text-delta", "finish-step"]) as {
      type: string;
      text?: string;
    }[];
    const pieces = events.filter(({ type }) => type === "text-delta").map(({ text }) => text);
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.join("")).toBe("Hello from the mock model.");
    expect(events.filter(({ type }) => type !== "text-delta")).toEqual([
      { type: "reasoning", id: "0.0", text: "Let me think about it." },
      { type: "text", id: "0.1", text: "Hello from the mock model." },
      {
        type: "finish-step",
        usage: { inputTokens: 700, outputTokens: 50, reasoningTokens: 10, cacheReadTokens: 200, cacheWriteTokens: 100 },
        cost: { source: "unknown" },
        reason: "end_turn",
      },
    ]);
  });

  test("tools are shown with their kind, result and the files they changed", () => {
    const path = "/home/me/project/a.txt";
    const shown = only("tools", ["tool-call", "tool-result", "file-change"]) as Record<string, string>[];
    const told = shown.map(({ toolName, isError, change }) => toolName ?? change ?? `isError: ${String(isError)}`);
    expect(told).toEqual([
      ...["Bash", "isError: false", "Bash", "isError: true", "Write", "isError: false", "create"],
      ...["Read", "isError: false", "Edit", "isError: false", "edit"],
    ]);
    expect(shown[0]).toMatchObject({ kind: "execute", input: { command: "echo hi" } });
    expect(shown[1]).toMatchObject({ output: "hi" });
    expect(shown[6]).toEqual({ type: "file-change", path, change: "create" });
    expect(only("tools", ["finish-step"])).toHaveLength(6);
  });

  test("two calls in one answer are one step", () => {
    expect(only("tools-at-once", ["tool-call"])).toHaveLength(2);
    expect(only("tools-at-once", ["finish-step"])).toHaveLength(2);
  });

  test("of a subagent its tools are shown, and not what it says", () => {
    const [agent, call] = only("subagent", ["tool-call"]) as { toolCallId: string }[];
    expect(call).toMatchObject({ toolName: "Bash", parentToolCallId: agent?.toolCallId });
    expect(only("subagent", ["text"])).toMatchObject([{ text: "All is done." }]);
  });

  test("an answer that was cut off and goes on says so", () => {
    expect(only("cut-then-ok", ["text", "retry", "warning"])).toMatchObject([
      { text: "The first words of an answer" },
      { type: "retry", reason: expect.stringContaining("cut off mid-stream") as string },
      { type: "warning", message: expect.stringContaining("the text is only the end of it") as string },
      { text: "and the rest of it." },
    ]);
    expect(only("empty", ["retry", "warning"])).toEqual([]);
  });

  test("a failed call that is made again says how it failed and how long it waits", () => {
    const delayMs = expect.any(Number) as number;
    expect(only("retry-then-ok", ["retry"])).toEqual([{ type: "retry", reason: "HTTP 529 (overloaded)", delayMs }]);
    expect(only("no-network", ["retry"])).toHaveLength(3);
  });

  test("the agent's own words about a failure are no answer", () => {
    expect(only("http-500", ["text", "finish-step"])).toEqual([]);
  });

  test("what was refused is told, once", () => {
    const refused = only("read-only", ["permission"], { permissions: "read-only" }) as { toolName: string }[];
    expect(refused.map(({ toolName }) => toolName)).toEqual(["Write", "Bash", "Read"]);
    expect(only("outside", ["permission"])).toMatchObject([{ toolName: "Write" }]);
    expect(only("unrestricted", ["permission"])).toEqual([]);
  });

  test("a server of the run that is missing is a warning", () => {
    const server = { command: "serve" };
    const message = "the MCP server gone could not be started or reached; the agent goes on without its tools";
    expect(only("mcp", ["warning"], { mcpServers: { gone: server, ours: server } })).toEqual([
      { type: "warning", message },
    ]);
    expect(only("mcp", ["warning"])).toEqual([]);
  });
});

describe("the evidence", () => {
  const evidenceOf = (name: string, type: string): readonly unknown[] =>
    judge(claudeCode, readTranscript("claude-code", name)).evidence.filter((each) => each.type === type);
  const usage = { inputTokens: 1000, outputTokens: 50, reasoningTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };

  test("counts and costs are those of the run, also where the session goes on", () => {
    const totals = {
      type: "totals",
      scope: "attempt",
      usage,
      usageByModel: { "claude-sonnet-5-5": usage },
      usd: 0.0025,
    };
    expect(evidenceOf("session-1", "totals")).toEqual([totals]);
    expect(evidenceOf("session-2", "totals")).toEqual([totals]);
    expect(evidenceOf("session-fork", "totals")).toEqual([totals]);
  });

  test("what subagents and background tasks used is counted", () => {
    expect(evidenceOf("subagent", "totals")).toMatchObject([{ usage: { inputTokens: 4000 }, usd: 0.01 }]);
    expect(evidenceOf("background", "totals").at(-1)).toMatchObject({ usage: { inputTokens: 3000 }, usd: 0.0075 });
  });

  test("a price that Claude Code only guesses is unknown, and so are counts that the back end does not report", () => {
    expect(evidenceOf("unknown-price", "totals")).toEqual([
      { type: "totals", scope: "attempt", usage, usageByModel: { "mock-model": usage } },
    ]);
    expect(evidenceOf("no-usage", "totals")).toEqual([]);
  });

  test("the agent has ended only when its background tasks have", () => {
    expect(evidenceOf("background", "ended")).toEqual([{ type: "ended", ok: true }]);
    expect(only("background", ["text"])).toHaveLength(2);
  });

  test("a value is told when it is taken, and when it is refused; where the model gives none there is none", () => {
    expect(evidenceOf("native-output", "output")).toEqual([{ type: "output", value: { age: 42 } }]);
    expect(evidenceOf("native-corrected", "output")).toEqual([
      { type: "output", value: { age: 1000 } },
      { type: "output", value: { age: 42 } },
    ]);
    expect(evidenceOf("native-prose", "output")).toEqual([]);
  });

  test("the model is told", () => {
    expect(evidenceOf("text", "model")).toEqual([{ type: "model", id: "claude-sonnet-5-5" }]);
  });

  test("a failure has the status and Anthropic's name of it", () => {
    expect(evidenceOf("http-429", "failure").at(-1)).toMatchObject({ status: 429, name: "rate_limit_error" });
  });

  test("a result of a tool that is no text breaks nothing", () => {
    const use = { type: "tool_use", id: "1", name: "Bash", input: {} };
    const result = { type: "tool_result", tool_use_id: "1", is_error: true, content: { toString: 1 } };
    const decoder = claudeCode.decoder(plainRequest);
    decoder.line(JSON.stringify({ type: "assistant", message: { id: "m", content: [use] } }));
    const { events } = decoder.line(JSON.stringify({ type: "user", message: { content: [result] } }));
    expect(events).toMatchObject([{ type: "tool-result", toolCallId: "1", isError: true }]);
  });

  test("tokens that cost nothing at all are of unknown cost", () => {
    const counts = { inputTokens: 10, outputTokens: 1, costUSD: 0 };
    const result = { type: "result", is_error: false, result: "", model_usage_since_last_result: { some: counts } };
    const { evidence = [] } = claudeCode.decoder(plainRequest).line(JSON.stringify(result));
    const totals = evidence.find((each) => each.type === "totals");
    expect(totals?.usage).toMatchObject({ inputTokens: 10 });
    expect(totals).not.toHaveProperty("usd");
  });
});
