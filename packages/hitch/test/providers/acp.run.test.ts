import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { acp } from "../../src/providers/acp.ts";
import type { HarnessOptions } from "../../src/run/options.ts";
import type { Run } from "../../src/run/run.ts";
import { at, parseObject } from "../../src/vocabulary/json.ts";
import { expectNothingAlive } from "../support/no-leftovers.ts";
import { start, temporaryDirectory } from "../support/start.ts";

const agent = fileURLToPath(new URL("../fixtures/agents/nasty-acp.js", import.meta.url));

interface Nasty {
  readonly run: Run;
  /** What the agent noted, in its order. */
  readonly notes: () => readonly unknown[];
}

/** An agent that does as it is told. `settings` are what it says before the prompt. */
function startNasty(steps: readonly object[], options: HarnessOptions = {}, settings: object = {}): Nasty {
  const log = join(temporaryDirectory(), "log");
  const command = [agent, JSON.stringify({ ...settings, log })];
  const run = start(JSON.stringify(steps), { provider: acp, providerOptions: { acp: { command } }, ...options });
  const notes = (): readonly unknown[] =>
    readFileSync(log, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map(parseObject);
  return { run, notes };
}

const done = [{ text: "Done." }, { stop: "end_turn" }];

/** What the agent got for each of its questions. */
function answersIn(notes: readonly unknown[]): readonly unknown[] {
  return notes.map((entry) => at(entry, "answer")).filter((answer) => answer !== undefined);
}

function methodsIn(notes: readonly unknown[]): readonly unknown[] {
  return notes.map((entry) => at(entry, "told", "method")).filter((method) => method !== undefined);
}

test("a turn goes from initialize to the end of stdin", async () => {
  const { run, notes } = startNasty(done);
  expect(await run).toMatchObject({ text: "Done.", session: { provider: "acp", id: "nasty-1" } });
  expect(methodsIn(notes())).toEqual(["initialize", "session/new", "session/prompt"]);
  expect(notes().slice(-2)).toEqual([{ stdin: "closed" }, { end: true }]);
  await expectNothingAlive();
});

test("an agent that has answered may exit as it likes", async () => {
  const { run } = startNasty([...done, { exit: 3 }]);
  expect(await run).toMatchObject({ text: "Done." });
  await expectNothingAlive();
});

describe("an agent that asks", () => {
  const edit = { toolCallId: "a", title: "Edit", kind: "edit", locations: [{ path: "../elsewhere.txt" }] };
  const command = { toolCallId: "b", title: "Run", kind: "execute" };

  test.each([
    { level: "read-only", edited: "reject_once", executed: "reject_once" },
    { level: "workspace", edited: "reject_once", executed: "allow_once" },
    { level: "unrestricted", edited: "allow_once", executed: "allow_once" },
  ] as const)("is answered at once: $level", async ({ level, edited, executed }) => {
    // What nobody has proven is not promised: so the levels are those of a provider that promises them.
    const provider = { ...acp, configure: (native: object) => withRules(acp.configure({ ...native })) };
    const steps = [{ permission: edit }, { permission: command }, ...done];
    const { run, notes } = startNasty(steps, { provider, permissions: level });
    await run;
    const chosen = answersIn(notes()).map((answer) => at(answer, "result", "outcome", "optionId"));
    expect(chosen).toEqual([`${edited}-id`, `${executed}-id`]);
  });

  const withRules = (configured: ReturnType<typeof acp.configure>): typeof configured => {
    const enforcedBy = { "read-only": "agent-rules", workspace: "agent-rules", unrestricted: "agent-rules" } as const;
    return { ...configured, capabilities: { ...configured.capabilities, enforcedBy } };
  };

  test("for files, terminals or what nobody knows is told that there is none", async () => {
    const methods = ["fs/read_text_file", "terminal/create", "session/elicitation", "_vendor/thing"];
    const { run, notes } = startNasty([...methods.map((method) => ({ ask: { method } })), ...done]);
    await run;
    expect(answersIn(notes()).map((answer) => at(answer, "error", "code"))).toEqual(methods.map(() => -32601));
  });

  test("but offers no way to allow is told that the question is off", async () => {
    const { run, notes } = startNasty([{ permission: { ...command, options: ["reject_once"] } }, ...done]);
    await run;
    expect(answersIn(notes())).toMatchObject([{ result: { outcome: { outcome: "cancelled" } } }]);
  });
});

describe("an agent that fails", () => {
  const cases: readonly { name: string; steps: readonly object[]; settings?: object; error: object }[] = [
    {
      name: "dies amid its answer",
      steps: [{ text: "half" }, { die: "SIGKILL" }],
      error: { code: "crashed", result: { text: "half" } },
    },
    { name: "exits with 0 before it has answered", steps: [{ exit: 0 }], error: { code: "protocol" } },
    {
      name: "has to log in first",
      steps: [],
      settings: { errors: { "session/new": { code: -32000, message: "Authentication required" } } },
      error: { code: "authentication", message: "Authentication required" },
    },
    {
      name: "speaks another version",
      steps: [],
      settings: { answers: { initialize: { protocolVersion: 2 } } },
      error: { code: "protocol" },
    },
    {
      name: "answers with an error",
      steps: [{ error: { code: -32603, message: "Internal error", data: { details: "429 slow down" } } }],
      error: { code: "rate-limited", message: "429 slow down" },
    },
    { name: "refuses", steps: [{ stop: "refusal" }], error: { code: "content-refused" } },
    { name: "reaches its limit of tokens", steps: [{ stop: "max_tokens" }], error: { code: "output-truncated" } },
    { name: "reaches its limit of calls", steps: [{ stop: "max_turn_requests" }], error: { code: "turn-limit" } },
    { name: "says that somebody cancelled", steps: [{ stop: "cancelled" }], error: { code: "agent-error" } },
    { name: "ends without a reason", steps: [{ text: "Done." }, { result: {} }], error: { code: "agent-error" } },
    { name: "says nothing", steps: [{ stop: "end_turn" }], error: { code: "no-output" } },
  ];

  test.each(cases)("$name", async ({ steps, settings, error }) => {
    const { run } = startNasty(steps, { retries: { transient: 0 } }, settings);
    expect(await run.settled).toMatchObject({ status: "failed", error });
    await expectNothingAlive();
  });

  test("hangs: our clock ends it", async () => {
    const { run } = startNasty([{ hang: true }], { timeouts: { idle: 500 } });
    expect(await run.settled).toMatchObject({ error: { code: "idle-timeout" } });
    await expectNothingAlive();
  });
});

test("garbage between the messages is passed on raw, and changes nothing", async () => {
  const lines = ["no json", '{"jsonrpc":"2.0"}', '{"jsonrpc":"2.0","id":77,"result":{}}', "[1,2]", "null"];
  const { run } = startNasty([...lines.map((line) => ({ print: `${line}\n` })), ...done], { raw: true });
  const raw: string[] = [];
  for await (const event of run) if (event.type === "raw") raw.push(event.line);
  expect(raw).toEqual(expect.arrayContaining(lines));
  expect(await run).toMatchObject({ text: "Done." });
});

describe("what the agent cannot do is refused before the prompt", () => {
  const session = (cwd: string): HarnessOptions => ({ cwd, session: { provider: "acp", id: "nasty-1", cwd } });
  const remote = { type: "http", url: "http://127.0.0.1:9/mcp" } as const;
  const cases: readonly { name: string; options: (cwd: string) => HarnessOptions }[] = [
    { name: "a model", options: () => ({ model: "m" }) },
    { name: "an effort", options: () => ({ effort: "high" }) },
    { name: "a session", options: session },
    { name: "a fork", options: (cwd) => ({ ...session(cwd), fork: true }) },
    { name: "a server over HTTP", options: () => ({ mcpServers: { remote } }) },
  ];

  test.each(cases)("$name", async ({ options }) => {
    const { run, notes } = startNasty(done, options(temporaryDirectory()));
    expect(await run.settled).toMatchObject({ error: { code: "unsupported-option" } });
    expect(methodsIn(notes())).not.toContain("session/prompt");
  });
});

test("a session that is loaded tells its past, which is no part of this run", async () => {
  const cwd = temporaryDirectory();
  const options = { cwd, session: { provider: "acp", id: "nasty-1", cwd } };
  const { run, notes } = startNasty(done, options, { capabilities: { loadSession: true } });
  expect(await run).toMatchObject({ text: "Done.", session: { id: "nasty-1" } });
  expect(methodsIn(notes())).toEqual(["initialize", "session/load", "session/prompt"]);
});

describe("cancelling", () => {
  const cancelAtFirstText = async (steps: readonly object[]): Promise<readonly unknown[]> => {
    const { run, notes } = startNasty([{ text: "I work." }, ...steps]);
    for await (const event of run) if (event.type === "text-delta") await run.cancel("enough");
    expect(await run.settled).toMatchObject({ status: "cancelled", error: { code: "cancelled" } });
    await expectNothingAlive();
    return notes();
  };

  test("is said in the protocol, and an agent that heeds it gets no signal", async () => {
    const notes = await cancelAtFirstText([{ ignoreTerm: true }, { hang: true }]);
    expect(methodsIn(notes)).toContain("session/cancel");
    expect(notes.slice(-2)).toEqual([{ stdin: "closed" }, { end: true }]);
    expect(notes).not.toContainEqual({ signal: "SIGTERM" });
  });

  test.each(["ignore", "talk"])("ends an agent that does not heed it: %s", async (whenCancelled) => {
    const notes = await cancelAtFirstText([{ ignoreTerm: true }, { whenCancelled }, { hang: true }]);
    expect(methodsIn(notes)).toContain("session/cancel");
    expect(notes).toContainEqual({ signal: "SIGTERM" });
    expect(notes).not.toContainEqual({ stdin: "closed" });
  });

  test("answers what is still asked as the protocol wants it", async () => {
    const question = { permission: { toolCallId: "a", title: "Run", kind: "execute" } };
    const notes = await cancelAtFirstText([{ whenCancelled: "ignore" }, { sleep: 200 }, question, { hang: true }]);
    expect(answersIn(notes)).toMatchObject([{ result: { outcome: { outcome: "cancelled" } } }]);
  });
});

test.each([
  { command: undefined, reason: "missing" },
  { command: "opencode acp", reason: "wrong-type" },
  { command: [], reason: "wrong-type" },
  { command: ["opencode", 1], reason: "wrong-type" },
])("a command has to be named: $command", async ({ command, reason }) => {
  const run = start("hi", { provider: acp, providerOptions: { acp: { command } } });
  const error = { code: "invalid-options", option: "providerOptions.acp.command", reason };
  expect(await run.settled).toMatchObject({ status: "failed", error });
});
