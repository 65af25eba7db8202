import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { HarnessError } from "../../src/vocabulary/error.ts";
import type { HitchEvent } from "../../src/vocabulary/events.ts";
import { expectNothingAlive } from "../support/no-leftovers.ts";
import { answer, script } from "../support/scripted-agent.ts";
import { start, temporaryDirectory } from "../support/start.ts";
import { signalProcess } from "../support/signal.ts";

const hang = { sleep: 60_000 };

async function collect(events: AsyncIterable<HitchEvent>): Promise<HitchEvent[]> {
  const collected: HitchEvent[] = [];
  for await (const event of events) collected.push(event);
  return collected;
}

describe("a run that succeeds", () => {
  test("gives text, usage, cost and attempts when awaited", async () => {
    const result = await start(script(...answer("Hello.")), { model: "m", metadata: { ticket: 7 } });
    expect(result).toMatchObject({
      text: "Hello.",
      model: "m",
      usage: { inputTokens: 10, outputTokens: 5 },
      cost: { usd: 0.01, source: "reported" },
      turns: 1,
      permissions: { level: "workspace", enforcedBy: "agent-rules" },
      containment: { tier: "tag" },
      metadata: { ticket: 7 },
      warnings: [],
    });
    expect(result.attempts).toMatchObject([{ verdict: { ok: true }, exit: { code: 0, signal: null } }]);
  });

  test("gives its events when iterated: numbered without gaps, from run-start to one run-finish", async () => {
    const run = start(script(...answer("Hello.")));
    const events = await collect(run);
    expect(events.map(({ type }) => type)).toEqual([
      "run-start",
      "attempt-start",
      "text",
      "finish-step",
      "attempt-finish",
      "run-finish",
    ]);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index));
    expect(new Set(events.map(({ runId }) => runId))).toEqual(new Set([run.id]));
  });

  test("gives every iterator all events, also one that starts after the end", async () => {
    const run = start(script(...answer("Hello.")));
    const [first, second] = await Promise.all([collect(run), collect(run)]);
    expect(second).toEqual(first);
    expect(await collect(run)).toEqual(first);
  });

  test("keeps its events in the journal before anybody sees them", async () => {
    const journal = temporaryDirectory();
    const run = start(script(...answer("Hello.")), { journal });
    for await (const event of run) {
      const lines = readFileSync(join(journal, run.id, "events.jsonl"), "utf8")
        .trimEnd()
        .split("\n");
      expect(JSON.parse(lines[event.seq] ?? "")).toEqual(event);
    }
  });

  test("leaves nothing but its journal, and with journal: false nothing at all", async () => {
    const state = process.env.HITCH_STATE_DIR ?? "";
    const kept = start(script(...answer("Hello.")));
    await kept;
    const gone = start(script(...answer("Hello.")), { journal: false });
    await gone;
    expect(existsSync(join(state, "runs", kept.id))).toBe(true);
    expect(existsSync(join(state, "runs", gone.id))).toBe(false);
    expect(existsSync(join(state, "active", kept.id))).toBe(false);
    expect(existsSync(join(state, "active", gone.id))).toBe(false);
  });
});

