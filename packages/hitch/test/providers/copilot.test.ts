import { describe, expect, test } from "vitest";
import type { RunRequest } from "../../src/provider.ts";
import { copilot } from "../../src/providers/copilot.ts";
import { judge, plainRequest, readTranscript } from "../support/transcripts.ts";

const session = { provider: "copilot", id: "7ffda107-5f2c-4b3d-82b6-b93cc54cc88c", cwd: "/home/me/project" };
const start = [
  ...["--output-format=json", "--no-ask-user", "--no-color"],
  ...["--no-auto-update", "--disable-client-telemetry", "--no-remote-export"],
];
const mcpServers = {
  docs: { command: "serve", args: ["-v"], env: { TOKEN: "a secret" } },
  remote: { type: "http", url: "https://mcp.example.com", headers: { Authorization: "Bearer secret" } },
} as const;

function commandFor(request: Partial<RunRequest>): ReturnType<typeof copilot.command> {
  return copilot.command({ ...plainRequest, permissions: "unrestricted", ...request });
}

describe("the command", () => {
  const commands: readonly { name: string; request: Partial<RunRequest>; args: readonly string[] }[] = [
    { name: "nothing but a prompt", request: {}, args: ["--allow-all"] },
    {
      name: "model and effort",
      request: { model: "gpt-5.4", effort: "high" },
      args: ["--allow-all", "--model=gpt-5.4", "--reasoning-effort=high"],
    },
    { name: "a session", request: { session }, args: ["--allow-all", `--resume=${session.id}`] },
    {
      name: "an image before the caller's own arguments",
      request: { attachments: ["/home/me/a b.png"], extraArgs: ["--trust-folder"] },
      args: ["--allow-all", "--attachment=/home/me/a b.png", "--trust-folder"],
    },
    {
      name: "a workspace",
      request: { permissions: "workspace", addDirs: ["/home/me/more"] },
      args: ["--disallow-temp-dir", "--allow-all-tools", "--allow-all-urls", "--add-dir=/home/me/more"],
    },
    {
      name: "read-only, with a server whose tools may be used",
      request: { permissions: "read-only", mcpServers: { docs: mcpServers.docs } },
      args: [
        ...["--disallow-temp-dir", "--deny-tool=write", "--deny-tool=shell", "--deny-tool=url", "--allow-tool=docs"],
        "--additional-mcp-config=@/home/me/scratch/mcp.json",
      ],
    },
  ];

  test.each(commands)("$name", ({ request, args }) => {
    expect(commandFor(request).args).toEqual([...start, ...args]);
    expect(commandFor(request).stdin).toBe("hi");
  });

  test("servers are in a file, with all that is secret", () => {
    const { args, files } = commandFor({ mcpServers });
    expect(args.join(" ")).not.toMatch(/secret/);
    expect(JSON.parse(files?.["mcp.json"] ?? "")).toEqual({
      mcpServers: {
        docs: {
          ...{ type: "local", command: "serve", args: ["-v"], env: { TOKEN: "a secret" }, cwd: "/home/me/project" },
          tools: ["*"],
        },
        remote: { ...mcpServers.remote, tools: ["*"] },
      },
    });
  });

  test("a system prompt is a file of instructions, beside the directories that the user names", () => {
    const systemPrompt = { mode: "append", text: " Be brief.\n" } as const;
    const { env, files } = commandFor({ systemPrompt, env: { COPILOT_CUSTOM_INSTRUCTIONS_DIRS: "/home/me/rules" } });
    expect(files).toEqual({ "run.instructions.md": " Be brief.\n" });
    expect(env).toMatchObject({ COPILOT_CUSTOM_INSTRUCTIONS_DIRS: "/home/me/rules,/home/me/scratch" });
    expect(commandFor({}).env).not.toHaveProperty("COPILOT_CUSTOM_INSTRUCTIONS_DIRS");
  });

  test("no variable of the user's allows more than the level, and no cache is left", () => {
    expect(commandFor({ env: { COPILOT_ALLOW_ALL: "true" } }).env).toEqual({
      COPILOT_ALLOW_ALL: undefined,
      COPILOT_ASSISTED_APPROVAL: undefined,
      NODE_DISABLE_COMPILE_CACHE: "1",
    });
  });

  test("in a home of its own it has no tool that starts what the project names, and one package for all homes", () => {
    const { args, env, homeFiles } = commandFor({
      home: "/home/me/state/homes/1",
      shared: "/home/me/state/homes/shared",
    });
    expect(args).toContain("--excluded-tools=task,lsp");
    expect(env).toMatchObject({ COPILOT_PKG_CACHE_HOME: "/home/me/state/homes/shared" });
    expect(JSON.parse(homeFiles?.[".copilot/settings.json"] ?? "")).toEqual({
      ignoredSkillsLocations: ["/"],
      disableAllHooks: true,
    });
    expect(commandFor({}).args.join(" ")).not.toContain("--excluded-tools");
    expect(commandFor({}).env).not.toHaveProperty("COPILOT_PKG_CACHE_HOME");
  });

  test("what is no image is refused before the start", () => {
    const refusal = { code: "unsupported-option", option: "attachments", reason: "wrong-kind" };
    expect(() => commandFor({ attachments: ["/home/me/notes.txt"] })).toThrow(
      expect.objectContaining(refusal) as Error,
    );
  });
});

