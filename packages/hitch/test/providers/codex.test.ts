import { describe, expect, test } from "vitest";
import type { RunRequest } from "../../src/provider.ts";
import { codex } from "../../src/providers/codex.ts";
import { readUsage } from "../../src/providers/formats/codex-items.ts";
import { judge, plainRequest, readTranscript } from "../support/transcripts.ts";

const session = { provider: "codex", id: "01a203ce-8212-7a80-a81a-b0c4a3c5d0a2", cwd: "/home/me/project" };
const workspace = [
  ...["-c", "sandbox_workspace_write.network_access=true", "-c", "sandbox_workspace_write.writable_roots=[]"],
  ...["-c", "sandbox_workspace_write.exclude_tmpdir_env_var=false"],
  ...["-c", "sandbox_workspace_write.exclude_slash_tmp=false"],
];
const switches = ["--disable=unbounded_connection_retries", "-c", "analytics.enabled=false", "--disable=plugins"];

function commandFor(request: Partial<RunRequest>): ReturnType<typeof codex.command> {
  return codex.command({ ...plainRequest, permissions: "unrestricted", ...request });
}

describe("the command", () => {
  const start = ["exec", "--json", "--skip-git-repo-check", "--sandbox=danger-full-access", ...switches];
  const commands: readonly { name: string; request: Partial<RunRequest>; args: readonly string[] }[] = [
    { name: "nothing but a prompt", request: {}, args: [...start, "--", "-"] },
    {
      name: "model and effort",
      request: { model: "gpt-5.5", effort: "high" },
      args: [...start, "--model=gpt-5.5", "-c", 'model_reasoning_effort="high"', "--", "-"],
    },
    { name: "a session", request: { session }, args: [...start, "resume", "--", session.id, "-"] },
    { name: "a fork of it", request: { session, fork: true }, args: [...start, "fork", "--", session.id, "-"] },
    {
      name: "an image before the caller's own arguments",
      request: { attachments: ["/home/me/a.png"], extraArgs: ["--ephemeral"] },
      args: [...start, "--image=/home/me/a.png", "--ephemeral", "--", "-"],
    },
  ];

  test.each(commands)("$name", ({ request, args }) => {
    expect(commandFor(request).args).toEqual(args);
    expect(commandFor(request).stdin).toBe("hi");
  });

  test("a workspace is the directory, the added ones and one for temporary files, with the network", () => {
    const args = (request: Partial<RunRequest>) => commandFor({ permissions: "workspace", ...request }).args;
    expect(args({}).slice(3, 12)).toEqual(["--sandbox=workspace-write", ...workspace]);
    const more = args({ addDirs: ['/home/me/"other"'], env: { TMPDIR: "/var/tmp/me" } });
    expect(more).toContain('sandbox_workspace_write.writable_roots=["/home/me/\\"other\\""]');
    expect(more).toContain("sandbox_workspace_write.exclude_slash_tmp=true");
  });

  test("read-only has nothing to add to the sandbox", () => {
    expect(commandFor({ permissions: "read-only" }).args.slice(3, 5)).toEqual(["--sandbox=read-only", switches[0]]);
  });

  test("the level of the log is the user's, where they have set one", () => {
    expect(commandFor({ env: { RUST_LOG: "info" } }).env).toEqual({ RUST_LOG: "info" });
    expect(commandFor({}).env).toEqual({ RUST_LOG: "error,codex_http_client::client=debug,codex_mcp=warn" });
  });

  test("a key that the commands would inherit is empty, in the user's own table", () => {
    const { args, env, homeFiles } = commandFor({ env: { OPENAI_API_KEY: "sk-1", GH_TOKEN: "gh-1" } });
    expect(args).toEqual([
      ...start.slice(0, 4),
      ...["-c", 'shell_environment_policy.set.OPENAI_API_KEY=""', ...switches, "--", "-"],
    ]);
    expect(env).not.toHaveProperty("CODEX_API_KEY");
    expect(homeFiles).toEqual({});
  });

  test("in a home of its own there is a configuration of ours, which the skills in the prompt are kept from", () => {
    const prompt = "Be $lemon-2, as $HOME/x:y, $lemon-2 or US$ 5, and $a:b.";
    const { args, homeFiles } = commandFor({ home: "/home/me/private", prompt });
    expect(args).toEqual([...start.slice(0, 4), "--ignore-rules", ...switches, "--", "-"]);
    const off = ["lemon-2", "HOME", "a:b"].map((name) => `{"name"="${name}","enabled"=false}`);
    expect(homeFiles).toEqual({
      ".codex/config.toml": `skills.include_instructions = false
skills.config = [${off.join(",")}]
shell_environment_policy.exclude = ["OPENAI_API_KEY","CODEX_API_KEY","HITCH_MCP_*"]
sqlite_home = "/home/me/scratch"
`,
    });
  });

  test.each<[given: Record<string, string>, set: string | undefined]>([
    [{ OPENAI_API_KEY: "sk-1" }, "sk-1"],
    [{ OPENAI_API_KEY: "sk-1", CODEX_API_KEY: "sk-2" }, "sk-2"],
    [{}, undefined],
  ])("given %j there, CODEX_API_KEY is %s", (env, set) => {
    expect(commandFor({ home: "/home/me/private", env }).env?.CODEX_API_KEY).toBe(set);
  });

  const systemPrompts = [
    { mode: "append", text: "\n Be\u007f brief.", setting: 'developer_instructions="\\n Be\\u007f brief."', files: {} },
    { mode: "replace", text: " Be brief.", setting: 'instructions=" Be brief."', files: {} },
    {
      mode: "replace",
      text: "Be\nbrief.",
      setting: 'model_instructions_file="/home/me/scratch/system-prompt.md"',
      files: { "system-prompt.md": "Be\nbrief." },
    },
  ] as const;

  test.each(systemPrompts)(
    "a system prompt travels untouched: $mode, $setting",
    ({ setting, files, ...systemPrompt }) => {
      const command = commandFor({ systemPrompt });
      expect(command.args).toContain(setting);
      expect(command.files).toEqual(files);
    },
  );

  test("a schema is a file", () => {
    const command = commandFor({ outputSchema: { type: "object" } });
    expect(command.args).toContain("--output-schema=/home/me/scratch/output-schema.json");
    expect(command.files).toEqual({ "output-schema.json": '{"type":"object"}' });
  });

  test.each([
    { path: "/home/me/notes.txt", reason: "no-image" },
    { path: "/home/me/a, b.png", reason: "wrong-name" },
  ])("$path is refused", ({ path, reason }) => {
    const refusal = { code: "unsupported-option", option: "attachments", reason };
    expect(() => commandFor({ attachments: [path] })).toThrow(expect.objectContaining(refusal) as Error);
  });

  test("no variable and no header of a server is an argument", () => {
    const { args, env, files } = commandFor({
      mcpServers: {
        plain: { command: "serve", args: ["-v"] },
        secret: { command: "serve", env: { TOKEN: "it's a secret" } },
        remote: { type: "http", url: "https://mcp.example.com", headers: { Authorization: "Bearer secret" } },
      },
    });
    const approved = '"enabled"=true,"default_tools_approval_mode"="approve"}';
    expect(args.filter((arg) => arg.startsWith("mcp_servers."))).toEqual([
      `mcp_servers.plain={"command"="serve","args"=["-v"],"cwd"="/home/me/project",${approved}`,
      `mcp_servers.secret={"command"="/bin/sh","args"=["/home/me/scratch/mcp-secret.sh","serve"],"cwd"="/home/me/project",${approved}`,
      `mcp_servers.remote={"url"="https://mcp.example.com","env_http_headers"={"Authorization"="HITCH_MCP_remote_0"},${approved}`,
    ]);
    expect(args.join(" ")).not.toMatch(/a secret|Bearer/);
    expect(env).toMatchObject({ HITCH_MCP_remote_0: "Bearer secret" });
    expect(args).toContain('shell_environment_policy.set.HITCH_MCP_remote_0=""');
    expect(files).toEqual({ "mcp-secret.sh": "export TOKEN='it'\\''s a secret'\nexec \"$@\"\n" });
  });
});

