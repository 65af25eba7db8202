/** What is known of a run from outside of its host: from the ends of its journal, and from its record while it lives. */
import { setTimeout as sleep } from "node:timers/promises";
import { journalPath } from "../../effects/journal.ts";
import { findLiveRun } from "../../effects/process/index.ts";
import type { State } from "../../effects/state.ts";
import { readEnds } from "../../effects/stored-journal.ts";
import type { ErrorCode } from "../../vocabulary/codes.ts";
import { HarnessError } from "../../vocabulary/error.ts";
import type { HitchEvent, RunStatus } from "../../vocabulary/events.ts";
import { parseObject } from "../../vocabulary/json.ts";
import type { Cost } from "../../vocabulary/usage.ts";

/** A run as `hitch runs` lists it. */
export interface StoredRun {
  readonly runId: string;
  /** `lost`: its host died before the run was over. */
  readonly status: RunStatus | "running" | "lost";
  /** Why it failed, or was lost. */
  readonly code?: ErrorCode;
  readonly provider?: string;
  readonly model?: string;
  /** ISO 8601, UTC. */
  readonly startedAt?: string;
  readonly durationMs?: number;
  readonly cost?: Cost;
  readonly cwd?: string;
  readonly title?: string;
  /** Its events are kept. */
  readonly journal: boolean;
}

/** A stored run with its last event, if it came so far. */
export interface StoredEnd {
  readonly run: StoredRun;
  readonly finish?: RunFinish;
}

type RunStart = Extract<HitchEvent, { type: "run-start" }>;
type RunFinish = Extract<HitchEvent, { type: "run-finish" }>;

/** Between the moment when nothing of a run is alive any more and its last event lies less than this. */
const settlingMs = 250;

/** Between the making of a journal and the first event lies less than this. */
const openingMs = 5_000;

/** How many journals are open at once. */
const atOnce = 32;

/** Looks at a run. One that nobody ever heard of is `lost`. */
export async function readStoredRun(state: State, runId: string): Promise<StoredEnd> {
  const found = await look(state, runId);
  if (found.run.status !== "lost") return found;
  await sleep(settlingMs);
  return look(state, runId);
}

/** Looks at many runs, in their order. The results themselves, which may be large, are let go. */
export async function readStoredRuns(state: State, runIds: readonly string[]): Promise<readonly StoredRun[]> {
  const lookAtAll = async (ids: readonly string[]): Promise<readonly StoredRun[]> => {
    const runs: StoredRun[] = [];
    for (let from = 0; from < ids.length; from += atOnce) {
      const found = await Promise.all(ids.slice(from, from + atOnce).map((runId) => look(state, runId)));
      runs.push(...found.map(({ run }) => run));
    }
    return runs;
  };
  const runs = await lookAtAll(runIds);
  const lost = runs.filter(({ status }) => status === "lost").map(({ runId }) => runId);
  if (lost.length === 0) return runs;
  await sleep(settlingMs);
  const again = new Map((await lookAtAll(lost)).map((run) => [run.runId, run]));
  return runs.map((run) => again.get(run.runId) ?? run);
}

/** An event in a line of a journal; `undefined` if a torn disk left something else there. */
export function parseEvent(line: string): HitchEvent | undefined {
  const value = parseObject(line);
  return typeof value?.type === "string" && typeof value.seq === "number"
    ? (value as unknown as HitchEvent)
    : undefined;
}

/** The error of a run whose host died. */
export function lostRun(runId: string): HarnessError {
  return new HarnessError({ code: "lost", message: `run ${runId} is lost: its host died before it was over` });
}

async function look(state: State, runId: string): Promise<StoredEnd> {
  // First the record: a run that ends meanwhile has its last event by the time the journal is read.
  const live = findLiveRun(state.active, runId);
  const ends = await readEnds(journalPath(state.runs, runId));
  const start = ends?.first === undefined ? undefined : asStart(parseEvent(ends.first));
  const finish = ends?.last === undefined ? undefined : asFinish(parseEvent(ends.last));
  const isOpening = ends?.first === undefined && ends !== undefined && Date.now() - ends.changedMs < openingMs;
  const isHostGone = live?.host.state === "dead" || live?.host.state === "from-earlier-boot";
  const isAlive = (live !== undefined && !isHostGone) || isOpening;
  const run: StoredRun = {
    runId,
    ...describeEnd(finish, isAlive),
    ...describeStart(start, finish),
    ...(live && { cwd: live.cwd, startedAt: live.startedAt }),
    ...(start && { cwd: start.cwd, startedAt: start.time, title: start.title }),
    journal: ends !== undefined,
  };
  return { run, ...(finish && { finish }) };
}

function describeEnd(finish: RunFinish | undefined, isAlive: boolean): Pick<StoredRun, "status"> & Partial<StoredRun> {
  if (finish === undefined) return isAlive ? { status: "running" } : { status: "lost", code: "lost" };
  const { status, error, result } = finish;
  return {
    status,
    ...(error && { code: error.code }),
    ...(result.durationMs !== undefined && { durationMs: result.durationMs }),
    ...(result.cost && { cost: result.cost }),
    startedAt: finish.time,
  };
}

/** The result knows better than the start: it may name the model that the agent chose, or another provider. */
function describeStart(start: RunStart | undefined, finish: RunFinish | undefined): Partial<StoredRun> {
  const provider = finish?.result.provider ?? start?.provider;
  const model = finish?.result.model ?? start?.model;
  return { ...(provider !== undefined && { provider }), ...(model !== undefined && { model }) };
}

function asStart(event: HitchEvent | undefined): RunStart | undefined {
  return event?.type === "run-start" ? event : undefined;
}

function asFinish(event: HitchEvent | undefined): RunFinish | undefined {
  return event?.type === "run-finish" ? event : undefined;
}
