import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { mergeOptions } from "../../src/run/options.ts";
import type { HarnessError } from "../../src/vocabulary/error.ts";
import { answer, script, scripted } from "../support/scripted-agent.ts";
import { start, temporaryDirectory } from "../support/start.ts";

const prompt = script({ shell: "touch started" }, ...answer("Hello."));

/** Ten characters, however many bytes. */
const terse = { ...scripted, capabilities: { ...scripted.capabilities, maxPromptCharacters: 10 } };

/** How a call is refused. Proves from outside that nothing was started. */
async function refusal(text: unknown, options: Record<string, unknown>): Promise<HarnessError> {
  const cwd = temporaryDirectory();
  const run = start(text, { cwd, ...options });
  const outcome = await run.settled;
  expect(existsSync(join(cwd, "started"))).toBe(false);
  expect(existsSync(join(process.env.HITCH_STATE_DIR ?? "", "runs", run.id))).toBe(false);
  expect(outcome.status).toBe("failed");
  return outcome.error as HarnessError;
}

describe("a wrong call is refused before anything starts: its code, option, reason and one line", () => {
  test.each<[string, unknown, Record<string, unknown>, Record<string, unknown>]>([
    ["no prompt", undefined, {}, { option: "prompt", reason: "missing" }],
    ["an empty prompt", " \n", {}, { option: "prompt", reason: "empty" }],
    ["a prompt that is not text", 7, {}, { option: "prompt", reason: "wrong-type" }],
    ["a prompt with half a character", "a\ud800b", {}, { option: "prompt", reason: "not-utf8" }],
    ["a prompt with a NUL", "a\0b", {}, { option: "prompt", reason: "nul-byte" }],
    ["a prompt that is too large", "x".repeat(2 ** 26 + 1), {}, { option: "prompt", reason: "too-large" }],
    [
      "a prompt of too many characters",
      "😀".repeat(11),
      { provider: terse },
      { option: "prompt", reason: "too-large" },
    ],
    ["an unknown option", prompt, { modle: "m" }, { option: "modle", reason: "unknown" }],
    ["an unknown provider", prompt, { provider: "nobody" }, { option: "provider", reason: "unknown-value" }],
    ["an unknown permission level", prompt, { permissions: "all" }, { option: "permissions", reason: "unknown-value" }],
    ["an unknown time limit", prompt, { timeouts: { max: 1 } }, { option: "timeouts.max", reason: "unknown" }],
    ["a negative time limit", prompt, { timeouts: { total: -1 } }, { option: "timeouts.total", reason: "wrong-value" }],
    ["an unknown limit", prompt, { limits: { eur: 1 } }, { option: "limits.eur", reason: "unknown" }],
    ["a limit of nothing", prompt, { limits: { turns: 0 } }, { option: "limits.turns", reason: "wrong-value" }],
    [
      "a limit of half a token",
      prompt,
      { limits: { tokens: 0.5 } },
      { option: "limits.tokens", reason: "wrong-value" },
    ],
    ["an endless limit", prompt, { limits: { usd: Infinity } }, { option: "limits.usd", reason: "wrong-value" }],
    ["half a retry", prompt, { retries: { transient: 0.5 } }, { option: "retries.transient", reason: "wrong-value" }],
    ["an empty model", prompt, { model: "" }, { option: "model", reason: "empty" }],
    [
      "a native option that does not exist",
      prompt,
      { providerOptions: { scripted: { a: 1 } } },
      { option: "providerOptions.scripted.a", reason: "unknown" },
    ],
    [
      "native options of an unknown provider",
      prompt,
      { providerOptions: { nobody: {} } },
      { option: "providerOptions.nobody", reason: "unknown" },
    ],
    ["a variable that is no text", prompt, { env: { A: 1 } }, { option: "env.A", reason: "wrong-type" }],
    ["a variable with =", prompt, { env: { "A=B": "1" } }, { option: "env", reason: "wrong-name" }],
    ["a branch of nothing", prompt, { fork: true }, { option: "fork", reason: "needs-session" }],
    ["a session that is a flag", prompt, { session: "--help" }, { option: "session", reason: "wrong-form" }],
    [
      "a session of another agent",
      prompt,
      { session: { provider: "other", id: "1", cwd: "/" } },
      { option: "session", reason: "other-provider" },
    ],
    ...([
      ["a session with a home", { home: "/home/me" }, "session.home", "unknown"],
      ["totals that are none", { totals: 7 }, "session.totals", "wrong-type"],
      ["unknown totals", { totals: { eur: 1 } }, "session.totals.eur", "unknown"],
      ["money that is no number", { totals: { usd: "1" } }, "session.totals.usd", "wrong-value"],
      ["money that is NaN", { totals: { usd: Number.NaN } }, "session.totals.usd", "wrong-value"],
      ["usage that is none", { totals: { usage: [] } }, "session.totals.usage", "wrong-type"],
      ["unknown usage", { totals: { usage: { tokens: 1 } } }, "session.totals.usage.tokens", "unknown"],
      [
        "a count below 0",
        { totals: { usage: { inputTokens: -1 } } },
        "session.totals.usage.inputTokens",
        "wrong-value",
      ],
    ].map(([name, more, option, reason]) => [
      name,
      prompt,
      { cwd: "/", session: { provider: "scripted", id: "1", cwd: "/", ...(more as object) } },
      { option, reason },
    ]) as [string, unknown, Record<string, unknown>, Record<string, unknown>][]),
    ["metadata that is no JSON", prompt, { metadata: { a: 1n } }, { option: "metadata", reason: "not-json" }],
    ["metadata that is no object", prompt, { metadata: 0 }, { option: "metadata", reason: "wrong-type" }],
    [
      "a choice with an unknown key",
      prompt,
      { provider: { provider: scripted, modle: "m" } },
      { option: "provider.modle", reason: "unknown" },
    ],
    [
      "an MCP server under our name",
      prompt,
      { mcpServers: { hitch: { command: "server" } } },
      { option: "mcpServers.hitch", reason: "reserved" },
    ],
    ["a listener that is none", prompt, { onEvent: 1 }, { option: "onEvent", reason: "wrong-type" }],
    ["a signal that is none", prompt, { signal: {} }, { option: "signal", reason: "wrong-type" }],
  ])("%s", async (_, text, options, expected) => {
    const error = await refusal(text, options);
    expect(error).toMatchObject({ code: "invalid-options", ...expected });
    expect(error.message).not.toContain("\n");
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["an option that the agent has not", { effort: "high" }, "effort"],
    [
      "an MCP server that the agent cannot reach",
      { mcpServers: { a: { type: "http", url: "http://x" } } },
      "mcpServers.a",
    ],
    ["a way of the option that the agent has not", { systemPrompt: { append: "x" } }, "systemPrompt"],
    ["an option that is not built yet", { sandbox: {} }, "sandbox"],
    ["a clean home", { isolation: "clean" }, "isolation"],
    ["permissions that nothing enforces", { permissions: "read-only" }, "permissions"],
  ])("%s is unsupported-option", async (_, options, option) => {
    expect(await refusal(prompt, options)).toMatchObject({ code: "unsupported-option", option });
  });

  test("several mistakes are told at once", async () => {
    const { message, option } = await refusal("", { modle: "m", model: "" });
    expect(option).toBe("modle");
    expect(message).toMatch(/modle.*model is empty.*prompt is empty/);
  });

  test.each([
    ["missing", "missing", () => "/nowhere/at/all"],
    ["a file", "not-a-directory", () => join(temporaryDirectory(), "file")],
  ])("a cwd that is %s is cwd-not-found", async (_, reason, place) => {
    const cwd = place();
    if (reason === "not-a-directory") writeFileSync(cwd, "");
    expect((await start(prompt, { cwd }).settled).error).toMatchObject({
      code: "cwd-not-found",
      option: "cwd",
      reason,
    });
  });

  test("a session of another directory is session-not-found", async () => {
    const session = { provider: "scripted", id: "1", cwd: "/" };
    expect(await refusal(prompt, { session })).toMatchObject({ code: "session-not-found", reason: "other-cwd" });
    const gone = { ...session, cwd: "/home/me/gone" };
    expect(await refusal(prompt, { session: gone })).toMatchObject({ code: "session-not-found", reason: "cwd-gone" });
  });

  test("a missing executable says how to install the agent", async () => {
    const { error } = await start(prompt, { executable: "/nowhere/agent" }).settled;
    expect(error).toMatchObject({ code: "executable-not-found", option: "executable" });
    expect(error?.hint).toContain("it comes with the tests");
  });

  test("a journal that was asked for must be writable", async () => {
    const file = join(temporaryDirectory(), "file");
    writeFileSync(file, "");
    expect(await refusal(prompt, { journal: join(file, "journal") })).toMatchObject({
      option: "journal",
      reason: "unwritable",
    });
  });
});

