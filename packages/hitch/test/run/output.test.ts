import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import { z } from "zod";
import type { OutputRung } from "../../src/provider.ts";
import type { HarnessOptions } from "../../src/run/options.ts";
import type { Run } from "../../src/run/run.ts";
import type { HarnessError } from "../../src/vocabulary/error.ts";
import type { HitchEvent } from "../../src/vocabulary/events.ts";
import { expectNothingAlive } from "../support/no-leftovers.ts";
import { answer, scripted, type Step } from "../support/scripted-agent.ts";
import { start, temporaryDirectory } from "../support/start.ts";

const schema = z.object({ age: z.int().max(100) });
const session: Step = {
  line: { events: [{ type: "session", session: { provider: "scripted", id: "s1", cwd: "/" } }] },
};
const submit = (value: unknown): Step => ({ callTool: { arguments: value } });
/** The agent does not wait for the answer, and may be over before it. */
const submitWithoutWaiting = (value: unknown): Step => ({ line: { output: value } });
const askedBy = (rung: OutputRung) => {
  return { ...scripted, capabilities: { ...scripted.capabilities, output: { rungs: [rung] } } };
};
const byText = askedBy("text");
const byNative = askedBy("native");

/** Runs the agent with these steps for its first, second … start; gives what it was told too. */
function run(starts: readonly (readonly Step[])[], options: HarnessOptions = {}): { run: Run; told: () => Told[] } {
  const directory = temporaryDirectory();
  const file = join(directory, "steps.json");
  writeFileSync(file, JSON.stringify([session, { byStart: { file: join(directory, "starts"), starts } }]));
  const providerOptions = { scripted: { extraArgs: [file] } };
  const started = start("What is her age?", { schema, providerOptions, ...options });
  return { run: started, told: () => readFileSync(`${file}.told`, "utf8").trimEnd().split("\n").map(parseTold) };
}

interface Told {
  readonly prompt: string;
  readonly args: readonly string[];
}

function parseTold(line: string): Told {
  return JSON.parse(line) as Told;
}

async function failureOf({ run }: { run: Run }): Promise<HarnessError> {
  const { error } = await run.settled;
  if (error === undefined) throw new Error("The run did not fail.");
  return error;
}

describe("a value by the tool", () => {
  test("is corrected in the same turn", async () => {
    const { run: started } = run([[submit({ age: "old" }), submit({ age: 42 }), ...answer("Done.")]]);
    const events: HitchEvent[] = [];
    for await (const event of started) events.push(event);
    const result = await started;
    expect(result.output).toEqual({ age: 42 });
    expect(result.text).toBe("Done.");
    expect(result.attempts.map(({ output }) => output)).toMatchObject([
      { via: "tool", issues: [expect.stringContaining("age")], raw: ['{"age":"old"}', '{"age":42}'] },
    ]);
    expect(events.filter(({ type }) => type === "output")).toMatchObject([
      { attempt: 1, via: "tool", valid: false },
      { attempt: 1, via: "tool", valid: true, issues: [] },
    ]);
    const refusal = events.find((event) => event.type === "tool-result" && event.isError);
    expect(JSON.stringify(refusal)).toContain("age");
  });

  test("is enough of an answer: no warning about a missing text", async () => {
    const { run: started } = run([[submit({ age: 42 }), { line: { step: true } }, { line: { ended: true } }]]);
    expect(await started).toMatchObject({ output: { age: 42 }, text: "", warnings: [] });
  });

  test("counts as the last one that was accepted", async () => {
    const steps = [submit({ age: 1 }), submit({ age: 2 }), submit({ age: "old" }), ...answer("Done.")];
    expect((await run([steps]).run).output).toEqual({ age: 2 });
  });

  test("comes out as the schema makes it", async () => {
    const doubled = z.object({ age: z.int().transform((age) => age * 2) });
    const { run: started } = run([[submit({ age: 21 }), ...answer("Done.")]], { schema: doubled });
    expect((await started).output).toEqual({ age: 42 });
  });

  test("may be something else than an object", async () => {
    const { run: started } = run([[submit({ value: [1, 2] }), ...answer("Done.")]], { schema: z.array(z.int()) });
    expect((await started).output).toEqual([1, 2]);
  });

  test("works below a state directory with a long path", async () => {
    const deep = join(temporaryDirectory(), "d".repeat(100), "e".repeat(100));
    const before = process.env.HITCH_STATE_DIR;
    process.env.HITCH_STATE_DIR = deep;
    try {
      expect((await run([[submit({ age: 42 }), ...answer("Done.")]]).run).output).toEqual({ age: 42 });
    } finally {
      process.env.HITCH_STATE_DIR = before;
    }
  });

  test("is looked for in the last message when the tool was not called", async () => {
    const result = await run([answer('```json\n{ "age": 42 }\n```')]).run;
    expect(result.output).toEqual({ age: 42 });
    expect(result.attempts[0]?.output).toMatchObject({ via: "text", raw: ['```json\n{ "age": 42 }\n```'] });
  });
});

