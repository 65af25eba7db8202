import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Journal } from "../../src/effects/journal.ts";
import { openJournal } from "../../src/effects/journal.ts";
import { createRedactor } from "../../src/policy/redaction.ts";
import type { Decoder, Provider } from "../../src/provider.ts";
import { createEventLog } from "../../src/run/event-log.ts";
import type { HitchEvent } from "../../src/vocabulary/events.ts";
import { expectNothingAlive } from "../support/no-leftovers.ts";
import { answer, script, scripted } from "../support/scripted-agent.ts";
import { start, temporaryDirectory } from "../support/start.ts";
import { signalProcess } from "../support/signal.ts";

const hang = { sleep: 60_000 };

async function collect(events: AsyncIterable<HitchEvent>): Promise<HitchEvent[]> {
  const collected: HitchEvent[] = [];
  for await (const event of events) collected.push(event);
  return collected;
}

describe("a provider that is broken", () => {
  const broken = (parts: Partial<Provider>): Provider => ({ ...scripted, ...parts });
  const mistake = new Error("mistake");
  const fail = (): never => {
    throw mistake;
  };
  const decoder = (parts: Partial<Decoder>) => () => ({ ...scripted.decoder(), ...parts });

  test.each<[string, Provider]>([
    ["command", broken({ command: fail })],
    ["prepare", broken({ prepare: fail })],
    ["decoder", broken({ decoder: fail })],
    ["decoder.line", broken({ decoder: decoder({ line: fail }) })],
    ["decoder.stderr", broken({ decoder: decoder({ stderr: fail }) })],
    ["decoder.exit", broken({ decoder: decoder({ exit: fail }) })],
  ])("in its %s fails the run as internal, with the exception as cause", async (_, provider) => {
    const { error } = await start(script({ stderr: "x\n" }, ...answer("Hello.")), { provider }).settled;
    expect(error).toMatchObject({ code: "internal", cause: mistake });
    expect(error?.message).toContain("mistake");
  });

  test("keeps what the agent had said before", async () => {
    const provider = broken({ decoder: decoder({ exit: fail }) });
    const { error } = await start(script(...answer("Hello.")), { provider }).settled;
    expect(error?.result).toMatchObject({ text: "Hello.", turns: 1, attempts: [{ verdict: { code: "internal" } }] });
  });

  test("in its last words can still be cancelled", async () => {
    const run = start(script({ line: { text: "a" } }, hang), {
      provider: broken({ decoder: decoder({ cancel: fail }) }),
    });
    for await (const event of run) if (event.type === "text") break;
    expect(await run.settled).toMatchObject({ status: "cancelled" });
    await expectNothingAlive();
  });
});

describe("a listener that throws", () => {
  test.each(["run-start", "text", "attempt-finish"])("at %s is never swallowed", async (type) => {
    const mistake = new Error("mistake");
    const onEvent = (event: HitchEvent): void => {
      if (event.type === type) throw mistake;
    };
    expect(await start(script(...answer("Hello.")), { onEvent }).settled).toMatchObject({
      status: "cancelled",
      error: { code: "cancelled", cause: mistake },
    });
  });
});

describe("a reader that stands still without a journal", () => {
  const flood = script({ repeat: { count: 200_000, value: { text: "x".repeat(200) } } }, ...answer("Done."));

  test.each<[string, (run: ReturnType<typeof start>) => Promise<unknown>]>([
    ["cancel", (run) => run.cancel("enough")],
    ["the clock", (run) => run.settled],
  ])("does not keep the run from ending by %s", async (_, end) => {
    const run = start(flood, { journal: false, timeouts: { total: 3000 } });
    const reader = run[Symbol.asyncIterator]();
    await reader.next();
    await sleep(500);
    await end(run);
    await expectNothingAlive();
    expect((await run.settled).status).not.toBe("completed");
  });
});

