import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll } from "vitest";
import { endSurvivors, leftBehind } from "./no-leftovers.ts";

/**
 * Every test file gets a home, a state directory and a temp directory of its own: no test sees another's runs, and none
 * sees the user's configuration. After the file they must be as empty of processes, ports and temp files as before.
 */
const run = process.env.HITCH_TEST_RUN ?? "";
const directory = mkdtempSync(join(process.env.HITCH_TEST_ROOT ?? "", "f"));
const home = join(directory, "home");
const temp = join(directory, "tmp");
for (const path of [home, temp]) mkdirSync(path);

const marker = `${run}/${process.pid}`;
Object.assign(process.env, {
  HITCH_TEST_RUN: marker,
  HITCH_STATE_DIR: join(directory, "state"),
  TMPDIR: temp,
  HOME: home,
  XDG_CONFIG_HOME: join(home, ".config"),
  XDG_DATA_HOME: join(home, ".local/share"),
  XDG_STATE_HOME: join(home, ".local/state"),
  XDG_CACHE_HOME: join(home, ".cache"),
});

afterAll(async () => {
  const left = await leftBehind({ marker, temp });
  endSurvivors(marker);
  rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  if (left.length > 0) throw new Error(`This test file left behind:\n${left.map((line) => `- ${line}`).join("\n")}`);
});
