import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { journalPath } from "../../../src/effects/journal.ts";
import { thisHost } from "../../../src/effects/process/index.ts";
import { openState, type State } from "../../../src/effects/state.ts";
import { readStoredRun } from "../../../src/run/history/stored-run.ts";
import { storeRun, type Stored } from "../../cli/stored-run.ts";
import { temporaryDirectory } from "../../support/start.ts";

const runId = "3f2a9c01b7e";
const startedAtMs = Date.parse("2026-03-01T12:00:00Z");
const known = { runId, provider: "pi", cwd: "/home/me/project", title: "Why?", startedAt: "2026-03-01T12:00:00.000Z" };

function makeState(stored: Partial<Stored> = {}): State {
  const state = openState({ HITCH_STATE_DIR: temporaryDirectory() });
  storeRun(state.directory, { runId, startedAtMs, ...stored });
  return state;
}

function writeRecord({ active }: State, host: object): void {
  mkdirSync(join(active, runId));
  const record = { version: 1, mark: { runId, bornAt: 0 }, parents: [], cwd: "/srv/app", startedAt: known.startedAt };
  writeFileSync(join(active, runId, "record.json"), JSON.stringify({ ...record, host: { ...thisHost(), ...host } }));
}

describe("a run that is over", () => {
  test("the last event tells how it ended, the first one what it was", async () => {
    const result = { provider: "pi", model: "m", durationMs: 1234, cost: { usd: 0.5, source: "reported" } } as const;
    const { run, finish } = await readStoredRun(makeState({ finish: { result } }), runId);
    expect(run).toEqual({
      ...known,
      status: "completed",
      model: "m",
      durationMs: 1234,
      cost: result.cost,
      journal: true,
    });
    expect(finish).toMatchObject({ type: "run-finish", result });
  });

  test("a failure has its code", async () => {
    const error = { code: "timeout", message: "", hint: "", retryable: false } as const;
    const { run } = await readStoredRun(makeState({ finish: { status: "failed", error, result: {} } }), runId);
    expect(run).toEqual({ ...known, status: "failed", code: "timeout", journal: true });
  });

  test("a run that was cancelled before its first event", async () => {
    const state = makeState();
    const event = {
      runId,
      attempt: 0,
      seq: 0,
      time: known.startedAt,
      type: "run-finish",
      status: "cancelled",
      result: {},
    };
    writeFileSync(journalPath(state.runs, runId), `${JSON.stringify(event)}\n`);
    expect((await readStoredRun(state, runId)).run).toEqual({
      ...{ runId, status: "cancelled", startedAt: known.startedAt, journal: true },
    });
  });
});

describe("a run without a last event", () => {
  test("is running while its host lives", async () => {
    const state = makeState({ finish: false });
    writeRecord(state, {});
    expect((await readStoredRun(state, runId)).run).toEqual({ ...known, status: "running", journal: true });
  });

  test("is running where its host cannot be seen", async () => {
    const state = makeState({ finish: false });
    writeRecord(state, { machine: "elsewhere", bootId: "another" });
    expect((await readStoredRun(state, runId)).run.status).toBe("running");
  });

  test("is lost when its host is gone", async () => {
    const state = makeState({ finish: false });
    writeRecord(state, { startTime: 1 });
    expect((await readStoredRun(state, runId)).run).toEqual({ ...known, status: "lost", code: "lost", journal: true });
  });

  test("is lost without a record, and half a last event is none", async () => {
    const half = `{"runId":"${runId}","type":"run-finish","seq":1,"status":"completed"`;
    const { run, finish } = await readStoredRun(makeState({ finish: false, tail: half }), runId);
    expect({ status: run.status, finish }).toEqual({ status: "lost", finish: undefined });
  });

  test("is running while it is being opened, but not for ever", async () => {
    const state = makeState();
    const path = journalPath(state.runs, runId);
    writeFileSync(path, "");
    expect((await readStoredRun(state, runId)).run).toEqual({ runId, status: "running", journal: true });
    utimesSync(path, startedAtMs / 1000, startedAtMs / 1000);
    expect((await readStoredRun(state, runId)).run).toEqual({ runId, status: "lost", code: "lost", journal: true });
  });

  test("without a journal its record tells what it can", async () => {
    const state = openState({ HITCH_STATE_DIR: temporaryDirectory() });
    writeRecord(state, {});
    const { cwd, startedAt } = { cwd: "/srv/app", startedAt: known.startedAt };
    expect((await readStoredRun(state, runId)).run).toEqual({
      runId,
      status: "running",
      cwd,
      startedAt,
      journal: false,
    });
  });
});
