import { describe, expect, test } from "vitest";
import { readingTools } from "../../src/providers/formats/gemini-policy.ts";
import { createToolReader } from "../../src/providers/formats/gemini-tools.ts";
import { gemini } from "../../src/providers/gemini.ts";
import type { RunRequest } from "../../src/provider.ts";
import { judge, plainRequest, readTranscript } from "../support/transcripts.ts";

const session = { provider: "gemini", id: "f8a9bb4d-34b5-4296-8b80-3723d779654c", cwd: "/home/me/project" };

const build = (request: Partial<RunRequest> = {}) => gemini.command({ ...plainRequest, ...request });
const decode = (name: string, request: Partial<RunRequest> = {}) =>
  judge(gemini, readTranscript("gemini", name), request);

describe("the command", () => {
  const policy = "/home/me/scratch/read-only.toml";
  test.each<{ what: string; request: Partial<RunRequest>; args: readonly string[] }>([
    { what: "a plain call", request: {}, args: ["--approval-mode=yolo"] },
    { what: "everything allowed", request: { permissions: "unrestricted" }, args: ["--approval-mode=yolo"] },
    {
      what: "a read-only run",
      request: { permissions: "read-only" },
      args: ["--approval-mode=default", `--admin-policy=${policy}`, `--policy=${policy}`],
    },
    {
      what: "a model, directories, a session and the caller's own arguments",
      request: { model: "gemini-2.5-pro", addDirs: ["/home/me/a b", "/home/me/c"], session, extraArgs: ["--debug"] },
      args: [
        ...["--approval-mode=yolo", "--model=gemini-2.5-pro"],
        ...["--include-directories=/home/me/a b", "--include-directories=/home/me/c"],
        ...[`--resume=${session.id}`, "--debug"],
      ],
    },
  ])("$what", ({ request, args }) => {
    expect(build(request).args).toEqual(["--output-format=stream-json", "--skip-trust", ...args]);
  });

  test("what belongs to the run lies in its own directory", () => {
    const { env, files } = build({ permissions: "read-only", systemPrompt: { mode: "replace", text: " Be brief.\n" } });
    expect(env).toEqual({
      BASH_ENV: "/home/me/scratch/hidden-variables.sh",
      GEMINI_CLI_NO_RELAUNCH: "true",
      NO_BROWSER: "true",
      TMPDIR: "/home/me/scratch",
      GEMINI_SYSTEM_MD: "/home/me/scratch/system-prompt.md",
    });
    expect(files?.["read-only.toml"]).toMatch(/toolName = "\*"\ndecision = "deny"/);
    expect(files?.["system-prompt.md"]).toBe(" Be brief.\n");
  });

  test.each<{ env: Record<string, string>; rest: string }>([
    { env: {}, rest: "" },
    { env: { BASH_ENV: "/home/ada's/rc" }, rest: `export BASH_ENV='/home/ada'\\''s/rc'\n. "$BASH_ENV"\n` },
  ])("commands do without the key, and read the file that the caller's $env names", ({ env, rest }) => {
    const hidden = build({ env }).files?.["hidden-variables.sh"];
    expect(hidden).toBe(`unset BASH_ENV GEMINI_API_KEY GOOGLE_API_KEY\n${rest}`);
  });

  test("in a home of its own the settings are ours, and no variable trusts the project before they are read", () => {
    const { env, homeFiles } = build({ home: "/home/me/state/homes/1" });
    expect(env).toMatchObject({ GEMINI_CLI_TRUST_WORKSPACE: undefined });
    expect(Object.keys(env ?? {})).toContain("GEMINI_CLI_TRUST_WORKSPACE");
    expect(Object.keys(build().env ?? {})).not.toContain("GEMINI_CLI_TRUST_WORKSPACE");
    expect(JSON.parse(homeFiles?.[".gemini/settings.json"] ?? "")).toMatchObject({
      advanced: { ignoreLocalEnv: true },
      security: { auth: { useExternal: true } },
      skills: { enabled: false },
    });
  });

  test("a directory with a comma is refused: Gemini would take it for two", () => {
    expect(() => build({ addDirs: ["/home/me/a,b"] })).toThrow(
      expect.objectContaining({ code: "unsupported-option", option: "addDirs", reason: "wrong-name" }),
    );
  });

  test.each([
    { prompt: "--help", stdin: "--help" },
    { prompt: " \n\tHello \n", stdin: " \n\tHello \n" },
    { prompt: "@notes.txt", stdin: "\\@notes.txt" },
    { prompt: "ada@example.com, @Injectable() and @./a", stdin: "ada\\@example.com, \\@Injectable() and \\@./a" },
    { prompt: 'see @"a b.txt" or \\@x', stdin: 'see \\@"a b.txt" or \\@x' },
    { prompt: "at @ noon, @{x} @. @, @", stdin: "at @ noon, @{x} @. @, @" },
    { prompt: "/help me", stdin: "\n/help me" },
    { prompt: "// a comment /help", stdin: "// a comment /help" },
    { prompt: "/* a comment */", stdin: "/* a comment */" },
    { prompt: "!ls", stdin: "!ls" },
  ])("Gemini makes nothing of $prompt", ({ prompt, stdin }) => {
    expect(build({ prompt }).stdin).toBe(stdin);
  });
});