describe("a run that fails", () => {
  test("rejects with the code, the agent's message, and everything it had", async () => {
    const prompt = script(
      { line: { text: "Half" } },
      { line: { step: true } },
      { line: { failure: { message: "no", status: 401 } } },
    );
    const error = (await start(prompt).result.catch((caught: unknown) => caught)) as HarnessError;
    expect(error).toMatchObject({ name: "HarnessError", code: "authentication", message: "no", retryable: false });
    expect(error.result).toMatchObject({ text: "Half", usage: { inputTokens: 10 }, turns: 1 });
    expect(error.result.attempts).toHaveLength(1);
  });

  test("never throws in the loop: it ends with run-finish, and settled tells why", async () => {
    const run = start(script({ line: { failure: { message: "busy", status: 503 } } }), { retries: { transient: 0 } });
    const events = await collect(run);
    expect(events.at(-1)).toMatchObject({ type: "run-finish", status: "failed", error: { code: "overloaded" } });
    expect(await run.settled).toMatchObject({ status: "failed", error: { code: "overloaded" } });
  });

  test("raises unhandledRejection if nobody looks at it, and only then", async () => {
    const unhandled: unknown[] = [];
    const listener = (reason: unknown): void => void unhandled.push(reason);
    const others = process.rawListeners("unhandledRejection");
    process.removeAllListeners("unhandledRejection");
    process.on("unhandledRejection", listener);
    try {
      const seen = [start(script({ exit: 1 })), start(script({ exit: 1 }))] as const;
      await Promise.all([collect(seen[0]), seen[1].settled]);
      await sleep(50);
      expect(unhandled).toEqual([]);
      start(script({ exit: 1 }));
      while (unhandled.length === 0) await sleep(20);
      expect(unhandled).toMatchObject([{ code: "crashed" }]);
    } finally {
      process.off("unhandledRejection", listener);
      for (const other of others) process.on("unhandledRejection", other as NodeJS.UnhandledRejectionListener);
    }
  });

  test.each([
    ["exits 0 without having ended", script({ line: { text: "Hello." } }), "protocol"],
    ["prints help and exits 0", script({ print: "Usage: agent [options]\n" }), "protocol"],
    ["ends inside a line", script({ line: { text: "a" } }, { print: '{"text": "b' }), "protocol"],
    ["says nothing and does nothing", script({ line: { ended: true } }), "no-output"],
    ["dies by a signal", script({ die: "SIGSEGV" }), "crashed"],
    ["will never end by itself", script({ line: { stop: "it loops" } }, hang), "protocol"],
  ])("is told from a success when the agent %s", async (_, prompt, code) => {
    expect(await start(prompt).settled).toMatchObject({ status: "failed", error: { code } });
  });
});

describe("cancelling", () => {
  test("ends the process and resolves when nothing is alive", async () => {
    const run = start(script({ ignoreTerm: true }, { line: { text: "Working" } }, { shell: "sleep 61" }));
    for await (const event of run) if (event.type === "text") break;
    await expectNothingAlive();
    expect(await run.settled).toMatchObject({ status: "cancelled", error: { code: "cancelled" } });
  });

  test("by the signal keeps its reason as the cause and what was there", async () => {
    const controller = new AbortController();
    const onEvent = (event: HitchEvent): void => {
      if (event.type === "text") controller.abort("enough");
    };
    const { error } = await start(script({ line: { text: "Working" } }, hang), { signal: controller.signal, onEvent })
      .settled;
    expect(error).toMatchObject({ code: "cancelled", cause: "enough", result: { text: "Working" } });
  });

  test("by a signal that is aborted already starts nothing", async () => {
    const cwd = temporaryDirectory();
    const run = start(script({ shell: "touch started" }), { cwd, signal: AbortSignal.abort("before") });
    expect(await run.settled).toMatchObject({ status: "cancelled", error: { cause: "before" } });
    expect(existsSync(join(cwd, "started"))).toBe(false);
  });

  test("by leaving an await-using block ends the run", async () => {
    let settled;
    {
      await using run = start(script(hang));
      ({ settled } = run);
    }
    expect(await settled).toMatchObject({ status: "cancelled" });
  });

  test("by a listener that throws keeps the exception as the cause", async () => {
    const mistake = new Error("mistake");
    const onEvent = (): never => {
      throw mistake;
    };
    expect(await start(script(hang), { onEvent }).settled).toMatchObject({
      status: "cancelled",
      error: { cause: mistake },
    });
  });

  test("twice, and after the end, is fine", async () => {
    const run = start(script(hang));
    await Promise.all([run.cancel("one"), run.cancel("two")]);
    await run.cancel("three");
    expect(await run.settled).toMatchObject({ error: { cause: "one" } });
  });
});

describe("the clocks", () => {
  test.each([
    ["startup", { startup: 300 }, "startup-timeout"],
    ["total", { total: 300 }, "timeout"],
  ])("%s ends an agent that says nothing", async (_, timeouts, code) => {
    expect(await start(script(hang), { timeouts }).settled).toMatchObject({ error: { code } });
  });

  test("idle ends an agent that falls silent, and what it said is kept", async () => {
    const prompt = script({ line: { text: "Hello." } }, hang);
    const { error } = await start(prompt, { timeouts: { idle: 300 } }).settled;
    expect(error).toMatchObject({ code: "idle-timeout", result: { text: "Hello." } });
  });

  test("idle waits for a tool call that is open", async () => {
    const tool = [{ line: { tool: "1" } }, { sleep: 1500 }, { line: { done: "1" } }];
    expect(await start(script(...tool, ...answer("Done.")), { timeouts: { idle: 700 } }).settled).toMatchObject({
      status: "completed",
    });
  });

  test("idle waits for a process that was born after the last line", async () => {
    const prompt = script({ line: { text: "Working" } }, { shell: "sleep 5" }, ...answer("Done."));
    expect(await start(prompt, { timeouts: { idle: 2500 } }).settled).toMatchObject({ status: "completed" });
  });
});

