/** What a run may spend, on a real program. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { defineProvider, type Provider } from "../../src/provider.ts";
import type { HarnessError } from "../../src/vocabulary/error.ts";
import type { LimitSupport } from "../../src/vocabulary/limits.ts";
import { expectNothingAlive } from "../support/no-leftovers.ts";
import { answer, script, scripted, type Step } from "../support/scripted-agent.ts";
import { start, temporaryDirectory } from "../support/start.ts";

/** A call of the model that uses a tool: 15 tokens, 0.01 dollars. */
const work = (id: string): Step[] => [
  { line: { tool: id, kind: "execute" } },
  { line: { done: id } },
  { line: { step: true } },
];
const hang: Step = { sleep: 60_000 };
const busy: Step = { line: { failure: { message: "busy", status: 503, retryAfterMs: 1 } } };

/** The scripted agent, with its limits kept in this way; it shows in its arguments what it is told of them. */
function keeping(support: LimitSupport): Provider {
  return defineProvider({
    ...scripted,
    capabilities: { ...scripted.capabilities, limits: { usd: support, tokens: support, turns: support } },
    command: (request) => ({ args: [JSON.stringify(request.limits)], stdin: request.prompt }),
  });
}

async function failureOf(prompt: string, options: Parameters<typeof start>[1]): Promise<HarnessError> {
  const { error } = await start(prompt, options).settled;
  if (error === undefined) throw new Error("The run did not fail.");
  return error;
}

describe("a limit that is reached", () => {
  test.each([
    [{ turns: 2 }, "turn-limit", "The run's limit of 2 turns is reached."],
    [{ tokens: 20 }, "budget-exceeded", "The run's limit of 20 tokens is reached."],
    [{ usd: 0.02 }, "budget-exceeded", "The run's limit of 0.02 USD is reached."],
  ])("%j ends the agent, with what was spent in the error", async (limits, code, message) => {
    const error = await failureOf(script(...work("a"), ...work("b"), hang), { limits });
    expect(error).toMatchObject({ code, message: `${message} The run spent 2 turns, 30 tokens, 0.02 USD.` });
    expect(error.result).toMatchObject({ turns: 2, usage: { inputTokens: 20, outputTokens: 10 }, cost: { usd: 0.02 } });
    expect(error.result.attempts).toMatchObject([{ verdict: { ok: false, code, message } }]);
    await expectNothingAlive();
  });

  test("waits for a tool that is at work", async () => {
    const cwd = temporaryDirectory();
    const tool: Step[] = [{ line: { tool: "b" } }, { shell: "sleep 0.3; touch done" }, { line: { done: "b" } }];
    await failureOf(script({ line: { step: true } }, ...tool, hang), { cwd, limits: { turns: 1 } });
    expect(existsSync(join(cwd, "done"))).toBe(true);
  });

  test("lets the answer count that reaches it", async () => {
    const result = await start(script(...work("a"), ...answer("Done.")), {
      limits: { turns: 2, tokens: 30, usd: 0.02 },
    });
    expect(result).toMatchObject({ text: "Done.", turns: 2, warnings: [] });
  });

  test("lets the answer count that passes it, and says so", async () => {
    const result = await start(script(...work("a"), ...answer("Done.")), { limits: { usd: 0.015 } });
    const warning = "limits.usd: the answer took the run over its limit of 0.015 USD, to 0.02 USD";
    expect(result).toMatchObject({ text: "Done.", warnings: [warning] });
  });

  test("that cannot be counted ends the run too", async () => {
    const untold: Step = { line: { events: [{ type: "finish-step", cost: { source: "unknown" } }] } };
    const step: Step[] = [{ line: { tool: "a" } }, { line: { done: "a" } }, untold];
    const error = await failureOf(script(...step, ...step, hang), { limits: { usd: 1 } });
    expect(error).toMatchObject({
      code: "unsupported-option",
      message: expect.stringMatching(/^limits\.usd: /) as string,
    });
    expect(error.result.turns).toBe(2);
  });
});