describe("preparing", () => {
  const caches: readonly { env: Record<string, string>; creates: string | undefined }[] = [
    { env: { HOME: "/home/me" }, creates: "/home/me/.cache/copilot/pkg" },
    { env: { HOME: "/home/me", XDG_CACHE_HOME: "/cache" }, creates: "/cache/copilot/pkg" },
    { env: { HOME: "/home/me", COPILOT_CACHE_HOME: "/srv/c" }, creates: "/srv/c/pkg" },
    {
      env: { HOME: "/home/me", COPILOT_CACHE_HOME: "/srv/c", COPILOT_PKG_CACHE_HOME: "/srv/p" },
      creates: "/srv/p/pkg",
    },
    { env: {}, creates: undefined },
  ];

  test.each(caches)("the package of $env is unpacked to $creates", ({ env, creates }) => {
    const steps = copilot.prepare({ ...plainRequest, env });
    expect(steps).toMatchObject(creates === undefined ? [] : [{ key: "package", creates }]);
  });
});

function only(name: string, types: readonly string[], request: Partial<RunRequest> = {}): readonly unknown[] {
  return judge(copilot, readTranscript("copilot", name), request).events.filter(({ type }) => types.includes(type));
}

describe("the events", () => {
  test("a session has the directory that was asked for", () => {
    const [event] = only("session-1", ["session"], { cwd: "/home/me/link" });
    expect(event).toMatchObject({ session: { provider: "copilot", cwd: "/home/me/link" } });
    expect(only("session-2", ["session"], { cwd: "/home/me/link" })).toEqual([event]);
  });

  test("tools are shown with their kind, result and the files they changed, step by step", () => {
    const path = "/home/me/project/a.txt";
    const step = { type: "finish-step" };
    const types = ["text", "tool-call", "tool-result", "file-change", "finish-step"];
    expect(only("tools", types)).toMatchObject([
      { type: "text", id: "message-0", text: "I will look." },
      { type: "tool-call", toolName: "bash", kind: "execute", input: { command: "echo hi" } },
      { type: "tool-result", isError: false, output: expect.stringContaining("hi\n") as string },
      step,
      { type: "tool-call", toolName: "create", kind: "edit" },
      { type: "tool-result", isError: false },
      { type: "file-change", path, change: "create" },
      step,
      { type: "tool-call", toolName: "edit", kind: "edit" },
      { type: "tool-result", isError: false },
      { type: "file-change", path, change: "edit" },
      step,
      { type: "tool-call", toolName: "view", kind: "read" },
      { type: "tool-result", isError: false },
      step,
      { type: "tool-call", toolName: "bash", kind: "execute" },
      { type: "tool-result", isError: false, output: expect.stringContaining("exit code 3") as string },
      step,
      { type: "tool-call", toolName: "nope", kind: "other" },
      { type: "tool-result", isError: true, output: "Tool 'nope' does not exist." },
      step,
      { type: "text", text: "Done." },
      step,
    ]);
  });

  test("what is said again after a retry takes the place of what was there", () => {
    expect(only("cut-then-ok", ["text", "retry"])).toEqual([
      { type: "text", id: "message-0", text: "" },
      { type: "retry", reason: expect.stringContaining("error decoding response body") as string },
      { type: "text", id: "message-0", text: "All of it." },
    ]);
  });

  test("reasoning is apart from the answer", () => {
    expect(only("reasoning", ["reasoning", "text"])).toMatchObject([
      { type: "text", text: "Done." },
      { type: "reasoning", text: "Let me think." },
    ]);
  });

  test("what was refused is told", () => {
    expect(only("read-only", ["permission"])).toHaveLength(4);
    expect(only("workspace", ["permission"])).toHaveLength(2);
  });

  test("what a subagent says is not the answer, what it does is shown", () => {
    expect(only("subagent", ["text"])).toEqual([{ type: "text", id: "message-1", text: "Done." }]);
    expect(only("subagent", ["tool-call"])).toMatchObject([{ toolName: "task", kind: "other" }]);
  });

  test("a server of the run that is missing is a warning", () => {
    const server = { command: "serve" };
    expect(only("mcp", ["warning"], { mcpServers: { gone: server, ours: server } })).toMatchObject([
      { message: expect.stringContaining("the MCP server gone could not be started") as string },
    ]);
    expect(only("mcp", ["warning"])).toEqual([]);
  });

  test("no count and no cost is made up", () => {
    const { folded } = judge(copilot, readTranscript("copilot", "tools"));
    expect(folded).toMatchObject({ turns: 7, usage: {}, cost: { source: "unknown" } });
  });

  test("an error that it got over fails no run that ends well", () => {
    const lines = [
      { type: "session.error", data: { errorType: "mcp", message: "a server failed" } },
      { type: "assistant.turn_start", data: { turnId: "0" } },
      { type: "assistant.message", data: { turnId: "0", content: "Fine.", toolRequests: [] } },
      { type: "assistant.turn_end", data: { turnId: "0" } },
      { type: "result", sessionId: "1", exitCode: 0 },
    ];
    const stdout = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    const { verdict, folded } = judge(copilot, { stdout, stderr: "", exit: { code: 0, signal: null } });
    expect(verdict.ok).toBe(true);
    expect(folded.text).toBe("Fine.");
  });

  test("once it has started, an error on stderr is a tool's or a server's", () => {
    const decoder = copilot.decoder(plainRequest);
    expect(decoder.stderr?.("Error: No authentication information found.").evidence).toHaveLength(1);
    decoder.line(JSON.stringify({ type: "session.start", data: {} }));
    expect(decoder.stderr?.("Error: watcher lost")).toEqual({});
  });
});
