import { describe, expect, test } from "vitest";
import type { RunRequest } from "../../src/provider.ts";
import { qwen } from "../../src/providers/qwen.ts";
import { judge, plainRequest, readTranscript, type Transcript } from "../support/transcripts.ts";

const session = { provider: "qwen", id: "5b0f1f5e-6a0c-4d53-9f0e-6d1d1f3a8a10", cwd: "/home/me/project" };
const scratch = "/home/me/scratch";

function commandFor(request: Partial<RunRequest>): ReturnType<typeof qwen.command> {
  return qwen.command({ ...plainRequest, permissions: "unrestricted", ...request });
}

describe("the command", () => {
  const start = ["--output-format=stream-json", "--include-partial-messages"];
  const end = ["--approval-mode=yolo"];
  const commands: readonly { name: string; request: Partial<RunRequest>; args: readonly string[] }[] = [
    { name: "nothing but a prompt", request: {}, args: [...start, ...end] },
    {
      name: "a model and the caller's own arguments",
      request: { model: "qwen3-coder-plus", extraArgs: ["--max-tool-calls=5"] },
      args: [...start, "--model=qwen3-coder-plus", ...end, "--max-tool-calls=5"],
    },
    { name: "limits", request: { limits: { usd: 1, turns: 3 } }, args: [...start, "--max-session-turns=3", ...end] },
    { name: "a session", request: { session }, args: [...start, `--resume=${session.id}`, ...end] },
    {
      name: "a fork of it",
      request: { session, fork: true },
      args: [...start, `--resume=${session.id}`, "--fork-session", ...end],
    },
    {
      name: "further directories",
      request: { addDirs: ["/home/me/other"] },
      args: [...start, "--include-directories=/home/me/other", ...end],
    },
    {
      name: "an added system prompt",
      request: { systemPrompt: { mode: "append", text: "Be brief." } },
      args: [...start, "--append-system-prompt=Be brief.", ...end],
    },
  ];

  test.each(commands)("$name", ({ request, args }) => {
    expect(commandFor(request).args).toEqual(args);
    expect(commandFor(request).stdin).toBe("hi");
  });

  test("a prompt is no command of the agent's", () => {
    expect(commandFor({ prompt: "/help me" }).stdin).toBe("\n/help me");
    expect(commandFor({ prompt: " /help me" }).stdin).toBe(" /help me");
  });

  test("memory, updates, statistics and its repetitions are off where nobody has set them", () => {
    const { env, files } = commandFor({});
    expect(env).toMatchObject({
      QWEN_CODE_NO_RELAUNCH: "true",
      QWEN_CODE_SYSTEM_DEFAULTS_PATH: `${scratch}/defaults.json`,
    });
    expect(JSON.parse(files?.["defaults.json"] ?? "")).toMatchObject({
      memory: { enableManagedAutoMemory: false },
      model: { generationConfig: { maxRetries: 0 } },
    });
    const own = { QWEN_CODE_SYSTEM_DEFAULTS_PATH: "/etc/ours.json" };
    expect(commandFor({ env: own }).env).toMatchObject(own);
  });

  test("in a home of its own it does not trust the project, and reads its instructions", () => {
    const home = "/home/me/state/homes/one";
    const { args, env, files } = commandFor({ home, env: { ANTHROPIC_API_KEY: "a secret" } });
    const own = ["--bare", "--include-directories=/home/me/project", "--auth-type=anthropic"];
    expect(args).toEqual([...start, ...end, ...own]);
    expect(env).toMatchObject({
      QWEN_CODE_SYSTEM_SETTINGS_PATH: `${scratch}/system-settings.json`,
      QWEN_CODE_TRUSTED_FOLDERS_PATH: `${scratch}/trusted-folders.json`,
    });
    expect(JSON.parse(files?.["system-settings.json"] ?? "")).toMatchObject({
      security: { folderTrust: { enabled: true } },
    });
    expect(JSON.parse(files?.["trusted-folders.json"] ?? "")).toEqual({ "/home/me/project": "DO_NOT_TRUST" });
    expect(commandFor({ home, extraArgs: ["--auth-type", "openai"] }).args).toEqual([
      ...[...start, ...end, ...own.slice(0, 2)],
      ...["--auth-type", "openai"],
    ]);
  });

  test("its commands do not get the keys", () => {
    const { env, files } = commandFor({});
    expect(env).toMatchObject({ BASH_ENV: `${scratch}/hidden-variables.sh` });
    expect(files?.["hidden-variables.sh"]).toMatch(/^unset BASH_ENV OPENAI_API_KEY DASHSCOPE_API_KEY /);
  });

  test("a system prompt in place of its own is a file", () => {
    const { env, files } = commandFor({ systemPrompt: { mode: "replace", text: " Be brief.\n" } });
    expect(env).toMatchObject({ QWEN_SYSTEM_MD: `${scratch}/system-prompt.md` });
    expect(files).toMatchObject({ "system-prompt.md": " Be brief.\n" });
  });

  test("one to be added that no argument can hold is refused", () => {
    const long = (text: string) => () => commandFor({ systemPrompt: { mode: "append", text } });
    expect(long("x".repeat(131_000))).not.toThrow();
    const refusal = { code: "invalid-options", option: "systemPrompt", reason: "too-large" };
    for (const text of ["x".repeat(131_001), "ä".repeat(65_501)]) {
      expect(long(text)).toThrow(expect.objectContaining(refusal) as Error);
    }
  });

  test("schema and servers are files, and no secret is an argument", () => {
    const { args, files } = commandFor({
      outputSchema: { type: "object" },
      mcpServers: {
        local: { command: "serve", args: ["-v"], env: { TOKEN: "a secret" } },
        near: { type: "http", url: "https://mcp.example.com", headers: { Authorization: "Bearer secret" } },
        far: { type: "sse", url: "https://sse.example.com" },
      },
    });
    expect(args).toContain(`--json-schema=@${scratch}/output-schema.json`);
    expect(args).toContain(`--mcp-config=${scratch}/mcp.json`);
    expect(args.join(" ")).not.toMatch(/a secret|Bearer/);
    expect(files).toMatchObject({ "output-schema.json": '{"type":"object"}' });
    expect(JSON.parse(files?.["mcp.json"] ?? "")).toEqual({
      mcpServers: {
        local: { command: "serve", args: ["-v"], env: { TOKEN: "a secret" }, cwd: "/home/me/project" },
        near: { httpUrl: "https://mcp.example.com", headers: { Authorization: "Bearer secret" } },
        far: { url: "https://sse.example.com" },
      },
    });
  });
});