describe("a value in the last message", () => {
  test("is asked for again in the same session, with nothing but what was wrong", async () => {
    const { run: started, told } = run([answer('{"age": "old"}'), answer('{"age": 42}')], { provider: byText });
    const result = await started;
    expect(result.output).toEqual({ age: 42 });
    expect(result.usage).toEqual({ inputTokens: 20, outputTokens: 10 });
    expect(result.attempts).toMatchObject([
      { task: "prompt", output: { issues: [expect.stringContaining("age")], raw: ['{"age": "old"}'] } },
      { task: "follow-up", output: { via: "text", issues: [], raw: ['{"age": 42}'] } },
    ]);
    const [first, second] = told();
    expect(first?.prompt).toContain("What is her age?");
    expect(first?.args).not.toContain("--session");
    expect(second?.prompt).toMatch(/^There is no valid result yet:\n- age: .*\n\nDo no new work\. .*$/);
    expect(second?.args).toEqual(["--session", "s1"]);
  });

  test("is not asked for again where there is no session", async () => {
    const provider = { ...byText, decoder: () => ({ line: (text: string) => withoutSession(text) }) };
    const error = await failureOf(run([answer("No idea.")], { provider }));
    expect(error.code).toBe("invalid-output");
    expect(error.result.attempts).toHaveLength(1);
  });

  test("is not asked for again where a session has a name but cannot go on", async () => {
    const { capabilities } = byText;
    const options = { ...capabilities.options, session: false };
    const provider = { ...byText, capabilities: { ...capabilities, options } };
    const error = await failureOf(run([answer("No idea.")], { provider }));
    expect(error.code).toBe("invalid-output");
    expect(error.result.attempts).toHaveLength(1);
  });

  function withoutSession(text: string): ReturnType<ReturnType<typeof scripted.decoder>["line"]> {
    return text.includes('"session"') ? {} : scripted.decoder().line(text);
  }
});

describe("a value by the agent's own way", () => {
  const native = {
    ...scripted,
    capabilities: {
      ...scripted.capabilities,
      output: {
        rungs: ["native", "text"] as const,
        dialect: { closedObjects: true, objectRoot: true, unsupported: ["maximum"] },
      },
    },
  };

  test("is asked for in the agent's dialect, which is undone", async () => {
    const given = z.object({ age: z.int().max(100), name: z.string().optional() });
    const steps = [{ line: { output: { age: 42, name: null } } }, ...answer("Done.")];
    const { run: started, told } = run([steps], { provider: native, schema: given });
    expect((await started).output).toEqual({ age: 42 });
    expect(JSON.parse(told()[0]?.args.at(-1) ?? "")).toMatchObject({
      required: ["age", "name"],
      additionalProperties: false,
    });
    expect(told()[0]?.args.at(-1)).not.toContain("maximum");
  });

  test("is wrong only once where the last message is the value", async () => {
    const wrong = [{ line: { output: { age: 1000 } } }, ...answer('{ "age": 1000 }')];
    const right = [{ line: { output: { age: 42 } } }, ...answer('{ "age": 42 }')];
    const { run: started } = run([wrong, wrong, right], { provider: native, retries: { output: 2 } });
    const result = await started;
    expect(result.output).toEqual({ age: 42 });
    expect(result.attempts.map(({ output }) => output?.issues.length)).toEqual([1, 1, 0]);
    expect(result.attempts.map(({ output }) => output?.via)).toEqual([undefined, undefined, "native"]);
  });

  test("is left for the next way where the dialect cannot say it", async () => {
    const { run: started, told } = run([answer('{"a": 1}')], {
      provider: native,
      schema: z.record(z.string(), z.int()),
    });
    const result = await started;
    expect(result.attempts[0]?.output?.via).toBe("text");
    expect(told()[0]?.prompt).toContain("JSON Schema");
  });
});

