import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Agent } from "./agent.ts";
import { agentProcess } from "./agent.ts";
import { bondsFor, parentRuns } from "./containment.ts";
import { thisHost } from "./host.ts";
import { formatMarker, MARKER } from "./marker.ts";
import type { RunMark } from "./members.ts";
import { membersOf } from "./members.ts";
import { currentStartTime, describe } from "./process-table.ts";
import { releaseRun, watchRun } from "./reaper-client.ts";
import { removeRun, runFolder, writeRecord } from "./records.ts";
import { spawnAgent } from "./spawn.ts";
import type { AgentProcess, RunProcesses, RunRequest, StartRequest } from "./types.ts";

const RENEW_WITHIN_MS = 120_000;

/**
 * Opens a run: writes its record and has the reaper watch it, before anything is started.
 * Rejects when the record can't be written.
 */
export async function openRun(request: RunRequest): Promise<RunProcesses> {
  const { runId, activeDirectory, cwd, renewWithinMs = RENEW_WITHIN_MS } = request;
  const bonds = await bondsFor(runId);
  const parents = parentRuns();
  const marker = formatMarker(parents, runId);
  const mark = markOf(runId, bonds.range);
  const members = membersOf(mark);
  const directory = runFolder(activeDirectory, runId);
  const scratchDirectory = join(directory, "scratch");
  let agent: Agent | undefined;
  let starting: Promise<unknown> = Promise.resolve();
  let closing: Promise<void> | undefined;

  let recorded = false;
  try {
    const startedAt = new Date().toISOString();
    writeRecord(activeDirectory, { version: 1, mark, parents, host: thisHost(), cwd, startedAt });
    recorded = true;
    mkdirSync(scratchDirectory, { mode: 0o700 });
    watchRun({ mark, activeDirectory, renewWithinMs });
  } catch (error) {
    bonds.release();
    // Not the record of another run of the same id. What cannot be removed has its record, and a later sweep tells.
    if (recorded) await removeRun(activeDirectory, runId).catch(() => undefined);
    throw error;
  }

  async function startAgent(request: StartRequest): Promise<AgentProcess> {
    const spawned = await spawnAgent(request, { ...request.env, [MARKER]: marker }, bonds.wrapper);
    if (spawned.identity !== undefined) members.follow(spawned.identity);
    agent = agentProcess(spawned, members, request);
    return agent;
  }

  async function close(): Promise<void> {
    await Promise.allSettled([starting]);
    try {
      if (agent?.isSettled() === false) await agent.end();
      await removeRun(activeDirectory, runId);
      // Not before: what cannot be ended or removed now is the reaper's, when this process is over.
      releaseRun(runId);
    } finally {
      agent?.closePipes();
      bonds.release();
    }
  }

  return {
    runId,
    directory,
    scratchDirectory,
    containment: bonds.containment,
    async start(request) {
      if (closing !== undefined) throw new Error(`run ${runId} is closed`);
      const started = startAgent(request);
      starting = started;
      return started;
    },
    processes: () => members.find().found.map(describe),
    close: () => (closing ??= close()),
  };
}

function markOf(runId: string, range: { lowest: bigint; highest: bigint } | undefined): RunMark {
  const bornAt = currentStartTime();
  if (range === undefined) return { runId, bornAt };
  return { runId, bornAt, tags: { lowest: String(range.lowest), highest: String(range.highest) } };
}