describe("the journal", () => {
  const secret = "s3cr3t-v4lue";
  const event = (text: string) => ({ type: "text", id: "1", text }) as const;

  function open(journal: Journal, seen: HitchEvent[] = []) {
    const log = createEventLog({
      runId: "0123456789a",
      now: () => new Date(0),
      journal,
      redact: createRedactor({ MY_TOKEN: secret }),
      onEvent: (heard) => void seen.push(heard),
      onJournalError: (error) => log.publish(0, [{ type: "warning", message: String(error) }]),
    });
    return log;
  }

  test("that fails midway loses no event, keeps the order, and says so", async () => {
    const whole = openJournal(temporaryDirectory(), "0123456789a");
    let left = 2;
    const failing: Journal = {
      ...whole,
      get lengthBytes() {
        return whole.lengthBytes;
      },
      append(lines) {
        if (left-- <= 0) throw new Error("disk full");
        whole.append(lines);
      },
    };
    const seen: HitchEvent[] = [];
    const log = open(failing, seen);
    for (const text of ["a", "b", "c", "d"]) log.publish(1, [event(text)]);
    log.finish();
    const read = await collect(log.read());
    whole.close();
    expect(read.map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4]);
    expect(seen).toEqual(read);
    expect(read.map((one) => (one.type === "text" ? one.text : one.type))).toEqual(["a", "b", "c", "warning", "d"]);
  });

  test("holds no secret, yet a late reader in this process gets every event as it was", async () => {
    const journal = openJournal(temporaryDirectory(), "0123456789a");
    const log = open(journal);
    log.publish(1, [event(`the key is ${secret}`)]);
    for (let count = 0; count < 2000; count++) log.publish(1, [event("x".repeat(1000))]);
    log.finish();
    const [first] = await collect(log.read());
    journal.close();
    expect(first).toMatchObject({ text: `the key is ${secret}` });
    expect(readFileSync(journal.path, "utf8")).not.toContain(secret);
  });

  test("that is removed while a run goes on is told, and iterating does not throw", async () => {
    const directory = temporaryDirectory();
    const run = start(script({ repeat: { count: 20_000, value: { text: "x".repeat(200) } } }, ...answer("Done.")), {
      journal: directory,
    });
    await run;
    rmSync(directory, { recursive: true });
    expect((await collect(run)).at(-1)).toMatchObject({ type: "run-finish", status: "completed" });
  });
});

describe("time and cancel before the first attempt", () => {
  const slow = (file: string): Provider => ({
    ...scripted,
    prepare: () => [{ key: "slow", creates: file, args: [], env: {} }],
    command: ({ prompt }) => ({ args: [], stdin: prompt }),
  });
  /** The step reads its stdin as a script too: an empty one is an error, so give the agent one that hangs. */
  const hanging = (): Provider => {
    const directory = temporaryDirectory();
    const file = join(directory, "hang.sh");
    writeFileSync(file, "#!/bin/sh\nexec sleep 63\n");
    chmodSync(file, 0o755);
    return { ...slow(join(directory, "made")), agent: { ...scripted.agent, launch: [{ name: file }] } };
  };

  test("the run's time covers what is prepared", async () => {
    const run = start(script(hang), { provider: hanging(), timeouts: { total: 1000 } });
    expect(await run.settled).toMatchObject({ error: { code: "timeout", result: { attempts: [] } } });
    await expectNothingAlive();
  });

  test("cancelling ends what is prepared", async () => {
    const run = start(script(hang), { provider: hanging() });
    await sleep(300);
    await run.cancel();
    expect(await run.settled).toMatchObject({ status: "cancelled" });
    await expectNothingAlive();
  });
});

test("a grandchild that goes on printing does not keep a finished agent from being done", async () => {
  const provider: Provider = {
    ...scripted,
    decoder: () => ({ ...scripted.decoder(), exit: () => ({ evidence: [{ type: "ended", ok: true }] }) }),
  };
  const chatter = { chatter: 'trap "" PIPE; while :; do echo \'{"text":"noise"}\'; sleep 0.03; done' };
  const run = start(script(chatter, { line: { text: "Done." } }, { line: { step: true } }), {
    provider,
    timeouts: { total: 20_000 },
  });
  const { warnings } = await run;
  expect(warnings.join("\n")).toContain("outlived the agent and was ended");
  await expectNothingAlive();
});

test("leftovers are kept also if the agent has to be sent off after its last word", async () => {
  const { warnings } = await start(script({ background: "exec sleep 64" }, ...answer("Done."), hang), {
    leftovers: "keep",
  });
  const [, pid] = /^process (\d+) \(sleep 64\) outlives/.exec(warnings.join("\n")) ?? [];
  expect(existsSync(`/proc/${pid}`)).toBe(true);
  signalProcess(Number(pid));
}, 30_000);

test("a last record without a newline counts if it says that all is said", async () => {
  const end = [{ line: { text: "Hello." } }, { print: '{"ended":true}' }];
  expect(await start(script(...end))).toMatchObject({ text: "Hello." });
});

test("a secret at the edge of what is kept of stderr is redacted whole", async () => {
  const secret = "sk-ABCDEFGHIJKLMNOP";
  const steps = [{ stderr: `${"x".repeat(8185)} ${secret}\n` }, ...answer("Hello.")];
  const { attempts } = await start(script(...steps), { env: { MY_API_KEY: secret } });
  const { head, tail } = attempts[0]?.stderr ?? { head: "", tail: "" };
  expect(head + tail).toContain("[redacted]");
});
