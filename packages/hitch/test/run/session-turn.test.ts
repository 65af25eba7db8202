import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { thisHost } from "../../src/effects/process/index.ts";
import type { Run } from "../../src/run/run.ts";
import type { HitchEvent } from "../../src/vocabulary/events.ts";
import { answer, script } from "../support/scripted-agent.ts";
import { start, temporaryDirectory } from "../support/start.ts";

const quick = script(...answer("Done."));

function sessionOf(cwd: string) {
  return { cwd, session: { provider: "scripted", id: "shared", cwd } };
}

async function collect(run: Run): Promise<HitchEvent[]> {
  const events: HitchEvent[] = [];
  for await (const event of run) events.push(event);
  return events;
}

function timeOf(events: readonly HitchEvent[], type: HitchEvent["type"]): number {
  return Date.parse(events.find((event) => event.type === type)?.time ?? "");
}

/** A state directory of its own, with a lock on the session of `options`, held by `holder`. Gives the lock's path. */
async function lockSession(options: ReturnType<typeof sessionOf>, holder: string): Promise<string> {
  const state = temporaryDirectory();
  vi.stubEnv("HITCH_STATE_DIR", state);
  onTestFinished(() => void vi.unstubAllEnvs());
  const { holding } = await holdSession(options);
  const [name = ""] = readdirSync(join(state, "sessions"));
  await holding.cancel();
  const path = join(state, "sessions", name);
  writeFileSync(path, holder);
  return path;
}

/** Resolves with a run that has the session, for this time, when its agent has said something. */
async function holdSession(options: ReturnType<typeof sessionOf>, timeMs = 60_000): Promise<{ holding: Run }> {
  const started = Promise.withResolvers<void>();
  const prompt = script({ line: { text: "…" } }, { sleep: timeMs }, ...answer("Done."));
  const holding = start(prompt, { ...options, onEvent: ({ type }) => type === "text" && started.resolve() });
  await started.promise;
  return { holding };
}

test("two runs on one session go one after the other, and the one that waits says so", async () => {
  const options = sessionOf(temporaryDirectory());
  const { holding } = await holdSession(options, 1500);
  const [one, two] = await Promise.all([collect(holding), collect(start(quick, options))]);
  expect(timeOf(two, "attempt-start")).toBeGreaterThanOrEqual(timeOf(one, "attempt-finish"));
  expect(two.filter(({ type }) => type === "warning")).toMatchObject([
    {
      message: expect.stringMatching(
        new RegExp(`^another run is using session shared; .* process ${process.pid}, which holds /.*\\.lock$`),
      ) as string,
    },
  ]);
  expect(two.at(-1)).toMatchObject({ status: "completed" });
});

test("waiting for a session ends with the run's time, and when it is cancelled", async () => {
  const options = sessionOf(temporaryDirectory());
  const { holding } = await holdSession(options);
  const late = start(quick, { ...options, timeouts: { total: 300 } });
  const cancelled = start(quick, options);
  setTimeout(() => void cancelled.cancel("enough"), 300);
  expect((await late.settled).error).toMatchObject({ code: "timeout" });
  expect((await cancelled.settled).error).toMatchObject({ code: "cancelled", cause: "enough" });
  await holding.cancel();
});

test("another session need not be waited for", async () => {
  const options = sessionOf(temporaryDirectory());
  const { holding } = await holdSession(options);
  expect(await start(quick, { ...options, session: "another" })).toMatchObject({ text: "Done.", warnings: [] });
  await holding.cancel();
});

test("a run that waits in vain for another container says for whom, and which lock it is", async () => {
  const options = sessionOf(temporaryDirectory());
  const lock = await lockSession(options, JSON.stringify({ ...thisHost(), pid: 7, pidNamespace: "pid:[1]" }));
  const { error } = await start(quick, { ...options, timeouts: { total: 1000 } }).settled;
  expect(error).toMatchObject({ code: "timeout" });
  const [warning] = error?.result.warnings ?? [];
  expect(warning).toContain("process 7 of another container or machine");
  expect(warning).toContain(lock);
  expect(warning).toContain("not renewed it for 2 minutes");
  expect(existsSync(lock)).toBe(true);
});

test("a lock that says nothing, as after a loss of power, does not stop a run", async () => {
  const options = sessionOf(temporaryDirectory());
  const lock = await lockSession(options, "");
  expect(await start(quick, options)).toMatchObject({ text: "Done.", warnings: [] });
  expect(existsSync(lock)).toBe(false);
});

test("the first run of a process removes the locks of dead ones, whatever their sessions", async () => {
  const options = sessionOf(temporaryDirectory());
  const lock = await lockSession(options, JSON.stringify({ ...thisHost(), startTime: 1 }));
  const state = temporaryDirectory();
  mkdirSync(join(state, "sessions"));
  const moved = join(state, "sessions", "another.lock");
  renameSync(lock, moved);
  vi.stubEnv("HITCH_STATE_DIR", state);
  await start(quick);
  await vi.waitUntil(() => !existsSync(moved), 10_000);
});

test("a session that a run has just opened is its own too", async () => {
  const options = sessionOf(temporaryDirectory());
  const opened = Promise.withResolvers<void>();
  const onEvent = ({ type }: HitchEvent): void => void (type === "text" && opened.resolve());
  const steps = [{ line: { events: [{ type: "session", session: options.session }] } }, { line: { text: "…" } }];
  const first = start(script(...steps, { sleep: 1500 }, ...answer("One.")), { cwd: options.cwd, onEvent });
  await opened.promise;
  const [one, two] = await Promise.all([collect(first), collect(start(quick, options))]);
  expect(timeOf(two, "attempt-start")).toBeGreaterThanOrEqual(timeOf(one, "attempt-finish"));
  expect(one.at(-1)).toMatchObject({ status: "completed", result: { warnings: [] } });
});
