import { mkdirSync, rmSync } from "node:fs";
import type { TestProject } from "vitest/node";
import { buildIfStale } from "../../../../scripts/build.js";
import { graceMs, lastingAfter, processesWithTag, survivors } from "./no-leftovers.ts";
import { tier } from "./tier.ts";
import { describeProcess, environmentOf, type ProcessRecord } from "./proc.ts";

/**
 * Before the first file: dist is what the sources say (types unchecked: `npm run check` does that) and the run's
 * directory exists. After the last one: nothing of the run is alive; the directory goes, with what a crashed file left. A
 * run of all agents ends with the page of the matrix.
 */
export function setup(project: TestProject): () => Promise<void> {
  const { HITCH_TEST_RUN: run, HITCH_TEST_ROOT: root } = project.config.env as Record<string, string>;
  if (run === undefined || root === undefined) throw new Error("vitest.config.ts has to pass describeTestRun() as env");
  buildIfStale({ check: false });
  mkdirSync(root);
  const before = new Set(processesWithTag().map(identityOf));

  return async () => {
    if (tier === "all") await (await import("../conformance/support/matrix-page.ts")).writeMatrixPage();
    const alive = await lastingAfter(graceMs, () => [
      ...survivors({ marker: `${run}/`, ancestor: undefined }),
      ...processesWithTag().filter((record) => !before.has(identityOf(record)) && !isOfAnotherRun(record, run)),
    ]);
    rmSync(root, { recursive: true, force: true });
    if (alive.length === 0) return;
    throw new Error(`The test run left behind:\n${alive.map((record) => `- ${describeProcess(record)}`).join("\n")}`);
  };
}

function identityOf({ pid, startTicks }: ProcessRecord): string {
  return `${pid}/${startTicks}`;
}

function isOfAnotherRun({ pid }: ProcessRecord, run: string): boolean {
  const marker = environmentOf(pid).find((entry) => entry.startsWith("HITCH_TEST_RUN="));
  return marker !== undefined && !marker.startsWith(`HITCH_TEST_RUN=${run}`);
}
