import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RunRequest } from "../../src/provider.ts";
import { pi } from "../../src/providers/pi.ts";
import { judge, plainRequest, readTranscript } from "../support/transcripts.ts";

const fixed = ["--mode", "json", "-p"];
const session = { provider: "pi", id: "01a202e2-cabe-715a-9c08-bdef2d2a0817", cwd: "/home/me/project" };

describe("the command", () => {
  const commands: readonly { name: string; request: Partial<RunRequest>; args: readonly string[] }[] = [
    { name: "nothing but a prompt", request: {}, args: [] },
    {
      name: "model and effort",
      request: { model: "mock/text", effort: "high" },
      args: ["--model", "mock/text", "--thinking", "high"],
    },
    { name: "read-only", request: { permissions: "read-only" }, args: ["--tools", "read,grep,find,ls"] },
    { name: "unrestricted", request: { permissions: "unrestricted" }, args: [] },
    { name: "a session", request: { session }, args: ["--session", session.id] },
    { name: "a fork of it", request: { session, fork: true }, args: ["--fork", session.id] },
    {
      name: "a system prompt",
      request: { systemPrompt: { mode: "replace", text: "README.md" } },
      args: ["--system-prompt", "/home/me/scratch/system-prompt.md"],
    },
    {
      name: "more of a system prompt",
      request: { systemPrompt: { mode: "append", text: "README.md" } },
      args: ["--append-system-prompt", "/home/me/scratch/system-prompt.md"],
    },
    {
      name: "attachments behind the caller's own arguments",
      request: { attachments: ["/home/me/a.png"], extraArgs: ["--no-skills"] },
      args: ["--no-skills", "@/home/me/a.png"],
    },
  ];

  test.each(commands)("$name", ({ request, args }) => {
    expect(pi.command({ ...plainRequest, ...request }).args).toEqual([...fixed, ...args]);
  });

  test("a home of its own has the sessions, and nothing is loaded but instructions", () => {
    expect(pi.command({ ...plainRequest, home: "/home/me/private" }).args).toEqual([
      ...fixed,
      ...["--no-approve", "--no-extensions", "--no-skills", "--no-prompt-templates"],
      ...["--session-dir", "/home/me/private/.pi/agent/sessions"],
    ]);
  });

  test.each<{ env: Record<string, string>; args: readonly string[] }>([
    { env: { AZURE_OPENAI_API_KEY: "sk-1" }, args: ["--extension", "/home/me/scratch/hide-keys.js"] },
    { env: { AZURE_OPENAI_API_KEY: "", GH_TOKEN: "gh-1" }, args: [] },
  ])("what hides keys is there where there is one: $env", ({ env, args }) => {
    const command = pi.command({ ...plainRequest, env });
    expect(command.args).toEqual([...fixed, ...args]);
    expect(Object.keys(command.files ?? {})).toEqual(args.length === 0 ? [] : ["hide-keys.js"]);
  });

  test("hidden keys are in no list of the variables, and are still found by their names", () => {
    const given = { OPENAI_API_KEY: "sk-1", XAI_API_KEY: "sk-2", GH_TOKEN: "gh-1" };
    const { files } = pi.command({ ...plainRequest, env: given });
    const process = { env: { ...given } };
    const source = files?.["hide-keys.js"] ?? "";
    const extension = runInNewContext(source.replace("export default", ""), { process }) as () => void;
    extension();
    expect({ ...process.env }).toEqual({ GH_TOKEN: "gh-1" });
    expect(process.env).toMatchObject({ OPENAI_API_KEY: "sk-1", XAI_API_KEY: "sk-2" });
  });

  test("a system prompt travels as a file, untouched", () => {
    const text = "\n {env:HOME}\u2028--help \n";
    const { files } = pi.command({ ...plainRequest, systemPrompt: { mode: "append", text } });
    expect(files).toEqual({ "system-prompt.md": text });
  });

  test.each<[given: Record<string, string>, set: string | undefined]>([
    [{}, "1"],
    [{ NODE_COMPILE_CACHE: "/home/me/cache" }, undefined],
    [{ NODE_DISABLE_COMPILE_CACHE: "" }, undefined],
  ])("with %j NODE_DISABLE_COMPILE_CACHE is set to %s", (given, set) => {
    const { env } = pi.command({ ...plainRequest, env: { ...plainRequest.env, ...given } });
    expect(env?.NODE_DISABLE_COMPILE_CACHE).toBe(set);
  });

  const prompts = [
    { prompt: "--help", stdin: "--help", message: undefined },
    { prompt: "@x", stdin: "@x", message: undefined },
    { prompt: "hi\n", stdin: "hi", message: "\n" },
    { prompt: " \t-x \n", stdin: "", message: " \t-x \n" },
    { prompt: "\u2028hi", stdin: "", message: "\u2028hi" },
    { prompt: `\n${"x".repeat(200_000)}`, stdin: `\n${"x".repeat(200_000)}`, message: undefined },
    { prompt: " a\0b", stdin: " a\0b", message: undefined },
  ];

  test.each(prompts)("$prompt is placed where pi leaves it alone", ({ prompt, stdin, message }) => {
    const command = pi.command({ ...plainRequest, prompt });
    expect(command.stdin).toBe(stdin);
    expect(command.args.slice(fixed.length)).toEqual(message === undefined ? [] : ["--", message]);
  });

  test("what pi puts together again is the prompt", () => {
    const piece = fc.oneof(
      fc.constantFrom(" ", "\n", "\t", "\u2028", "\ufeff", "\u00a0", "-", "@", "/", "a"),
      fc.string(),
    );
    const prompt = fc.array(piece, { minLength: 1 }).map((pieces) => pieces.join("").replaceAll("\0", ""));
    fc.assert(
      fc.property(prompt, (text) => {
        const { stdin, args } = pi.command({ ...plainRequest, prompt: text });
        const message = args.includes("--") ? (args.at(-1) ?? "") : "";
        expect(stdin.trim() + message).toBe(text);
        // Behind `--` pi takes this for the name of a file.
        expect(message.startsWith("@")).toBe(false);
      }),
    );
  });
});