test("lenient makes what cannot be honoured a warning", async () => {
  const { warnings, text } = await start(prompt, { effort: "high", addDirs: ["/"], lenient: true });
  expect(warnings).toEqual([
    "scripted cannot honour effort; going on without it",
    "scripted cannot honour addDirs; going on without it",
  ]);
  expect(text).toBe("Hello.");
});

test("a state directory that nobody asked for is replaced, with a warning", async () => {
  const home = temporaryDirectory();
  const before = { ...process.env };
  mkdirSync(join(home, "state"));
  // A file where the directory should be stops root too; a mode would not.
  writeFileSync(join(home, "state", "hitch"), "");
  chmodSync(join(home, "state"), 0o700);
  try {
    delete process.env.HITCH_STATE_DIR;
    process.env.XDG_STATE_HOME = join(home, "state");
    process.env.TMPDIR = home;
    const { warnings } = await start(prompt);
    expect(warnings).toMatchObject([expect.stringMatching(/^cannot write to .*; using .*hitch-\d+$/)]);
  } finally {
    Object.assign(process.env, before);
  }
});

describe("bound defaults", () => {
  test.each<[string, Parameters<typeof mergeOptions>, Record<string, unknown>]>([
    ["are replaced", [{ model: "a" }, { model: "b" }], { model: "b" }],
    ["stay for what is not given", [{ model: "a" }, { model: undefined, cwd: "/" }], { model: "a", cwd: "/" }],
    ["are merged by key", [{ env: { A: "1", B: "1" } }, { env: { B: "2" } }], { env: { A: "1", B: "2" } }],
    ["lose a variable that is unset", [{ env: { A: "1" } }, { env: { A: undefined } }], { env: { A: undefined } }],
    ["have their lists replaced", [{ addDirs: ["/a"] }, { addDirs: ["/b"] }], { addDirs: ["/b"] }],
    [
      "merge servers",
      [{ mcpServers: { a: { command: "a" }, b: { command: "b" } } }, { mcpServers: { b: { command: "c" } } }],
      { mcpServers: { a: { command: "a" }, b: { command: "c" } } },
    ],
    ["merge limits", [{ limits: { usd: 1, turns: 5 } }, { limits: { turns: 2 } }], { limits: { usd: 1, turns: 2 } }],
    [
      "merge time limits",
      [{ timeouts: { total: 1 } }, { timeouts: { idle: false } }],
      { timeouts: { total: 1, idle: false } },
    ],
  ])("%s", (_, [defaults, options], expected) => {
    expect(mergeOptions(defaults, options)).toEqual(expected);
  });
});
