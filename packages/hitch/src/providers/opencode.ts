/**
 * OpenCode, tested with 1.18.33.
 *
 *     opencode run --format json --agent build --model=provider/model … < prompt
 *
 * Understood: `step_start`, `text`, `reasoning`, `tool_use`, `step_finish`, `error`; the log and messages on stderr.
 * One plain process: no `serve`, no `--attach` (loses output), no port.
 *
 * What surprised us:
 * - A message on the command line is wrapped in quotes before the model sees it; stdin arrives as it is.
 * - It works where `PWD` says, whatever the process's directory is.
 * - A permission that would have to be asked for ends the run with exit code 0 and no word, so no rule of ours asks.
 * - An agent's own permissions stand behind the general ones, and naming an agent in the configuration creates it.
 *   So we always name the agent that runs, and can enforce `read-only` only for those that come with OpenCode.
 *   A plugin could do better, but with one in its configuration OpenCode first waits for an npm install (a minute).
 * - "Session not found" is its word for whatever kept it from opening a session: a locked or half migrated database,
 *   OPENCODE_SERVER_PASSWORD in the environment (until 1.17.0), a session that is none.
 * - An unknown `--variant` is ignored.
 * - A failed call of the model is tried five times more, after 2, 4, 8, 16 and 30 s, and nothing can change that.
 */
import { defineProvider } from "../provider.ts";
import { opencodeCapabilities, opencodeFunctions } from "./formats/opencode-command.ts";
import { opencodeAgent, opencodeNames } from "./formats/opencode-names.ts";

export const opencode = defineProvider({
  id: "opencode",
  agent: opencodeAgent,
  capabilities: opencodeCapabilities,
  ...opencodeFunctions(opencodeNames),
});
