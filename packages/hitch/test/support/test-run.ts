import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { agentsBin } from "../../../../scripts/agents-path.js";
import { commandDirectory } from "../../../../scripts/repository.js";

/**
 * The environment that every test file of one run starts with; nothing exists yet. `file-setup.ts` narrows it to a
 * directory of the file's own.
 *
 * - `HITCH_TEST_ROOT`: the directory of the run, under the machine's temp directory, short because paths of sockets are.
 * - `HITCH_TEST_RUN`: what a process of this run is recognised by, in its environment.
 * - `HITCH_AGENTS_BIN`: the directories of the real agents' commands, as in PATH.
 * - `PATH`: with the repository's Node first, which pi needs.
 */
export function describeTestRun(): Record<string, string> {
  const run = randomBytes(4).toString("hex");
  return {
    HITCH_TEST_RUN: run,
    HITCH_TEST_ROOT: join(tmpdir(), `hitch-test-${run}`),
    HITCH_AGENTS_BIN: agentsBin(),
    PATH: [commandDirectory, process.env.PATH ?? ""].join(delimiter),
  };
}