describe("a limit of which an agent stops telling", () => {
  /** A call of the model that tells tokens and no price. */
  const unpriced: Step = {
    line: { events: [{ type: "finish-step", usage: { inputTokens: 10 }, cost: { source: "unknown" } }] },
  };
  const work = (id: string, step: Step): Step[] => [
    { line: { tool: id, kind: "read" } },
    { line: { done: id } },
    { line: { text: "…" } },
    step,
  ];
  const silent = [...work("b", unpriced), ...work("c", unpriced), ...work("d", unpriced), hang];
  const unknown = "limits.usd: whether it was kept is unknown, since not all calls of the model told what they took";
  const end = { line: { ended: true } };
  const told = { line: { step: true } };

  /** Plays these starts, one after the other. */
  const play = (starts: readonly (readonly Step[])[], options: Parameters<typeof start>[1]) =>
    start(script({ byStart: { file: join(temporaryDirectory(), "starts"), starts } }), options);

  test("ends it, though an agent before it had told a price", async () => {
    const provider = [scripted, { ...scripted, id: "other" }];
    const options = { provider, retries: { transient: 0 }, limits: { usd: 1 } };
    const { error } = await play([[told, busy], silent], options).settled;
    expect(error).toMatchObject({ code: "unsupported-option", result: { provider: "other" } });
    expect(error?.message).toContain("limits.usd: ");
    expect(error?.result.turns).toBeLessThanOrEqual(4);
  });

  test("ends it, though it told a price itself at first", async () => {
    const { error } = await play([[told, ...silent]], { limits: { usd: 1 } }).settled;
    expect(error).toMatchObject({ code: "unsupported-option" });
    expect(error?.result.turns).toBeLessThanOrEqual(4);
  });

  test("is said to be uncertain when the run completes", async () => {
    const { warnings } = await play([[...work("a", told), { line: { text: "Done." } }, unpriced, end]], {
      limits: { usd: 1, tokens: 1_000 },
    });
    expect(warnings).toEqual([unknown]);
  });

  test("is said to be uncertain when an attempt that failed told nothing", async () => {
    const starts = [[unpriced, busy], answer("Done.")];
    const { warnings } = await play(starts, { retries: { transient: 1 }, limits: { usd: 1 } });
    expect(warnings).toEqual([unknown]);
  });

  test("counts what was told in an earlier attempt beside what was not", async () => {
    const starts = [
      [told, told, unpriced, busy],
      [...work("a", told), ...work("b", told), hang],
    ];
    const { error } = await play(starts, { retries: { transient: 1 }, limits: { usd: 0.03 } }).settled;
    expect(error).toMatchObject({ code: "budget-exceeded", result: { attempts: [{}, {}] } });
    // What it tells before it is ended is there too.
    expect(error?.message).toMatch(/^The run's limit of 0\.03 USD is reached\. The run spent [45] turns/);
  });
});

describe("no further attempt starts", () => {
  test("after a failure of the model's side, which stays the failure", async () => {
    const error = await failureOf(script({ line: { step: true } }, busy), { limits: { turns: 1 } });
    expect(error).toMatchObject({ code: "overloaded", message: "busy" });
    expect(error.result.attempts).toHaveLength(1);
    expect(error.result.warnings).toEqual(["not tried again: The run's limit of 1 turn is reached."]);
  });

  test("with another provider", async () => {
    const other = { ...scripted, id: "other" };
    const options = { provider: [scripted, other], retries: { transient: 0 }, limits: { turns: 1 } };
    const error = await failureOf(script({ line: { step: true } }, busy), options);
    expect(error.code).toBe("overloaded");
    expect(error.result.attempts?.map(({ provider }) => provider)).toEqual(["scripted"]);
  });

  test("for a value that fits", async () => {
    const session = { type: "session", session: { provider: "scripted", id: "s1", cwd: "/" } };
    const prompt = script({ line: { events: [session] } }, ...answer("No value."));
    const schema = { type: "object", required: ["age"] };
    const provider = { ...scripted, capabilities: { ...scripted.capabilities, output: { rungs: ["text"] as const } } };
    // What asks for the value would stand behind the steps.
    const asked = { ...provider, command: () => ({ args: [], stdin: prompt }) };
    const error = await failureOf("How old is she?", { provider: asked, schema, limits: { turns: 1 } });
    expect(error.code).toBe("turn-limit");
    expect(error.message).toMatch(/^The run's limit of 1 turn is reached\. No answer fitted the schema/);
    expect(error.result.attempts).toHaveLength(1);
  });
});

describe("an agent that keeps its limits itself", () => {
  test("is told what is left, and is not ended by us", async () => {
    const file = join(temporaryDirectory(), "starts");
    const starts = [
      [{ line: { step: true } }, busy],
      [...work("b"), ...work("c"), ...answer("Done.")],
    ];
    const options = { provider: keeping("native"), retries: { transient: 1 }, limits: { usd: 0.04, turns: 3 } };
    const result = await start(script({ byStart: { file, starts } }), options);
    expect(result.attempts.map(({ command }) => command.at(-1))).toEqual([
      '{"usd":0.04,"turns":3}',
      '{"usd":0.03,"turns":2}',
    ]);
    expect(result.warnings).toEqual(["limits.turns: the answer took the run over its limit of 3 turns, to 4 turns"]);
  });

  test("has its own words kept beside ours", async () => {
    const told: Step = { line: { failure: { message: "Max turns. See settings.json", code: "turn-limit" } } };
    const error = await failureOf(script(...work("a"), told), { provider: keeping("native"), limits: { turns: 1 } });
    expect(error.message).toMatch(/^The run's limit of 1 turn is reached\. The run spent 1 turn/);
    expect(error.result.attempts).toMatchObject([{ verdict: { message: "Max turns. See settings.json" } }]);
  });
});

describe("what nobody can keep", () => {
  test.each(["end", "none"] as const)("is refused before anything starts: %s", async (support) => {
    const options = { provider: keeping(support), limits: { tokens: 7 } };
    expect(await failureOf(script(...answer("Hi.")), options)).toMatchObject({
      code: "unsupported-option",
      option: "limits.tokens",
      hint: expect.stringContaining("`timeouts.total`") as string,
      result: {},
    });
  });

  test("is left out when the caller is lenient", async () => {
    const options = { provider: keeping("end"), limits: { turns: 1 }, lenient: true };
    const result = await start(script(...work("a"), ...answer("Hi.")), options);
    expect(result).toMatchObject({ turns: 2, attempts: [{ command: [expect.anything(), "{}"] }] });
    expect(result.warnings).toMatchObject([expect.stringMatching(/^limits\.turns: .*; going on without it$/)]);
  });
});