function eventsOf(name: string, request: Partial<RunRequest> = {}): readonly { readonly type: string }[] {
  return judge(pi, readTranscript("pi", name), request).events;
}

function only(name: string, types: readonly string[], request: Partial<RunRequest> = {}): readonly unknown[] {
  return eventsOf(name, request).filter(({ type }) => types.includes(type));
}

describe("the events", () => {
  test("a session has the directory that was asked for", () => {
    const [event] = only("session-2", ["session"], { cwd: "/home/me/link" });
    expect(event).toMatchObject({ session: { provider: "pi", cwd: "/home/me/link" } });
  });

  test("text comes in pieces and then as a whole", () => {
    expect(only("no-prices", ["text-delta", "text"])).toEqual([
      { type: "text-delta", id: "0.0", text: "pong" },
      { type: "text", id: "0.0", text: "pong" },
    ]);
  });

  test("so does reasoning, which is counted apart from the answer", () => {
    expect(only("reasoning", ["reasoning-delta", "reasoning", "text", "finish-step"])).toEqual([
      { type: "reasoning-delta", id: "0.0", text: "Let me " },
      { type: "reasoning-delta", id: "0.0", text: "think." },
      { type: "reasoning", id: "0.0", text: "Let me think." },
      { type: "text", id: "0.1", text: "thought" },
      {
        type: "finish-step",
        reason: "stop",
        usage: { inputTokens: 80, outputTokens: 4, reasoningTokens: 3, cacheReadTokens: 20, cacheWriteTokens: 0 },
        cost: { usd: expect.closeTo(0.000096, 9) as number, source: "reported" },
      },
    ]);
  });

  test("tools are shown with their kind, result and the files they changed", () => {
    const shown = only("tools-all", ["tool-call", "tool-result", "file-change"]);
    expect(shown).toEqual([
      {
        type: "tool-call",
        toolCallId: "call_tools_1",
        toolName: "write",
        kind: "edit",
        input: { path: "a.txt", content: "one\ntwo\n" },
      },
      { type: "tool-result", toolCallId: "call_tools_1", output: "Successfully wrote to a.txt", isError: false },
      { type: "file-change", path: "a.txt", change: "create" },
      {
        type: "tool-call",
        toolCallId: "call_tools_2",
        toolName: "edit",
        kind: "edit",
        input: { path: "a.txt", edits: [{ oldText: "two", newText: "three" }] },
      },
      {
        type: "tool-result",
        toolCallId: "call_tools_2",
        output: "Successfully replaced 1 block(s) in a.txt.",
        isError: false,
      },
      { type: "file-change", path: "a.txt", change: "edit" },
      {
        type: "tool-call",
        toolCallId: "call_tools_3",
        toolName: "bash",
        kind: "execute",
        input: { command: "cat a.txt; false" },
      },
      {
        type: "tool-result",
        toolCallId: "call_tools_3",
        output: "one\nthree\n\n\nCommand exited with code 1",
        isError: true,
      },
      { type: "tool-call", toolCallId: "call_tools_4", toolName: "read", kind: "read", input: { path: "missing.txt" } },
      {
        type: "tool-result",
        toolCallId: "call_tools_4",
        output: "ENOENT: no such file or directory, access '/home/me/project/missing.txt'",
        isError: true,
      },
      { type: "tool-call", toolCallId: "call_tools_5", toolName: "nonesuch", kind: "other", input: { x: 1 } },
      { type: "tool-result", toolCallId: "call_tools_5", output: "Tool nonesuch not found", isError: true },
    ]);
  });

  test("what a read-only run does not offer is a refused permission", () => {
    const refused = only("read-only", ["permission"], { permissions: "read-only" });
    expect(refused).toMatchObject([{ toolName: "write" }, { toolName: "bash" }]);
    expect(only("read-only", ["permission"])).toEqual([]);
  });

  test("a retry of pi's own is shown, and is no step", () => {
    expect(only("retry-once", ["retry", "text", "finish-step"])).toMatchObject([
      { type: "retry", reason: expect.stringContaining("Rate limit reached") as string, delayMs: 1 },
      { type: "text", text: "pong" },
      { type: "finish-step", reason: "stop" },
    ]);
  });

  test("tokens and money that nobody reported are not zero", () => {
    expect(only("no-usage", ["finish-step"])).toEqual([
      { type: "finish-step", reason: "stop", cost: { source: "unknown" } },
    ]);
    expect(only("no-prices", ["finish-step"])).toMatchObject([
      { usage: { inputTokens: 80 }, cost: { source: "unknown" } },
    ]);
  });

  test("a compaction is shown and paid for, and leaves the answer", () => {
    const { events, folded } = judge(pi, readTranscript("pi", "compaction"));
    expect(events.filter(({ type }) => type === "compaction")).toHaveLength(1);
    expect(folded).toMatchObject({ text: "answer", turns: 1, usage: { inputTokens: 9_580, cacheReadTokens: 20 } });
  });

  test("a failed compaction is a warning", () => {
    const line =
      '{"type":"compaction_end","reason":"threshold","aborted":false,"errorMessage":"Auto-compaction failed"}';
    expect(pi.decoder(plainRequest).line(line)).toEqual({
      events: [{ type: "warning", message: "Auto-compaction failed" }],
    });
  });

  test("an image in a tool's result is kept", () => {
    const decoder = pi.decoder(plainRequest);
    const content = [
      { type: "text", text: "a.png" },
      { type: "image", mimeType: "image/png", data: "aGk=" },
    ];
    const end = { type: "tool_execution_end", toolCallId: "c", toolName: "read", result: { content }, isError: false };
    const { events } = decoder.line(JSON.stringify(end));
    expect(events).toEqual([{ type: "tool-result", toolCallId: "c", output: content, isError: false }]);
  });

  test.each(["", "Usage: pi", "[1]", '{"type":"new_in_0.99"}', '{"type":7}'])("%s is handed on raw", (line) => {
    expect(pi.decoder(plainRequest).line(line)).toEqual({ events: [{ type: "raw", line }] });
  });
});

