/**
 * Runs the conformance suite on a real agent of ours.
 *
 * All behaviours of one agent, which writes its row of the matrix and docs/conformance.md:
 *
 *     npm test -- --all packages/hitch/test/conformance/codex
 *
 * Some of them, which mends the row of the same sources (the last argument is part of a title, the behaviour's id included):
 *
 *     HITCH_TEST_TIER=all npx vitest run packages/hitch/test/conformance/codex -t failure-cut
 *
 * `npm test` has none of it. A thorough run, as in CI, has all behaviours of the agents whose provider has changed since its
 * row was written, and of each other one run and what failed then.
 */
import { dirname } from "node:path";
import { afterAll, describe, test, vi } from "vitest";
import { behaviours, openBench, type Subject } from "../../../src/testing/index.ts";
import { waitToStart } from "../../real/support/start-gate.ts";
import { agentExecutable } from "../../support/agents.ts";
import { tier } from "../../support/tier.ts";
import { readRow, writeRow, type Cell } from "./row.ts";
import { hashOf, versionsOf } from "./source-hash.ts";

vi.setConfig({ maxConcurrency: 4, testTimeout: 900_000, hookTimeout: 60_000 });

/** What shows that an agent still runs at all: a tool and a text. */
const oneRun = ["tool-write"];

export function testSubject(subject: Subject): void {
  const { provider, name = provider.id } = subject;
  const executable = agentExecutable(subject.executable);
  const versions = versionsOf(executable);
  const hash = hashOf(provider.id, versions);
  const row = readRow(name);
  const earlier = row?.hash === hash ? row : undefined;
  const isProven = (id: string): boolean => (earlier?.cells[id]?.answer ?? "failed") !== "failed";
  const runs = behaviours.filter(({ id }) => tier === "all" || oneRun.includes(id) || !isProven(id));
  const bench = openBench(subject, { path: dirname(executable), beforeStart: waitToStart });
  const cells = new Map<string, Cell>();
  const startedAtMs = Date.now();

  afterAll(async () => {
    await bench.close();
    const ordered: Record<string, Cell> = {};
    for (const { id } of behaviours) {
      const cell = cells.get(id) ?? earlier?.cells[id];
      if (cell !== undefined) ordered[id] = cell;
    }
    if (tier !== "all" || Object.keys(ordered).length < behaviours.length) return;
    const { version, platform } = process;
    const isWhole = cells.size === behaviours.length || earlier === undefined;
    const seconds = isWhole ? secondsSince(startedAtMs) : earlier.seconds;
    await writeRow({
      subject: name,
      provider: provider.id,
      versions,
      hash,
      node: version,
      platform,
      seconds,
      cells: ordered,
    });
  });

  describe.concurrent(`${name}, as every agent,`, () => {
    for (const { id, title, run } of runs) {
      test(`${title} (${id})`, async () => {
        const ownStartMs = Date.now();
        cells.set(id, { answer: "failed", seconds: 0 });
        try {
          const { holds, ...why } = await run(bench);
          cells.set(id, { answer: holds ? "yes" : "no", ...why, seconds: secondsSince(ownStartMs) });
        } catch (error) {
          cells.set(id, { answer: "failed", seconds: secondsSince(ownStartMs) });
          throw error;
        }
      });
    }
  });
}

function secondsSince(startMs: number): number {
  return Math.round((Date.now() - startMs) / 100) / 10;
}