function only(name: string, types: readonly string[], request: Partial<RunRequest> = {}): readonly unknown[] {
  return judge(codex, readTranscript("codex", name), request).events.filter(({ type }) => types.includes(type));
}

describe("the events", () => {
  test("a session has the directory that was asked for", () => {
    const [event] = only("session-1", ["session"], { cwd: "/home/me/link" });
    expect(event).toMatchObject({ session: { provider: "codex", cwd: "/home/me/link" } });
  });

  test("tools are shown with their kind, result and the files they changed, step by step", () => {
    const path = "/home/me/project/a.txt";
    const patch = (kind: string, change: string, index: number) => [
      {
        type: "tool-call",
        toolCallId: `item_${index}`,
        toolName: "apply_patch",
        kind: "edit",
        input: { changes: [{ path, kind }] },
      },
      { type: "tool-result", toolCallId: `item_${index}`, output: "completed", isError: false },
      { type: "file-change", path, change },
    ];
    const command = (line: string, output: string, isError: boolean, index: number) => [
      {
        ...{ type: "tool-call", toolCallId: `item_${index}`, toolName: "exec_command", kind: "execute" },
        input: { command: `/bin/bash -lc '${line}'` },
      },
      { type: "tool-result", toolCallId: `item_${index}`, output, isError },
    ];
    const step = { type: "finish-step", cost: { source: "unknown" } };
    const types = ["text", "reasoning", "tool-call", "tool-result", "file-change", "finish-step"];
    expect(only("tools", types)).toEqual([
      { type: "reasoning", id: "0.0", text: "Let me think." },
      { type: "text", id: "0.1", text: "I will look." },
      ...command("cat /etc/hostname >/dev/null; echo hi", "hi\n", false, 2),
      step,
      ...command("echo no >&2; exit 3", "no\n", true, 3),
      step,
      ...patch("add", "create", 4),
      step,
      ...patch("update", "edit", 5),
      step,
      ...patch("delete", "delete", 6),
      step,
      { type: "text", id: "5.0", text: "Done." },
      step,
    ]);
  });

  test("what is said again after a retry takes the place of what was there", () => {
    expect(only("cut-then-ok", ["text", "retry", "finish-step"])).toEqual([
      { type: "text", id: "0.0", text: "The first words of an answer" },
      { type: "retry", reason: expect.stringContaining("network error") as string },
      { type: "text", id: "0.0", text: "All of it." },
      { type: "finish-step", cost: { source: "unknown" } },
    ]);
  });

  test("a call of the model after tools counts, even if it says nothing", () => {
    expect(only("tools-no-text", ["finish-step"])).toHaveLength(2);
  });

  test("what was refused is told", () => {
    expect(only("read-only", ["permission"])).toHaveLength(2);
    expect(only("outside", ["permission"])).toHaveLength(2);
    expect(only("mcp", ["permission"])).toMatchObject([{ toolName: "theirs_submit_output" }]);
  });

  test("a server of the run that is missing, and whatever else is not fatal, is a warning, once", () => {
    const server = { command: "serve" };
    const [gone] = only("mcp", ["warning"], { mcpServers: { gone: server, ours: server } }).slice(-1);
    expect(gone).toMatchObject({
      message: expect.stringContaining("the MCP server gone could not be started") as string,
    });
    expect(only("unknown-model", ["warning"]).slice(-1)).toMatchObject([
      { message: expect.stringContaining("Model metadata for `gpt-nope` not found") as string },
    ]);
  });
});

