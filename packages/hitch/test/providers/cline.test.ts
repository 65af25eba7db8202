import { describe, expect, test } from "vitest";
import type { RunRequest } from "../../src/provider.ts";
import { cline } from "../../src/providers/cline.ts";
import type { AgentEvent } from "../../src/vocabulary/events.ts";
import { judge, plainRequest, readTranscript } from "../support/transcripts.ts";

const start = ["--json", "--act", "--auto-approve=true"];
const prompt = ["--", " hi"];
const mcpServers = {
  docs: { command: "serve", args: ["-v"], env: { TOKEN: "a secret" } },
  remote: { type: "http", url: "https://mcp.example.com", headers: { Authorization: "Bearer secret" } },
  older: { type: "sse", url: "https://old.example.com" },
} as const;

function commandFor(request: Partial<RunRequest>): ReturnType<typeof cline.command> {
  return cline.command({ ...plainRequest, permissions: "unrestricted", ...request });
}

describe("the command", () => {
  const commands: readonly { name: string; request: Partial<RunRequest>; args: readonly string[] }[] = [
    { name: "nothing but a prompt", request: {}, args: prompt },
    {
      name: "model and effort",
      request: { model: "claude-sonnet-4-6", effort: "high" },
      args: ["--model=claude-sonnet-4-6", "--thinking=high", ...prompt],
    },
    {
      name: "a system prompt, and the caller's own arguments behind it",
      request: { systemPrompt: { mode: "replace", text: "Be brief." }, extraArgs: ["-P", "anthropic"] },
      args: ["--system=Be brief.", "-P", "anthropic", ...prompt],
    },
    {
      name: "files before the prompt",
      request: { attachments: ["/home/me/a b.png", "/home/me/notes.txt"] },
      args: ["--", ' @"/home/me/a b.png" @"/home/me/notes.txt" hi'],
    },
    { name: "a prompt like an option", request: { prompt: "--thinking" }, args: ["--", " --thinking"] },
    { name: "read-only", request: { permissions: "read-only" }, args: ["--retries=20", ...prompt] },
  ];

  test.each(commands)("$name", ({ request, args }) => {
    expect(commandFor(request).args).toEqual([...start, ...args]);
    expect(commandFor(request).stdin).toBe("");
  });

  test("the user's settings count, but for what a run must not do", () => {
    const log = "/home/me/scratch/cline.log";
    const own = { CLINE_LOG_ENABLED: "1", CLINE_LOG_LEVEL: "error", CLINE_LOG_PATH: log };
    const env = { CLINE_NO_AUTO_UPDATE: "1", CLINE_SESSION_BACKEND_MODE: "local", ...own };
    expect(commandFor({})).toMatchObject({ env, files: { "cline.log": "" }, log });
    const { env: readOnlyEnv, files } = commandFor({ permissions: "read-only" });
    expect(readOnlyEnv).toEqual({ ...env, CLINE_GLOBAL_SETTINGS_PATH: "/home/me/scratch/settings.json" });
    const settings: unknown = JSON.parse(files?.["settings.json"] ?? "");
    expect(settings).toMatchObject({
      telemetryOptOut: true,
      disabledTools: expect.arrayContaining(["editor", "apply_patch", "run_commands", "spawn_agent"]) as string[],
    });
  });

  test("servers are in a file, with all that is secret", () => {
    const { args, env, files } = commandFor({ mcpServers });
    expect(args.join(" ")).not.toMatch(/secret/);
    expect(env).toMatchObject({ CLINE_MCP_SETTINGS_PATH: "/home/me/scratch/mcp.json" });
    expect(JSON.parse(files?.["mcp.json"] ?? "")).toEqual({
      mcpServers: {
        docs: { command: "serve", args: ["-v"], env: { TOKEN: "a secret" }, cwd: "/home/me/project" },
        remote: { ...mcpServers.remote, type: "streamableHttp" },
        older: mcpServers.older,
      },
    });
  });

  test("a file whose name cannot be said in a prompt is refused", () => {
    const refused = { code: "unsupported-option", option: "attachments" };
    expect(() => commandFor({ attachments: ['/home/me/5" disk.png'] })).toThrow(expect.objectContaining(refused));
  });
});

function only(name: string, types: readonly string[], request: Partial<RunRequest> = {}): readonly unknown[] {
  return judge(cline, readTranscript("cline", name), request).events.filter(({ type }) => types.includes(type));
}