describe("the permissions", () => {
  const server = { docs: { command: "serve" } };

  test("in a workspace it edits in its directories alone, whatever their names", () => {
    const { args } = commandFor({ permissions: "workspace", cwd: "/home/me/a (b), [c]", addDirs: ["/srv/x"] });
    const patterns = ["//home/me/a \\(b\\)[+--] \\[c\\]/**", "//srv/x/**"];
    for (const pattern of patterns) {
      expect(args).toContain(`--allowed-tools=edit(${pattern})`);
      expect(args).toContain(`--allowed-tools=write_file(${pattern})`);
    }
    expect(args).toContain("--approval-mode=default");
    expect(args).toContain("--allowed-tools=run_shell_command");
  });

  test("where it may only read, rules beat what the user allows, and no server but the run's is there", () => {
    const { args } = commandFor({ permissions: "read-only" });
    expect(args).toEqual(expect.arrayContaining(["--exclude-tools=edit", "--exclude-tools=run_shell_command"]));
    expect(args).toContain("--allowed-mcp-server-names=");
    const withServer = commandFor({ permissions: "read-only", mcpServers: server }).args;
    expect(withServer).toEqual(
      expect.arrayContaining(["--allowed-mcp-server-names=docs", "--allowed-tools=mcp__docs"]),
    );
    expect(withServer).not.toContain("--allowed-mcp-server-names=");
  });

  // A subagent would edit any file, and one that the project describes could bring servers and a mode of its own.
  test.each(["workspace", "read-only"] as const)("there are no subagents at %s", (permissions) => {
    const { args } = commandFor({ permissions });
    expect(args).toContain("--exclude-tools=agent");
    expect(args.filter((arg) => /^--(allowed|core)-tools=agent$/.test(arg))).toEqual([]);
  });

  test.each(["/srv/a,b", "/srv/x ", " /srv/x"])(
    "a further directory that it would misread is refused: '%s'",
    (path) => {
      const refusal = { code: "unsupported-option", option: "addDirs" };
      for (const permissions of ["read-only", "workspace", "unrestricted"] as const) {
        const command = () => commandFor({ permissions, addDirs: [path] });
        expect(command).toThrow(expect.objectContaining(refusal) as Error);
      }
    },
  );
});

function only(name: string, types: readonly string[], request: Partial<RunRequest> = {}): readonly unknown[] {
  return judge(qwen, readTranscript("qwen", name), request).events.filter(({ type }) => types.includes(type));
}

