/** Two tenants of one service: what the agent of one sees of the other, when it tries. */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import type { HarnessOptions } from "../../src/run/options.ts";
import type { Provider } from "../../src/provider.ts";
import { putBubblewrapOnPath } from "../support/bubblewrap.ts";
import { answer, script, scripted } from "../support/scripted-agent.ts";
import { start, temporaryDirectory } from "../support/start.ts";

beforeAll(putBubblewrapOnPath);

const provider: Provider = {
  ...scripted,
  capabilities: { ...scripted.capabilities, options: { ...scripted.capabilities.options, clean: true } },
};

let ground = "";

beforeEach(() => {
  ground = temporaryDirectory();
  vi.stubEnv("HITCH_STATE_DIR", join(ground, "state"));
  onTestFinished(() => void vi.unstubAllEnvs());
});

/** The directory of a tenant's project. */
function projectOf(tenant: string): string {
  const cwd = join(ground, tenant);
  mkdirSync(cwd, { recursive: true });
  return cwd;
}

/** Everything that a shell can ask for of others; what cannot be read says nothing. */
const look = `
  for file in /proc/[0-9]*/environ /proc/[0-9]*/cmdline; do tr '\\0' '\\n' < $file; done
  ls -laR ${"$GROUND"} "$HOME/.." /tmp
  cat "$GROUND"/*/note.txt "$HOME"/../*/note.txt "$GROUND"/state/runs/*/*
`;

/** What the second tenant's agent sees while that of the first one is at work. */
async function spy(options: HarnessOptions): Promise<string> {
  const started = Promise.withResolvers<void>();
  const first = start(
    script(
      { line: { events: [{ type: "session", session: { provider: "scripted", id: "session-of-ada", cwd: ground } }] } },
      { shell: 'echo "the note of ada" | tee note.txt > ~/note.txt; touch ~/file-of-ada' },
      { line: { text: "…" } },
      { sleep: 60_000 },
    ),
    {
      ...{ provider, isolation: "clean", ...options, cwd: projectOf("project-of-ada") },
      env: { ADA: "the key of ada" },
      onEvent: ({ type }) => type === "text" && started.resolve(),
    },
  );
  await started.promise;
  const cwd = projectOf("project-of-bob");
  await start(script({ shell: `(${look}) > seen.txt 2> /dev/null` }, ...answer("Done.")), {
    ...{ provider, isolation: "clean", ...options, cwd },
    env: { GROUND: ground },
  });
  await first.cancel();
  return readFileSync(join(cwd, "seen.txt"), "utf8");
}

const traces = ["the key of ada", "the note of ada", "file-of-ada", "project-of-ada", "session-of-ada"];

test("in sandboxes they see nothing of each other: no variable, file, name of a file, session or journal", async () => {
  const seen = await spy({ sandbox: true });
  expect(seen).toContain("GROUND=");
  expect(traces.filter((trace) => seen.includes(trace))).toEqual([]);
});

test("without a sandbox they are programs of one user, and see what they look for", async () => {
  const seen = await spy({});
  expect(traces.filter((trace) => seen.includes(trace))).toEqual(traces);
});
