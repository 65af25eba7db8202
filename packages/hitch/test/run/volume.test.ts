import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { text as readAll } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { HarnessOptions } from "../../src/run/options.ts";
import type { HitchEvent } from "../../src/vocabulary/events.ts";
import { expectNothingAlive } from "../support/no-leftovers.ts";
import { answer, script, scriptedExecutable, type Step } from "../support/scripted-agent.ts";
import { start, temporaryDirectory } from "../support/start.ts";
import { isThorough } from "../support/tier.ts";

const countingHost = fileURLToPath(new URL("../fixtures/hosts/counting-host.js", import.meta.url));
const megabyte = 1_000_000;
const ended = { line: { ended: true } };

/** Lines of a kilobyte each, as agents print them. */
function flood(bytes: number, to: "stdout" | "stderr" = "stdout"): Step {
  const value = { text: "x".repeat(1000 - '{"text":""}\n'.length) };
  return { repeat: { count: bytes / 1000, value, to } };
}

interface Seen {
  readonly status: string;
  readonly events: number;
  readonly texts: number;
  readonly textLength: number;
  readonly isInOrder: boolean;
  readonly warnings: readonly string[];
  readonly stderr: { readonly head: string; readonly tail: string };
  /** The most memory that the host process had, in MB. */
  readonly peakMb: number;
}

/** Runs the scripted agent in a host process of its own. */
async function countEvents(steps: readonly Step[], options: HarnessOptions, firstPauseMs = 0): Promise<Seen> {
  const place = { cwd: temporaryDirectory(), ...options };
  const request = { executable: scriptedExecutable, prompt: script(...steps), options: place, firstPauseMs };
  const env = { ...process.env, HOST_REQUEST: JSON.stringify(request) };
  const host = spawn(process.execPath, [countingHost], { env, stdio: ["ignore", "pipe", "pipe"] });
  const [said, errors] = await Promise.all([readAll(host.stdout), readAll(host.stderr)]);
  if (said === "") throw new Error(`the host said nothing, and on stderr: ${errors}`);
  return JSON.parse(said) as Seen;
}

describe("in bounded memory", () => {
  // A gigabyte takes a while: it is for a thorough run, where the memory is bounded by the same number.
  test.each(isThorough ? [1000] : [300])("%i MB of output become events", { timeout: 240_000 }, async (megabytes) => {
    const seen = await countEvents([flood(megabytes * megabyte), ended], { journal: false });
    const counts = { texts: megabytes * 1000, textLength: megabytes * 988_000 };
    expect(seen).toMatchObject({ status: "completed", ...counts, isInOrder: true });
    expect(seen.peakMb).toBeLessThan(150);
  });

  test("200 MB of output go through the journal", { timeout: 120_000 }, async () => {
    const seen = await countEvents([flood(200 * megabyte), ended], { journal: temporaryDirectory() });
    expect(seen).toMatchObject({ status: "completed", texts: 200_000, isInOrder: true });
    expect(seen.peakMb).toBeLessThan(150);
  });

  test("100 MB are read back from the journal when they are asked for late", { timeout: 120_000 }, async () => {
    const seen = await countEvents([flood(100 * megabyte), ended], { journal: temporaryDirectory() }, 3_000);
    expect(seen).toMatchObject({ status: "completed", texts: 100_000, textLength: 98.8 * megabyte, isInOrder: true });
    expect(seen.peakMb).toBeLessThan(150);
  });

  test("a flood of 500 MB on stderr is kept at its beginning and its end", { timeout: 120_000 }, async () => {
    const steps = [{ stderr: "first words\n" }, flood(500 * megabyte, "stderr"), { stderr: "last words\n" }, ended];
    const { warnings, stderr, peakMb } = await countEvents([{ line: { text: "Hello." } }, ...steps], {
      journal: false,
    });
    expect(warnings).toEqual(["the agent floods stderr: the rest is read but not shown"]);
    expect(stderr.head).toMatch(/^first words\n/);
    expect(stderr.tail).toMatch(/last words\n$/);
    expect(stderr.head.length + stderr.tail.length).toBeLessThanOrEqual(2 * 8192);
    expect(peakMb).toBeLessThan(150);
  });
});

