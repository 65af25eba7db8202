/** Runs a real agent on a mock model, through the library or the command line, and keeps all there is to judge. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text as readAll } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import { harness } from "../../../src/harness.ts";
import type { HarnessOptions } from "../../../src/run/options.ts";
import { refusedUrl, startMockModel, type RecordedRequest, type Turns } from "../../../src/testing/index.ts";
import type { HitchEvent } from "../../../src/vocabulary/events.ts";
import { agentExecutable } from "../../support/agents.ts";
import { assertEvent } from "../../support/event-schema.ts";
import { waitToStart } from "./start-gate.ts";
import type { Endpoint, Place, RealAgent } from "./agents.ts";

export type FinishEvent = Extract<HitchEvent, { type: "run-finish" }>;

/** A run that is over. */
export interface Ran extends Place {
  /** All of them were checked against the published schema. */
  readonly events: readonly HitchEvent[];
  readonly finish: FinishEvent;
  /** What the model was asked. */
  readonly requests: readonly RecordedRequest[];
  /** Of the command line's process. */
  readonly exitCode?: number | null;
}

export interface RunPlan extends Partial<Omit<Endpoint, "baseUrl">> {
  readonly prompt?: string;
  /** What the model does. Without it nothing listens at the endpoint. */
  readonly turns?: Turns;
  /** Made fresh if not given, so that two runs may share it. */
  readonly place?: Place;
  /** Merged into the agent's own configuration. */
  readonly configuration?: Record<string, unknown>;
  readonly totalMs?: number;
  /** For the library only. */
  readonly options?: HarnessOptions;
}

/** A way into Hitch. */
export type Door = (agent: RealAgent, plan: RunPlan) => Promise<Ran>;

/** Longer than any of these runs may take, and shorter than the tests' own limit. */
const longestMs = 200_000;

const root = realpathSync(mkdtempSync(join(tmpdir(), "real-")));
afterAll(() => rmSync(root, { recursive: true, force: true, maxRetries: 3 }));

/** The agents' runtimes keep caches in the temp directory. They get one of their own, so that ours stays clean. */
export const agentsTemp = join(root, "tmp");
mkdirSync(agentsTemp);

/** A project directory and one beside it, both fresh; they live as long as the test file. */
export function freshPlace(): Place {
  const directory = mkdtempSync(join(root, "p"));
  const place = { cwd: join(directory, "project"), home: join(directory, "home") };
  for (const path of Object.values(place)) mkdirSync(path);
  return place;
}

export const runLibrary: Door = (agent, plan) =>
  onModel(agent, plan, async (place, env) => {
    const { options = {} } = plan;
    const events: HitchEvent[] = [];
    const run = harness(plan.prompt ?? "Do it.", {
      provider: agent.id,
      model: agent.model,
      executable: agentExecutable(agent.id),
      cwd: place.cwd,
      permissions: "unrestricted",
      ...options,
      timeouts: { total: plan.totalMs ?? longestMs, ...options.timeouts },
      env: { TMPDIR: agentsTemp, ...env, ...options.env },
    });
    for await (const event of run) events.push(event);
    return { events };
  });

const runCommandLine: Door = (agent, plan) =>
  onModel(agent, plan, async (place, env) => {
    const flags = [
      ...["--json", "--provider", agent.id, "--model", agent.model, "--executable", agentExecutable(agent.id)],
      ...["--cwd", place.cwd, "--permissions", "unrestricted"],
      ...["--timeout", `${plan.totalMs ?? longestMs}ms`, "--env", `TMPDIR=${agentsTemp}`],
    ];
    const child = spawn(process.execPath, [commandLine, "run", ...flags], { env: { ...process.env, ...env } });
    child.stdin.end(plan.prompt ?? "Do it.");
    const [stdout, stderr] = await Promise.all([readAll(child.stdout), readAll(child.stderr), once(child, "close")]);
    if (stdout === "") throw new Error(`hitch run printed nothing on stdout, and on stderr: ${stderr}`);
    const lines = stdout.trimEnd().split("\n");
    return { events: lines.map((line) => JSON.parse(line) as HitchEvent), exitCode: child.exitCode };
  });

export const doors = { library: runLibrary, "command line": runCommandLine } as const;

const commandLine = fileURLToPath(new URL("../../../bin/hitch.js", import.meta.url));

async function onModel(
  agent: RealAgent,
  plan: RunPlan,
  run: (place: Place, env: Record<string, string>) => Promise<Pick<Ran, "events" | "exitCode">>,
): Promise<Ran> {
  await using model = plan.turns && (await startMockModel({ script: plan.turns }));
  const place = plan.place ?? freshPlace();
  const baseUrl = model?.baseUrl ?? `${await refusedUrl()}/v1`;
  const env = agent.configure(place, { ...plan, baseUrl }, plan.configuration);
  const started = await waitToStart(model);
  const ran = await run(place, env).finally(started);
  ran.events.forEach(assertEvent);
  const finish = ran.events.at(-1);
  if (finish?.type !== "run-finish") throw new Error(`The last event is ${JSON.stringify(finish)}`);
  return { ...ran, cwd: place.cwd, home: place.home, finish, requests: [...(model?.requests ?? [])] };
}