describe("the stream", () => {
  test("steps end with their tools' results, and each tells what its tools did", () => {
    const { events } = decode("tools");
    expect(events.filter(({ type }) => !["text-delta", "stderr"].includes(type))).toMatchObject([
      { type: "session", session: { provider: "gemini", cwd: "/home/me/project" } },
      { type: "text", id: "0.0", text: "I will." },
      { type: "tool-call", toolName: "write_file", kind: "edit", input: { content: "x\n" } },
      { type: "tool-call", toolName: "run_shell_command", kind: "execute" },
      { type: "tool-result", output: "", isError: false },
      { type: "file-change", path: "/home/me/project/a.txt", change: "create" },
      { type: "tool-result", output: "Command exited with code: 1", isError: false },
      { type: "finish-step", cost: { source: "unknown" } },
      { type: "tool-call", toolName: "read_file", kind: "read" },
      { type: "tool-result", isError: false },
      { type: "finish-step" },
      { type: "tool-call", toolName: "replace", kind: "edit" },
      { type: "tool-result", isError: false },
      { type: "file-change", path: "/home/me/project/a.txt", change: "edit" },
      { type: "finish-step" },
      { type: "tool-call", toolName: "write_todos", kind: "think" },
      { type: "tool-result" },
      {
        type: "plan",
        entries: [
          { content: "Write it", status: "completed" },
          { content: "Test it", status: "in-progress" },
          { content: "Ship it", status: "pending" },
        ],
      },
      { type: "finish-step" },
      { type: "text", id: "4.0", text: "Done." },
      { type: "finish-step" },
    ]);
  });

  test("the answer comes bit by bit under the id of its whole", () => {
    const { events } = decode("text");
    const deltas = events.filter((event) => event.type === "text-delta");
    expect(deltas.length).toBeGreaterThan(1);
    expect(new Set(deltas.map(({ id }) => id))).toEqual(new Set(["0.0"]));
    expect(deltas.map(({ text }) => text).join("")).toBe("Grüße 👋 an alle, die das hier lesen.");
  });

  test("input is counted without what came from a cache, output without the reasoning", () => {
    const usage = { inputTokens: 1000, outputTokens: 50, reasoningTokens: 10, cacheReadTokens: 200 };
    expect(decode("text").evidence).toContainEqual({
      type: "totals",
      scope: "attempt",
      usage,
      usageByModel: { "gemini-2.5-pro": usage },
    });
  });

  test("a continued session is counted without what was before", () => {
    expect(decode("session-2", { session }).folded).toMatchObject({ turns: 1, usage: { inputTokens: 1000 } });
  });

  test("where Gemini chooses the model, each that answered is counted by itself", () => {
    const { evidence } = decode("auto-model");
    expect(evidence.some(({ type }) => type === "model")).toBe(false);
    const totals = evidence.find((each) => each.type === "totals");
    expect(Object.keys(totals?.usageByModel ?? {}).length).toBe(2);
    expect(totals?.usage?.inputTokens).toBe(2000);
  });

  test("the prompt, which Gemini repeats, is no event", () => {
    expect(JSON.stringify(decode("text").events)).not.toContain('"hi"');
  });

  test.each([
    { name: "read-only", refused: ["write_file", "run_shell_command"] },
    { name: "outside", refused: ["write_file"] },
    { name: "asks-nobody", refused: ["write_file"] },
  ])("what the rules refuse is told: $name", ({ name, refused }) => {
    const { events, folded } = decode(name);
    const permissions = events.filter((event) => event.type === "permission");
    expect(permissions.map(({ toolName }) => toolName)).toEqual(refused);
    expect(folded.changes).toEqual([]);
  });
});

test("a model that goes round in circles has failed, although Gemini calls that a success", () => {
  const stdout = [
    { type: "error", severity: "warning", message: "Loop detected, stopping execution" },
    { type: "result", status: "success", stats: { total_tokens: 4200 } },
  ].map((line) => `${JSON.stringify(line)}\n`);
  const { verdict } = judge(gemini, { stdout: stdout.join(""), stderr: "", exit: { code: 0, signal: null } });
  expect(verdict).toMatchObject({ ok: false, code: "agent-error", message: "Loop detected, stopping execution" });
});

describe("failed calls of the model", () => {
  test("are told when they are tried again", () => {
    const { events } = decode("retry-then-ok");
    expect(events.filter(({ type }) => type === "retry")).toEqual([
      { type: "retry", reason: "The model is overloaded. Please try again later." },
    ]);
  });

  test.each(["http-429", "http-500", "refused"])("end the run after the third: %s", (name) => {
    const { events, evidence } = decode(name);
    expect(events.filter(({ type }) => type === "retry").length).toBe(2);
    expect(evidence).toContainEqual({ type: "ended", ok: false, reason: "too many tries" });
  });

  test("end it at once when the back end asks to wait for longer than a minute and a half", () => {
    const { verdict } = decode("http-429-wait");
    expect(verdict).toMatchObject({ ok: false, code: "rate-limited" });
    expect(!verdict.ok && verdict.retryAfterMs).toBeGreaterThan(100_000);
  });
});

test.each(readingTools)("%s, which a read-only run may use, has no side effects", (tool) => {
  const [call] = createToolReader().start({ tool_name: tool, tool_id: "1" });
  expect(["read", "search", "think"]).toContain(call?.type === "tool-call" ? call.kind : undefined);
});

test("what a tool says of its own tries ends no run", () => {
  const lines = [
    { type: "init", session_id: "1", model: "gemini-2.5-pro" },
    { type: "message", role: "assistant", content: "Done.", delta: true },
    { type: "result", status: "success", stats: {} },
  ];
  const stdout = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  const stderr = "Attempt 3 failed: connection to db\n";
  expect(judge(gemini, { stdout, stderr, exit: { code: 0, signal: null } }).verdict.ok).toBe(true);
});