describe("a value that never fits", () => {
  const wrong = submit({ age: "old" });

  test("ends the agent when no correction is left, and every answer is kept", async () => {
    const error = await failureOf(run([[wrong, wrong, wrong, wrong, { sleep: 60_000 }]]));
    expect(error).toMatchObject({ code: "invalid-output", message: expect.stringContaining("age") as string });
    expect(error.result.attempts).toHaveLength(1);
    expect(error.result.attempts?.[0]?.output?.raw.slice(0, 3)).toEqual(Array(3).fill('{"age":"old"}'));
    expect(error.result.output).toBeUndefined();
    await expectNothingAlive();
  });

  test("is asked for as often as the caller wants", async () => {
    const texts = ["No.", "Still no.", "Never.", "{}"].map(answer);
    const always = await failureOf(run(texts, { provider: byText }));
    expect(always.code).toBe("invalid-output");
    expect(always.result.attempts?.map(({ output }) => output?.raw)).toEqual([["No."], ["Still no."], ["Never."]]);
    const once = await failureOf(run(texts, { provider: byText, retries: { output: 0 } }));
    expect(once.result.attempts).toHaveLength(1);
  });
});

describe("asked again by the tool", () => {
  const wrong = submit({ age: 1000 });

  test("is said what was wrong with the last value, and nothing that is settled", async () => {
    const starts = [
      [submit({ age: "old" }), wrong, ...answer("Done.")],
      [submit({ age: 42 }), ...answer("Done.")],
    ];
    const { run: started, told } = run(starts);
    const { output, attempts } = await started;
    expect(output).toEqual({ age: 42 });
    expect(attempts.map((attempt) => attempt.output?.raw)).toEqual([
      ['{"age":"old"}', '{"age":1000}', "Done."],
      ['{"age":42}'],
    ]);
    expect(told()[1]?.prompt.match(/^- .*$/gm)).toEqual([expect.stringMatching(/^- age: .*100/)]);
  });

  test("is asked no more than the corrections allow", async () => {
    const error = await failureOf(run([[wrong, wrong, ...answer("Done.")], answer("I said it."), answer("Again.")]));
    expect(error.code).toBe("invalid-output");
    expect(error.result.attempts).toHaveLength(2);
  });
});