describe("tools that were asked for at once and run one after the other", () => {
  const { stdout, stderr } = readTranscript("codex", "tools-at-once");
  const [first = "", second = ""] = stderr.split("\n");
  const answer = stdout.indexOf('{"type":"item.completed","item":{"id":"item_2"');
  const [tools, rest] = [stdout.slice(0, answer), stdout.slice(answer)].map((text) => text.trimEnd().split("\n"));

  test.each([
    ["are one step where the log tells that the model was not asked in between", [first], [second], 2],
    ["are two where it tells nothing", [], [], 3],
  ])("%s", (_, before, between, expected) => {
    const decoder = codex.decoder(plainRequest);
    const decoded = [
      ...before.map((line) => decoder.stderr?.(line)),
      ...(tools ?? []).map((line) => decoder.line(line)),
      ...between.map((line) => decoder.stderr?.(line)),
      ...(rest ?? []).map((line) => decoder.line(line)),
    ];
    const events = decoded.flatMap((one) => one?.events ?? []);
    expect(events.filter(({ type }) => type === "tool-call")).toHaveLength(2);
    expect(events.filter(({ type }) => type === "finish-step")).toHaveLength(expected);
  });
});

describe("the evidence", () => {
  const evidenceOf = (name: string, request: Partial<RunRequest> = {}) =>
    judge(codex, readTranscript("codex", name), request).evidence;
  const outputSchema = { type: "object" };

  test("counts are those of the session, without the cache and the reasoning", () => {
    const usage = { inputTokens: 80, outputTokens: 4, reasoningTokens: 3, cacheReadTokens: 20, cacheWriteTokens: 0 };
    expect(evidenceOf("native-output")).toContainEqual({ type: "totals", scope: "session", usage });
    expect(evidenceOf("no-usage").filter(({ type }) => type === "totals")).toEqual([]);
  });

  test("input is told with what was cached, so that is taken off", () => {
    const counts = { input_tokens: 100, cached_input_tokens: 20, cache_write_input_tokens: 30, output_tokens: 9 };
    const usage = { inputTokens: 50, outputTokens: 9, reasoningTokens: 0, cacheReadTokens: 20, cacheWriteTokens: 30 };
    expect(readUsage(counts)).toEqual(usage);
  });

  test("the last message is the value where one was asked for, if it is JSON", () => {
    expect(evidenceOf("native-output", { outputSchema })).toContainEqual({ type: "output", value: { age: 42 } });
    expect(evidenceOf("native-output").map(({ type }) => type)).not.toContain("output");
    expect(evidenceOf("native-prose", { outputSchema }).map(({ type }) => type)).not.toContain("output");
  });

  test("a failure says how long to wait, where the back end did", () => {
    const waits = { type: "failure", status: 429, retryAfterMs: 1000 };
    expect(evidenceOf("http-429-retry-after").at(-1)).toMatchObject(waits);
  });
});