describe("the events", () => {
  test("pieces and wholes of a block share an id, a message is one step with its counts", () => {
    const usage = { inputTokens: 100, outputTokens: 30, cacheReadTokens: 0 };
    expect(only("reasoning", ["reasoning-delta", "reasoning", "text-delta", "text", "finish-step"])).toEqual([
      { type: "reasoning-delta", id: "0.0", text: "Let me think" },
      { type: "reasoning-delta", id: "0.0", text: "." },
      { type: "reasoning", id: "0.0", text: "Let me think." },
      { type: "text-delta", id: "0.1", text: "ans" },
      { type: "text", id: "0.1", text: "ans" },
      { type: "finish-step", usage, cost: { source: "unknown" } },
    ]);
  });

  test("tools are shown with their kind, and the files that they changed", () => {
    const path = "/home/me/project/a.txt";
    expect(only("tools", ["tool-call", "file-change"])).toMatchObject([
      { toolName: "write_file", kind: "edit" },
      { type: "file-change", path, change: "create" },
      { toolName: "run_shell_command", kind: "execute" },
      { toolName: "edit", kind: "edit" },
      { type: "file-change", path, change: "edit" },
      { toolName: "read_file", kind: "read" },
      { toolName: "run_shell_command", kind: "execute" },
    ]);
    expect(only("tools", ["tool-result"]).at(-1)).toMatchObject({ isError: true });
  });

  test("what is said of a failure is no answer", () => {
    expect(only("http-401", ["text-delta", "text", "finish-step"])).toEqual([]);
  });

  test("what was refused is told", () => {
    expect(only("read-only", ["permission"])).toMatchObject([
      { toolName: "write_file" },
      { toolName: "run_shell_command" },
    ]);
  });

  test("what becomes of an @ in the prompt is a warning", () => {
    expect(only("text", ["warning"], { prompt: "Write to me@example.com." })).toHaveLength(1);
    expect(only("text", ["warning"], { prompt: "Meet me @ 5, (@)" })).toEqual([]);
  });

  test("a server of the run that is missing is a warning", () => {
    const mcpServers = { gone: { command: "/no/such" } };
    expect(only("mcp-broken", ["warning"], { mcpServers })).toMatchObject([
      { message: expect.stringContaining("the MCP server gone could not be started") as string },
    ]);
    expect(only("mcp-broken", ["warning"])).toEqual([]);
  });
});

describe("the evidence", () => {
  const evidenceOf = (transcript: Transcript, request: Partial<RunRequest> = {}) =>
    judge(qwen, transcript, request).evidence;

  test("counts are those of the session, and input is without the cache", () => {
    const usage = { inputTokens: 100, outputTokens: 9, cacheReadTokens: 20 };
    const totals = { type: "totals", scope: "session", usage };
    expect(evidenceOf(readTranscript("qwen", "text"))).toContainEqual(totals);
  });

  test("a value that was taken is the last, after those that were refused", () => {
    const values = evidenceOf(readTranscript("qwen", "native-output")).filter(({ type }) => type === "output");
    expect(values).toEqual([
      { type: "output", value: { age: 1000 } },
      { type: "output", value: { age: 42 } },
    ]);
  });

  test("words instead of a value are an answer only where a value was asked for", () => {
    const transcript = readTranscript("qwen", "native-prose");
    expect(judge(qwen, transcript).verdict).toMatchObject({ ok: false, code: "agent-error" });
  });

  const first = { type: "system", subtype: "init", session_id: "s", model: "m" };
  const result = { type: "result", subtype: "success", session_id: "s", is_error: false };

  function verdictOf(lines: readonly object[]): unknown {
    const stdout = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    return judge(qwen, { stdout, stderr: "", exit: { code: 0, signal: null } }).verdict;
  }

  test.each(["Unknown argument: x", "No saved session found with ID x", "Failed to fork session x"])(
    "words of its start count only before its first line: %s",
    (words) => {
      const decoder = qwen.decoder(plainRequest);
      expect(decoder.stderr?.(words).evidence).toMatchObject([{ type: "failure", message: words }]);
      decoder.line(JSON.stringify(first));
      expect(decoder.stderr?.(words).evidence ?? []).toEqual([]);
    },
  );

  test("the success that 0.15.10 made of a failed call is none", () => {
    const text = "[API Error: 401 bad key]";
    const message = { id: "m", role: "assistant", content: [{ type: "text", text }], usage: { output_tokens: 0 } };
    const lines = [first, { type: "assistant", session_id: "s", message }, { ...result, result: text }];
    expect(verdictOf(lines)).toMatchObject({ ok: false, code: "authentication" });
  });

  // At its limit the model is made to go on three times. What there is then is taken, as after the last of three cuts.
  test("an answer that was continued three times is none", () => {
    const event = { type: "message_start", message: { id: "m" } };
    const message = { id: "m", content: [{ type: "text", text: "Once upon a" }], usage: { output_tokens: 9 } };
    const retry = { type: "system", subtype: "retry", data: { preserveText: true } };
    const run = (retries: number) => [
      first,
      ...[{ type: "stream_event", event }, ...Array<object>(retries).fill(retry), { type: "assistant", message }],
      { ...result, result: "Once upon a" },
    ];
    expect(verdictOf(run(2))).toMatchObject({ ok: true });
    expect(verdictOf(run(3))).toMatchObject({ ok: false, code: "output-truncated" });
  });
});
