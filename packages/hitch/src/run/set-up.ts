/** Everything that comes before the first attempt: environment, program, command, files, preparing steps. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunProcesses } from "../effects/process/index.ts";
import { buildEnvironment } from "../policy/environment.ts";
import type { RunRequest } from "../provider.ts";
import type { RunContext } from "./execute.ts";
import { toLaunch, toRunRequest, type Launch } from "./launch.ts";
import { locateAgent } from "./locate.ts";
import { prepare } from "./prepare.ts";

/** An agent that can be started, again and again. */
export interface Ready {
  readonly request: RunRequest;
  readonly launch: Launch;
  readonly warnings: readonly string[];
}

/** Rejects with a HarnessError if the agent is missing or the provider refuses the request. */
export async function setUp(context: RunContext, processes: RunProcesses): Promise<Ready> {
  const { resolved, surroundings, state, cancelled } = context;
  const { provider, cwd } = resolved;
  const env = buildEnvironment({ inherited: surroundings.env, cwd, added: resolved.env });
  const request = toRunRequest(resolved, env, processes.scratchDirectory);
  const executable = locateAgent(provider, resolved.executable, surroundings.cwd, env);
  const command = provider.command(request);
  for (const [name, text] of Object.entries(command.files ?? {})) {
    writeFileSync(join(request.scratch, name), text, { mode: 0o600 });
  }
  const preparedDirectory = state.prepared;
  const warnings = await prepare({ provider, request, executable, preparedDirectory, processes, cancelled });
  return { request, launch: toLaunch(executable, request, command), warnings };
}