describe("transient failures", () => {
  test("are tried again in a new attempt", async () => {
    const file = join(temporaryDirectory(), "starts");
    const busy = [{ line: { failure: { message: "busy", status: 503, retryAfterMs: 1 } } }];
    const run = start(script({ byStart: { file, starts: [busy, answer("Hello.")] } }));
    const events = await collect(run);
    expect(events.filter(({ type }) => type === "retry")).toMatchObject([{ reason: "busy" }]);
    const result = await run;
    expect(result.attempts.map(({ verdict }) => verdict)).toMatchObject([
      { ok: false, code: "overloaded" },
      { ok: true },
    ]);
    expect(result.text).toBe("Hello.");
  });

  test("are given up after the retries", async () => {
    const file = join(temporaryDirectory(), "starts");
    const busy = [{ line: { failure: { message: "busy", status: 503, retryAfterMs: 1 } } }];
    const { error } = await start(script({ byStart: { file, starts: [busy] } }), { retries: { transient: 3 } }).settled;
    expect(error?.result.attempts).toHaveLength(4);
  });
});

describe("leftovers of a finished agent", () => {
  const prompt = script({ background: "exec sleep 62" }, ...answer("Done."));

  test("are ended, with a warning that names each", async () => {
    const result = await start(prompt);
    expect(result.warnings).toMatchObject([
      expect.stringMatching(/^process \d+ \(sleep 62\) outlived the agent and was ended$/),
    ]);
    await expectNothingAlive();
  });

  test("live on with keep", async () => {
    const { warnings } = await start(prompt, { leftovers: "keep" });
    const [, pid] = /^process (\d+) /.exec(warnings[0] ?? "") ?? [];
    expect(readFileSync(`/proc/${pid}/cmdline`, "utf8")).toContain("62");
    signalProcess(Number(pid));
  });
});

test("the agent works in cwd, with PWD set and misleading variables gone", async () => {
  const cwd = temporaryDirectory();
  const env = { OPENCODE_SERVER_PASSWORD: undefined, ADDED: "yes", HOME: undefined };
  const { text } = await start(script({ tell: true }, { line: { step: true } }, { line: { ended: true } }), {
    cwd,
    env,
  });
  const told = JSON.parse(text) as { cwd: string; env: Record<string, string> };
  expect(told.cwd).toBe(cwd);
  expect(told.env).toMatchObject({ PWD: cwd, ADDED: "yes" });
  expect(told.env).not.toHaveProperty("HOME");
});

test("secrets are redacted in journal, command and stderr, but not in the text", async () => {
  const journal = temporaryDirectory();
  const secret = 'sk-12345"67890';
  const run = start(script({ stderr: `key ${secret}\n` }, ...answer(`The key is ${secret}`)), {
    journal,
    env: { MY_API_KEY: secret },
    providerOptions: { scripted: { extraArgs: [`--key=${secret}`] } },
  });
  const result = await run;
  expect(result.text).toBe(`The key is ${secret}`);
  expect(result.attempts[0]?.command).toContain("--key=[redacted]");
  expect(result.attempts[0]?.stderr.head).toBe("key [redacted]\n");
  expect(readFileSync(join(journal, run.id, "events.jsonl"), "utf8")).not.toContain("67890");
});

test("an agent that goes on with another session than the one asked for is stopped", async () => {
  const cwd = temporaryDirectory();
  const other = { line: { events: [{ type: "session", session: { provider: "scripted", id: "whole-id", cwd } }] } };
  const { error } = await start(script(other, hang), { cwd, session: "whole" }).settled;
  expect(error).toMatchObject({ code: "session-not-found", message: expect.stringContaining("whole-id") as string });
  await expectNothingAlive();
});
