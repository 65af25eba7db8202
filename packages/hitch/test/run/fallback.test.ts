import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Provider } from "../../src/provider.ts";
import type { HarnessOptions } from "../../src/run/options.ts";
import type { Run } from "../../src/run/run.ts";
import { HarnessError } from "../../src/vocabulary/error.ts";
import type { HitchEvent } from "../../src/vocabulary/events.ts";
import { answer, scripted, type Step } from "../support/scripted-agent.ts";
import { start, temporaryDirectory } from "../support/start.ts";

interface Told {
  readonly prompt: string;
  readonly args: readonly string[];
}

/** What the agents of a chain do, start by start, and what each was told. */
interface Chain {
  readonly run: Run;
  /** By provider id; of one that was never started, nothing. */
  readonly told: (id: string) => readonly Told[];
}

/** Runs with the scripted agent under several names; each plays its own starts. */
function runChain(
  parts: Readonly<Record<string, readonly Step[][]>>,
  options: HarnessOptions = {},
  different: Readonly<Record<string, Partial<Provider>>> = {},
): Chain {
  const directory = temporaryDirectory();
  const fileOf = (id: string): string => join(directory, `${id}.json`);
  const providers = Object.entries(parts).map(([id, starts]) => {
    const steps = [{ byStart: { file: join(directory, `${id}.starts`), starts } }];
    writeFileSync(fileOf(id), JSON.stringify(steps));
    return { ...scripted, ...different[id], id };
  });
  const providerOptions = Object.fromEntries(providers.map(({ id }) => [id, { extraArgs: [fileOf(id)] }]));
  const run = start("Fix it.", { provider: providers, providerOptions, ...options });
  const told = (id: string): Told[] => {
    const file = `${fileOf(id)}.told`;
    if (!existsSync(file)) return [];
    return readFileSync(file, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Told);
  };
  return { run, told };
}

async function collect(run: Run): Promise<HitchEvent[]> {
  const events: HitchEvent[] = [];
  for await (const event of run) events.push(event);
  return events;
}

const failWith = (failure: object): Step[] => [{ line: { failure: { message: "no", ...failure } } }, { exit: 1 }];
const turnedAway = failWith({ status: 401 });
const busy = failWith({ status: 503, retryAfterMs: 1 });
const session: Step = {
  line: { events: [{ type: "session", session: { provider: "scripted", id: "s1", cwd: "/" } }] },
};
const edited: Step = {
  line: {
    events: [
      { type: "tool-call", toolCallId: "1", toolName: "edit", kind: "edit", input: {} },
      { type: "file-change", path: "total.js", change: "edit" },
      { type: "tool-result", toolCallId: "1", output: "", isError: false },
    ],
  },
};