describe("the decoder", () => {
  test("two runs know nothing of each other", () => {
    const lines = readTranscript("pi", "tools-all").stdout.trimEnd().split("\n");
    const one = pi.decoder(plainRequest);
    const other = pi.decoder(plainRequest);
    for (const line of lines) expect(one.line(line)).toEqual(other.line(line));
  });

  test("what repeats the conversation says nothing", () => {
    const lines = readTranscript("pi", "tools-all").stdout.trimEnd().split("\n");
    const repeating = lines.filter((line) =>
      /^\{"type":"(?:message_start|agent_end|tool_execution_update)"/.test(line),
    );
    expect(repeating.length).toBeGreaterThan(10);
    const decoder = pi.decoder(plainRequest);
    for (const line of repeating) expect(decoder.line(line)).toEqual({});
  });
});

describe("failures in pi's words", () => {
  const end = (message: object): string =>
    JSON.stringify({ type: "turn_end", message: { role: "assistant", ...message } });
  const failures = [
    { errorMessage: 'OpenAI API error (429): {"code":"insufficient_quota"}', status: 429, name: "insufficient_quota" },
    { errorMessage: '529 {"type":"error","error":{"type":"overloaded_error"}}', status: 529, name: "overloaded_error" },
    {
      errorMessage: '429: {"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}}',
      status: 429,
      name: "RESOURCE_EXHAUSTED",
    },
    { errorMessage: "403 status code (no body)", status: 403, name: undefined },
    { errorMessage: "2500 tokens are too many", status: undefined, name: undefined },
    { errorMessage: "it said 500: no", status: undefined, name: undefined },
  ];

  test.each(failures)("$errorMessage", ({ errorMessage, status, name }) => {
    const decoder = pi.decoder(plainRequest);
    decoder.line(end({ stopReason: "error", errorMessage }));
    const { evidence } = decoder.line('{"type":"agent_settled"}');
    expect(evidence?.[0]).toEqual({
      type: "failure",
      message: errorMessage,
      ...(status !== undefined && { status }),
      ...(name !== undefined && { name }),
    });
  });

  test.each(["toolUse", "aborted", "pending"])("a run that settles on %s has not ended well", (stopReason) => {
    const decoder = pi.decoder(plainRequest);
    decoder.line(end({ stopReason }));
    expect(decoder.line('{"type":"agent_settled"}').evidence).toEqual([
      { type: "ended", ok: false, reason: stopReason },
    ]);
  });

  test("one that settles without a message has not either", () => {
    const { evidence } = pi.decoder(plainRequest).line('{"type":"agent_settled"}');
    expect(evidence).toEqual([{ type: "ended", ok: false, reason: "no answer" }]);
  });
});