describe("the events", () => {
  test("a conversation has a name and the directory that was asked for, a subagent's has none", () => {
    expect(only("subagent", ["session"], { cwd: "/home/me/link" })).toEqual([
      {
        type: "session",
        session: { provider: "cline", id: expect.stringMatching(/^conv_/) as string, cwd: "/home/me/link" },
      },
    ]);
  });

  test("tools are shown with their kind, result and the files they changed, step by step", () => {
    const path = "/home/me/project/a.txt";
    const step = { type: "finish-step" };
    const types = ["text", "tool-call", "tool-result", "file-change", "finish-step"];
    expect(only("tools", types)).toMatchObject([
      { type: "text", id: "text-0", text: "I will look." },
      {
        type: "tool-call",
        toolName: "run_commands",
        kind: "execute",
        input: { commands: ["echo hi", "echo no >&2; exit 3"] },
      },
      { type: "tool-result", isError: true, output: expect.stringMatching(/^hi\n[^]*exited with code 3/) as string },
      step,
      { type: "tool-call", toolName: "editor", kind: "edit" },
      { type: "tool-result", isError: false },
      { type: "file-change", path, change: "create" },
      step,
      { type: "tool-call", toolName: "editor", kind: "edit" },
      { type: "tool-result", isError: false },
      { type: "file-change", path, change: "edit" },
      step,
      { type: "tool-call", toolName: "read_files", kind: "read" },
      { type: "tool-result", isError: false, output: "1 | two" },
      step,
      { type: "tool-call", toolName: "search_codebase", kind: "search" },
      { type: "tool-result", isError: false },
      step,
      { type: "tool-call", toolName: "nope", kind: "other" },
      { type: "tool-result", isError: true, output: expect.stringContaining("unavailable tool 'nope'") as string },
      step,
      { type: "text", text: "Done." },
      step,
    ]);
  });

  test("a patch changes the files that it names", () => {
    expect(only("patch", ["file-change"])).toEqual([
      { type: "file-change", path: "/home/me/project/b.txt", change: "create" },
    ]);
  });

  test("a server's answer is its words", () => {
    expect(only("mcp", ["tool-result"])).toMatchObject([{ output: "from the server: one", isError: false }]);
  });

  test("reasoning is apart from the answer, and both come in pieces", () => {
    const types = ["reasoning-delta", "reasoning", "text-delta", "text"];
    const events = only("reasoning", types) as readonly Extract<AgentEvent, { id: string }>[];
    expect(events.map(({ type, id }) => `${type} ${id}`)).toEqual([
      ...["reasoning-delta reasoning-0", "reasoning-delta reasoning-0", "text-delta text-0"],
      ...["text text-0", "reasoning reasoning-0"],
    ]);
    expect(events.at(-1)).toMatchObject({ text: "Let me think." });
  });

  test("what was refused is told", () => {
    const refused = only("read-only", ["permission"], { permissions: "read-only" });
    expect(refused).toMatchObject(
      ["editor", "run_commands", "apply_patch", "spawn_agent"].map((toolName) => ({ type: "permission", toolName })),
    );
  });

  test("what a subagent says is not the answer, but what it took is counted", () => {
    expect(only("subagent", ["text", "text-delta"])).toMatchObject([
      { type: "text-delta", text: "Done." },
      { type: "text", text: "Done." },
    ]);
    const { folded } = judge(cline, readTranscript("cline", "subagent"));
    expect(folded).toMatchObject({ turns: 3, usage: { inputTokens: 3_000, outputTokens: 150 } });
  });

  test("tokens that went through a cache are counted apart, and the cost is Cline's own", () => {
    const { folded } = judge(cline, readTranscript("cline", "priced"));
    expect(folded).toMatchObject({
      model: "claude-opus-5-5",
      usage: { inputTokens: 70_000, outputTokens: 50, cacheReadTokens: 20_000, cacheWriteTokens: 10_000 },
      cost: { usd: 0.335, source: "reported" },
    });
  });

  test("no count and no cost is made up", () => {
    const { folded } = judge(cline, readTranscript("cline", "uncounted"));
    expect(folded).toMatchObject({ turns: 1, usage: {}, cost: { source: "unknown" } });
  });

  test("what a call took that failed is counted too", () => {
    const { folded } = judge(cline, readTranscript("cline", "tools-no-text"));
    expect(folded.usage).toMatchObject({ inputTokens: 4_000, outputTokens: 200 });
  });

  test("an answer that is asked for again is told", () => {
    expect(only("output-limit-once", ["retry"])).toMatchObject([
      { reason: expect.stringContaining("nudging for a more concise response") as string },
    ]);
  });
});
