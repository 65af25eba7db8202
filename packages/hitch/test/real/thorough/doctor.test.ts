/** `hitch doctor` knows the real agents' versions, and its probe is one small call of their model. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { json, text as readAll } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import type { ProviderReport } from "../../../src/run/doctor/provider.ts";
import { startMockModel, text } from "../../../src/testing/index.ts";
import { agentById, agents } from "../support/agents.ts";
import { freshPlace } from "../support/run-agent.ts";
import { waitToStart } from "../support/start-gate.ts";

vi.setConfig({ testTimeout: 300_000 });

const commandLine = fileURLToPath(new URL("../../../bin/hitch.js", import.meta.url));

test("versions, a login that is there, and an answer of each agent's model", async () => {
  const place = freshPlace();
  await using model = await startMockModel({ script: agents.map(() => text("OK")) });
  const configured = agents.map((agent) => agent.configure(place, { baseUrl: model.baseUrl }));
  const temp = join(place.home, "tmp");
  mkdirSync(temp);
  const env = {
    ...Object.assign({}, process.env, ...configured),
    PATH: `${process.env.HITCH_AGENTS_BIN}:${process.env.PATH}`,
    TMPDIR: temp,
  } as NodeJS.ProcessEnv;

  const started = await waitToStart(model);
  const flags = [
    ...agents.flatMap(({ id }) => ["-p", id]),
    "-C",
    place.cwd,
    "-m",
    agentById.pi.model,
    "--probe",
    "--json",
  ];
  const child = spawn(process.execPath, [commandLine, "doctor", ...flags], { env });
  const [report, stderr] = await Promise.all([
    json(child.stdout) as Promise<{ usable: string[]; providers: ProviderReport[] }>,
    readAll(child.stderr),
    once(child, "close"),
  ]).finally(started);

  expect({ stderr, code: child.exitCode }).toEqual({ stderr: "", code: 0 });
  expect(report.usable).toEqual(agents.map(({ id }) => id));
  for (const { provider, version, testedVersion, probe } of report.providers) {
    expect(version).toBe(testedVersion);
    expect(probe).toMatchObject({ text: "OK", cost: { source: provider === "codex" ? "unknown" : "reported" } });
  }
  // pi's login is the file of models that was written; the others' keys are in their configurations, where nobody looks.
  expect(report.providers.map(({ login }) => login)).toEqual(agents.map(({ id }) => (id === "pi" ? "yes" : "no")));
  expect(model.requests).toHaveLength(agents.length);
  expect(readdirSync(temp).filter((name) => name.startsWith("hitch-"))).toEqual([]);
});