describe("a list of providers", () => {
  test("goes no further than the first that answers", async () => {
    const { run, told } = runChain({ first: [answer("Done.")], second: [answer("Never.")] });
    const result = await run;
    expect(result).toMatchObject({
      provider: "first",
      text: "Done.",
      attempts: [{ provider: "first", task: "prompt" }],
    });
    expect(told("second")).toEqual([]);
  });

  test("falls back when one cannot log in: as if the next had been the first", async () => {
    const { run, told } = runChain({ first: [turnedAway], second: [answer("Done.")] });
    const events = await collect(run);
    expect(events.filter(({ type }) => type === "fallback")).toMatchObject([
      { from: "first", to: "second", reason: "authentication: no" },
    ]);
    const result = await run;
    expect(result).toMatchObject({ provider: "second", text: "Done." });
    expect(result.attempts).toMatchObject([
      { provider: "first", verdict: { ok: false, code: "authentication" } },
      { provider: "second", task: "prompt", verdict: { ok: true } },
    ]);
    expect(told("second")).toMatchObject([{ prompt: "Fix it." }]);
  });

  test("falls back when an agent is not installed, and says so", async () => {
    const missing: Provider = {
      ...scripted,
      id: "missing",
      agent: { ...scripted.agent, launch: [{ name: "no-such" }] },
    };
    const there = join(temporaryDirectory(), "steps.json");
    writeFileSync(there, JSON.stringify(answer("Done.")));
    const providerOptions = { scripted: { extraArgs: [there] } };
    const result = await start("Fix it.", { provider: [missing, scripted], providerOptions });
    expect(result).toMatchObject({ provider: "scripted", text: "Done." });
    expect(result.warnings).toEqual([expect.stringMatching(/^missing could not start: executable-not-found: /)]);
    expect(result.attempts).toHaveLength(1);
  });

  test("tries one again before the next, as often as `retries` says", async () => {
    const { run, told } = runChain({ first: [busy], second: [answer("Done.")] }, { retries: { transient: 1 } });
    expect(await run).toMatchObject({ provider: "second" });
    expect(told("first")).toHaveLength(2);
  });

  test("never falls back because the task failed", async () => {
    const { run, told } = runChain({ first: [failWith({ status: 400 })], second: [answer("Never.")] });
    expect((await run.settled).error).toMatchObject({ code: "agent-error", result: { provider: "first" } });
    expect(told("second")).toEqual([]);
  });

  test("that fails to its end fails as its last one, and names those before", async () => {
    const { run } = runChain({ first: [turnedAway], second: [failWith({ status: 404, message: "no such model" })] });
    const { error } = await run.settled;
    expect(error).toMatchObject({ code: "model-not-found", result: { provider: "second" } });
    expect(error?.message).toBe("no such model (also failed: first: authentication: no)");
    expect(error?.result.attempts).toHaveLength(2);
  });

  test("that ends with one that cannot start fails as the one before, which tells more", async () => {
    const missing: Provider = {
      ...scripted,
      id: "missing",
      agent: { ...scripted.agent, launch: [{ name: "no-such" }] },
    };
    const file = join(temporaryDirectory(), "steps.json");
    writeFileSync(file, JSON.stringify(busy));
    const options = { retries: { transient: 0 }, providerOptions: { scripted: { extraArgs: [file] } } };
    const { error } = await start("Fix it.", { provider: [scripted, missing], ...options }).settled;
    expect(error).toMatchObject({ code: "overloaded", retryable: true, result: { provider: "scripted" } });
    expect(error?.message).toMatch(/^no \(also failed: missing: executable-not-found: /);
  });

  test("keeps the cause of what went wrong with a later one", async () => {
    const mistake = new Error("mistake");
    const broken: Provider = {
      ...scripted,
      id: "broken",
      decoder: () => ({
        line: () => {
          throw mistake;
        },
      }),
    };
    const file = join(temporaryDirectory(), "steps.json");
    writeFileSync(file, JSON.stringify(turnedAway));
    const own = { extraArgs: [file] };
    const { error } = await start("Fix it.", {
      provider: [scripted, broken],
      providerOptions: { scripted: own, broken: own },
    }).settled;
    expect(error).toMatchObject({ code: "internal", cause: mistake });
  });

  test("starts no other one when the run has spent what it may, and says so", async () => {
    const first = [{ line: { step: true } }, ...turnedAway];
    const { run, told } = runChain({ first: [first], second: [answer("Never.")] }, { limits: { turns: 1 } });
    const { error } = await run.settled;
    expect(error).toMatchObject({ code: "authentication" });
    expect(error?.result.warnings).toEqual([
      expect.stringContaining("no fallback to second: The run's limit of 1 turn"),
    ]);
    expect(told("second")).toEqual([]);
  });

  test("has one clock", async () => {
    const slow = [{ sleep: 1500 }, ...turnedAway];
    const parts = { first: [slow], second: [[{ sleep: 60_000 }]] };
    const { run } = runChain(parts, { timeouts: { total: 3000 } });
    const { error } = await run.settled;
    expect(error).toMatchObject({ code: "timeout" });
    expect(error?.result.durationMs).toBeLessThan(20_000);
  });

  test("sums up what all have used, and answers with what the last one said", async () => {
    const first = [session, { line: { text: "Half." } }, { line: { step: true } }, ...turnedAway];
    const { run } = runChain({ first: [first], second: [answer("Done.")] });
    const result = await run;
    expect(result).toMatchObject({ text: "Done.", usage: { inputTokens: 20, outputTokens: 10 }, turns: 2 });
    expect(result.session).toBeUndefined();
  });

  test("leaves one alone that asked to wait, in later runs of the process", async () => {
    const limited = failWith({ status: 429, retryAfterMs: 600_000 });
    const parts = { limited: [limited, answer("Back.")], second: [answer("Done.")] };
    const env = { WHOSE: "of this test alone" };
    const { run, told } = runChain(parts, { env });
    expect(await run).toMatchObject({ provider: "second" });
    const later = runChain(parts, { env });
    const events = await collect(later.run);
    const result = await later.run;
    expect(events[0]).toMatchObject({ type: "run-start", provider: "second" });
    expect(result).toMatchObject({ provider: "second", attempts: [{ provider: "second" }] });
    expect(result.warnings).toEqual([expect.stringContaining("limited is asked last")]);
    expect(told("limited")).toHaveLength(1);
    expect(later.told("limited")).toEqual([]);
    // Somebody else's key may have room.
    expect(await runChain(parts, { env: { WHOSE: "another's" } }).run).toMatchObject({ attempts: [{}, {}] });
  });
});

describe("after a tool has changed something in place", () => {
  test("the next agent takes the work over, and is told what was changed", async () => {
    const { run, told } = runChain({ first: [[edited, ...turnedAway]], second: [answer("Done.")] });
    const result = await run;
    expect(result.attempts).toMatchObject([{ task: "prompt" }, { provider: "second", task: "hand-over" }]);
    const [{ prompt } = { prompt: "" }] = told("second");
    expect(prompt).toMatch(/^Fix it\.\n/);
    expect(prompt).toContain("- total.js (edit)");
    expect(prompt).toContain("another agent");
  });

  const refusing = {
    "has no room for the longer prompt": { capabilities: { ...scripted.capabilities, maxPromptBytes: 20 } },
    "refuses it": {
      command: () => {
        throw new HarnessError({ code: "unsupported-option", message: "Not that." });
      },
    },
  };
  test.each(Object.entries(refusing))("an agent that %s is passed over", async (_, small) => {
    const parts = { first: [[edited, ...turnedAway]], small: [answer("Never.")], last: [answer("Done.")] };
    const { run, told } = runChain(parts, {}, { small });
    const result = await run;
    expect(result).toMatchObject({ provider: "last", attempts: [{ provider: "first" }, { task: "hand-over" }] });
    expect(result.warnings).toEqual([expect.stringMatching(/^small could not start: (invalid|unsupported)-option/)]);
    expect(told("small")).toEqual([]);
  });

  test.each(Object.entries(refusing))(
    "and one that %s as the last tells less than that before it",
    async (_, small) => {
      const { run } = runChain({ first: [[edited, ...turnedAway]], small: [answer("Never.")] }, {}, { small });
      const { error } = await run.settled;
      expect(error).toMatchObject({ code: "authentication", result: { provider: "first", attempts: [{}] } });
      expect(error?.message).toMatch(/^no \(also failed: small: (invalid|unsupported)-option/);
    },
  );

  test("a transient failure is followed by the same session, which carries on", async () => {
    const { run, told } = runChain({ only: [[session, edited, ...busy], answer("Done.")] });
    const result = await run;
    expect(result).toMatchObject({ text: "Done.", attempts: [{ task: "prompt" }, { task: "carry-on" }] });
    const [first, second] = told("only");
    expect(first).toMatchObject({ prompt: "Fix it." });
    expect(second?.args).toEqual(["--session", "s1"]);
    expect(second?.prompt).toMatch(/Carry on where you stopped/);
    expect(second?.prompt).not.toContain("Fix it.");
  });

  test("a transient failure without a session is the end, with the reason", async () => {
    const { run, told } = runChain({ only: [[edited, ...busy]] });
    const { error } = await run.settled;
    expect(error).toMatchObject({ code: "overloaded" });
    expect(error?.result.warnings).toEqual([
      "not tried again: the agent had already changed or executed something, and has no session to go on",
    ]);
    expect(told("only")).toHaveLength(1);
  });

  test.each(["--resume=all", "../../other", "a\0b"])("a session called %j is not carried on", async (id) => {
    const odd = { line: { events: [{ type: "session", session: { provider: "scripted", id, cwd: "/" } }] } };
    const { run, told } = runChain({ only: [[odd, edited, ...busy]] });
    expect((await run.settled).error).toMatchObject({ code: "overloaded" });
    expect(told("only")).toHaveLength(1);
  });

  test("carrying on that fails before it did anything is asked again for the same", async () => {
    const { run, told } = runChain({ only: [[session, edited, ...busy], [session, ...busy], answer("Done.")] });
    expect((await run).attempts.map(({ task }) => task)).toEqual(["prompt", "carry-on", "carry-on"]);
    expect(told("only")[2]?.args).toEqual(["--session", "s1"]);
  });
});

describe("a session and a list", () => {
  const belongs = { provider: "second", id: "s1" };

  test("go on with the session's own agent alone", async () => {
    const cwd = temporaryDirectory();
    const parts = { first: [answer("Never.")], second: [answer("Done.")] };
    const { run, told } = runChain(parts, { cwd, session: { ...belongs, cwd } });
    const result = await run;
    expect(result).toMatchObject({ provider: "second", text: "Done." });
    expect(result.warnings).toEqual(["a session belongs to one agent: no fallback to first in this run"]);
    expect(told("first")).toEqual([]);
  });
});

describe("a list that cannot be used", () => {
  test.each([
    ["an empty one", { provider: [] }, { option: "provider", reason: "empty" }],
    ["one with a stranger", { provider: [scripted, "nobody"] }, { option: "provider", reason: "unknown-value" }],
    ["one program for all", { provider: [scripted, scripted], executable: "/bin/true" }, { option: "executable" }],
    [
      "an option that a later one cannot honour",
      {
        provider: [
          {
            ...scripted,
            capabilities: { ...scripted.capabilities, options: { ...scripted.capabilities.options, effort: true } },
          },
          scripted,
        ],
        effort: "high",
      },
      { code: "unsupported-option", option: "effort" },
    ],
  ] as const)("%s is refused before anything starts", async (_, options, refusal) => {
    const { error } = await start("Fix it.", { ...(options as HarnessOptions) }).settled;
    expect(error).toMatchObject(refusal);
    expect(error?.result.attempts ?? []).toEqual([]);
  });
});