describe("a long line", () => {
  test("of 50 MB is one event", async () => {
    const seen = await countEvents([{ longLine: 50 * megabyte }, ended], { journal: temporaryDirectory() });
    expect(seen).toMatchObject({ status: "completed", texts: 1, textLength: 50 * megabyte, warnings: [] });
  });

  test("beyond the limit is a warning, and what follows it is read", async () => {
    const seen = await countEvents([{ longLine: 80 * megabyte }, { line: { text: "After." } }, ended], {});
    expect(seen).toMatchObject({ status: "completed", texts: 1, textLength: 6 });
    expect(seen.warnings).toMatchObject([expect.stringMatching(/^a line of the agent was too long/)]);
  });
});

test("characters survive being cut at every byte", async () => {
  const text = "aé€😀\u2028Ω";
  const line = Buffer.from(`${JSON.stringify({ text })}\n`);
  const pieces = [...line.keys()].flatMap((cut) => [line.subarray(0, cut), line.subarray(cut)]);
  const hex = pieces.map((piece) => piece.toString("hex"));
  const events = await collect(start(script({ pieces: hex }, ...answer("Done."))));
  const texts = events.flatMap((event) => (event.type === "text" ? [event.text] : []));
  expect(texts).toEqual([...Array<string>(line.length).fill(text), "Done."]);
});

describe("a slow consumer", () => {
  // More than the pipes and the memory of a run hold together.
  const steps = (done: string): Step[] => [flood(20 * megabyte), { shell: `touch ${done}` }, ...answer("Done.")];

  test("without a journal makes the agent wait, and misses nothing", async () => {
    const done = join(temporaryDirectory(), "done");
    const run = start(script(...steps(done)), { journal: false });
    const events: HitchEvent[] = [];
    for await (const event of run) {
      events.push(event);
      if (event.seq % 1000 === 2) await sleep(50);
      if (event.seq !== 2) continue;
      await sleep(2_000);
      expect(existsSync(done)).toBe(false);
    }
    expect(existsSync(done)).toBe(true);
    expectAll(events);
  });

  test("with a journal doesn't, and reads back what it missed", async () => {
    const done = join(temporaryDirectory(), "done");
    const run = start(script(...steps(done)));
    const events: HitchEvent[] = [];
    for await (const event of run) {
      events.push(event);
      if (event.seq === 2) await expect.poll(() => existsSync(done), { timeout: 30_000 }).toBe(true);
      if (event.seq % 1000 === 2) await sleep(50);
    }
    expectAll(events);
  });

  test("does not slow down a quick one beside it", async () => {
    const done = join(temporaryDirectory(), "done");
    const run = start(script(...steps(done)));
    const slow = run[Symbol.asyncIterator]();
    await slow.next();
    expectAll(await collect(run));
    const late: HitchEvent[] = [];
    for (let next = await slow.next(); !next.done; next = await slow.next()) late.push(next.value);
    expect(late.map(({ seq }) => seq)).toEqual(late.map((_, index) => index + 1));
    expect(late.at(-1)?.type).toBe("run-finish");
  });

  function expectAll(events: readonly HitchEvent[]): void {
    expect(events.every(({ seq }, index) => seq === index)).toBe(true);
    expect(events.filter(({ type }) => type === "text")).toHaveLength(20_001);
    expect(events.at(-1)).toMatchObject({ type: "run-finish", status: "completed" });
  }
});

test("who comes late to a long run without a journal still sees its end", async () => {
  const run = start(script(flood(5 * megabyte), ...answer("Done.")), { journal: false });
  await run;
  for (const _ of ["first", "second"]) expect((await collect(run)).at(-1)).toMatchObject({ type: "run-finish" });
});

test.each([true, false])(
  "a consumer that throws ends the run, in the middle of a flood (journal: %s)",
  async (journal) => {
    const run = start(script(flood(2_000 * megabyte)), { journal });
    const consume = async (): Promise<void> => {
      for await (const event of run) if (event.seq === 1000) throw new Error("a mistake of the consumer's");
    };
    await expect(consume()).rejects.toThrow("a mistake of the consumer's");
    expect(await run.settled).toMatchObject({ status: "cancelled", error: { code: "cancelled" } });
    await expectNothingAlive();
  },
);

async function collect(events: AsyncIterable<HitchEvent>): Promise<HitchEvent[]> {
  const collected: HitchEvent[] = [];
  for await (const event of events) collected.push(event);
  return collected;
}

function sleep(timeMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, timeMs));
}
