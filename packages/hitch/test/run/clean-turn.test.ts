/** Two runs in one private home: the one that waits writes nothing there. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import type { Provider } from "../../src/provider.ts";
import { answer, script, scripted } from "../support/scripted-agent.ts";
import { start, temporaryDirectory } from "../support/start.ts";

/** Writes the run's prompt into its home. */
const provider: Provider = {
  ...scripted,
  capabilities: { ...scripted.capabilities, options: { ...scripted.capabilities.options, clean: true } },
  command: (request) => ({ ...scripted.command(request), homeFiles: { prompt: request.prompt } }),
};

test("a run that waits for its turn in a session leaves the files of the one at work alone", async () => {
  vi.stubEnv("HITCH_STATE_DIR", temporaryDirectory());
  onTestFinished(() => void vi.unstubAllEnvs());
  const cwd = temporaryDirectory();
  const session = { provider: "scripted", id: "a", cwd };
  const begun = { line: { events: [{ type: "session", session }] } };
  const options = { provider, isolation: "clean", cwd } as const;
  await start(script(begun, ...answer("Begun.")), options);

  const waits = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  const wait = { shell: "while ! test -e go; do sleep 0.05; done; cp ~/prompt seen.txt" };
  const first = start(script({ line: { text: "…" } }, wait, ...answer("First.")), {
    ...{ ...options, session },
    onEvent: ({ type }) => type === "text" && started.resolve(),
  });
  await started.promise;
  const second = start(script(...answer("Second.")), {
    ...{ ...options, session },
    onEvent: ({ type }) => type === "warning" && waits.resolve(),
  });
  await waits.promise;
  await start(script({ shell: "touch go" }, ...answer("Go.")), { cwd });
  expect([(await first).text, (await second).text]).toEqual(["First.", "Second."]);
  expect(readFileSync(join(cwd, "seen.txt"), "utf8")).toContain("First.");
});
