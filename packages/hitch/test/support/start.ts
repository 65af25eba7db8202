import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { HarnessOptions } from "../../src/run/options.ts";
import { startRun, type Run } from "../../src/run/run.ts";
import type { HitchEvent } from "../../src/vocabulary/events.ts";
import { assertEvent } from "./event-schema.ts";
import { scripted } from "./scripted-agent.ts";

/** A directory that lives as long as the test. */
export function temporaryDirectory(): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "d")));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }));
  return directory;
}

/** Starts a run of the scripted agent in a directory of its own. An event that the schema does not allow cancels it. */
export function start(prompt: unknown, options: HarnessOptions & Record<string, unknown> = {}): Run {
  const cwd = options.cwd ?? temporaryDirectory();
  const lookup = { find: (id: string) => (id === scripted.id ? scripted : undefined), ids: [scripted.id] };
  const surroundings = { env: process.env, cwd: process.cwd() };
  const given = options.onEvent;
  const onEvent = (event: HitchEvent): void => {
    assertEvent(event);
    given?.(event);
  };
  const checked = given === undefined || typeof given === "function" ? { onEvent } : {};
  return startRun(prompt, { provider: scripted, ...options, ...checked, cwd }, lookup, surroundings);
}