describe("whatever the schema and the values are like, the run ends", () => {
  const never = z.object({ age: z.int() }).refine(() => new Promise<boolean>(() => undefined));

  test("when a check never does, with the run's time", async () => {
    const options = { schema: never, timeouts: { total: 1500 } };
    const error = await failureOf(run([[{ background: "true" }, ...answer('{"age": 1}')]], options));
    expect(error.code).toBe("timeout");
    const byTool = await failureOf(run([[submit({ age: 1 })]], options));
    expect(byTool.code).toBe("timeout");
  });

  test("when a check never does, and it is cancelled", async () => {
    const { run: started } = run([answer('{"age": 1}')], { schema: never });
    setTimeout(() => void started.cancel("enough"), 1000);
    expect(await failureOf({ run: started })).toMatchObject({ code: "cancelled", cause: "enough" });
  });

  test("when a value is nested too deeply to be looked at", async () => {
    const deep = "[".repeat(50_000) + "]".repeat(50_000);
    const steps = [{ print: `{"output":${deep}}\n` }, ...answer('{"age": 42}')];
    const { output, attempts } = await run([steps], { provider: byNative }).run;
    expect(output).toEqual({ age: 42 });
    expect(attempts[0]?.output?.issues).toEqual([expect.stringContaining("nested too deeply")]);
  });

  test("when the output is no JSON: the journal has its end all the same", async () => {
    const journal = temporaryDirectory();
    const big = z.object({ age: z.int().transform(BigInt) });
    const { run: started } = run([[submit({ age: 42 }), ...answer("Done.")]], { schema: big, journal });
    expect((await started).output).toEqual({ age: 42n });
    const lines = readFileSync(join(journal, started.id, "events.jsonl"), "utf8")
      .trimEnd()
      .split("\n");
    expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({
      type: "run-finish",
      status: "completed",
      result: { text: "Done.", warnings: [expect.stringContaining("the output is not JSON")] },
    });
  });

  test("when a model gives values without end", async () => {
    const steps = [{ line: { output: { age: 1 } } }, { repeat: { count: 5000, value: { output: { age: 2 } } } }];
    const error = await failureOf(run([[...steps, { sleep: 60_000 }]], { provider: byNative }));
    expect(error.code).toBe("invalid-output");
    expect(error.result.output).toEqual({ age: 2 });
  });
});

test("a check that ends late does not end what is to be kept", async () => {
  const slow = z.object({ age: z.int().max(100) }).refine(async () => {
    await sleep(800);
    return false;
  });
  const directory = temporaryDirectory();
  const steps = [submitWithoutWaiting({ age: 1 }), { background: `sleep 1.5; echo kept > ${directory}/note` }];
  const { run: started } = run([[...steps, ...answer("Done.")]], {
    provider: byNative,
    schema: slow,
    retries: { output: 0 },
    leftovers: "keep",
  });
  expect((await failureOf({ run: started })).code).toBe("invalid-output");
  await vi.waitFor(() => expect(existsSync(join(directory, "note"))).toBe(true), { timeout: 10_000 });
});

test("a submitted value is no side effect: the model's side may fail and be asked again", async () => {
  const failing = [submit({ age: 1 }), { line: { failure: { message: "busy", status: 503, retryAfterMs: 1 } } }];
  const starts = [
    [...failing, { exit: 1 }],
    [submit({ age: 2 }), ...answer("Done.")],
  ];
  const { output, attempts } = await run(starts, { retries: { transient: 1 } }).run;
  expect(output).toEqual({ age: 2 });
  expect(attempts).toHaveLength(2);
});

test("what a refinement quotes of a secret is not told on", async () => {
  const quoting = z.object({ key: z.string().refine(() => false, "sk-0123456789 is no key") });
  const options = { schema: quoting, retries: { output: 0 }, env: { MY_API_KEY: "sk-0123456789" } };
  const error = await failureOf(run([[submit({ key: "a" })]], options));
  expect(error.message).toContain("[redacted] is no key");
});

test("an agent that fails after its value was accepted has failed, with the value in the error", async () => {
  const failure = { message: "Invalid API key", status: 401 };
  const error = await failureOf(run([[submit({ age: 42 }), { line: { failure } }, { exit: 1 }]]));
  expect(error).toMatchObject({ code: "authentication", result: { output: { age: 42 } } });
});

test("a schema that throws is the caller's mistake, told with its cause", async () => {
  const cause = new Error("no database");
  const throwing = z.object({ age: z.int() }).refine(() => {
    throw cause;
  });
  const error = await failureOf(run([[submit({ age: 1 }), { sleep: 60_000 }]], { schema: throwing }));
  expect(error).toMatchObject({ code: "invalid-options", option: "schema", cause });
});

test("a schema that awaits is awaited", async () => {
  const slow = z.object({ age: z.int() }).refine(async ({ age }) => Promise.resolve(age > 18), "a minor");
  const { run: started } = run([[submit({ age: 1 }), submit({ age: 42 }), ...answer("Done.")]], { schema: slow });
  expect((await started).output).toEqual({ age: 42 });
});
