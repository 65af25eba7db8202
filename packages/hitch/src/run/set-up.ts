/** Everything that comes before the first attempt: environment, program, command, files, preparing steps. */
import type { RunProcesses } from "../effects/process/index.ts";
import { writeScratchFiles } from "../effects/scratch.ts";
import { explainClock } from "../policy/clocks.ts";
import { buildEnvironment } from "../policy/environment.ts";
import type { RunRequest } from "../provider.ts";
import { HarnessError } from "../vocabulary/error.ts";
import type { RunContext } from "./execute.ts";
import { toLaunch, toRunRequest, type Launch } from "./launch.ts";
import { locateAgent } from "./locate.ts";
import { prepare } from "./prepare.ts";
import { checkSessionPlace } from "./session-place.ts";

/** An agent that can be started, again and again. */
export interface Ready {
  readonly request: RunRequest;
  readonly launch: Launch;
  readonly warnings: readonly string[];
}

/** Rejects with a HarnessError if the agent is missing, the provider refuses the request, or the time is up. */
export async function setUp(context: RunContext, processes: RunProcesses): Promise<Ready> {
  const { resolved, surroundings, state, redact, cancelled } = context;
  const { provider, cwd, timeouts } = resolved;
  const env = buildEnvironment({ inherited: surroundings.env, cwd, added: resolved.env });
  const request = toRunRequest(resolved, env, processes.scratchDirectory);
  const executable = locateAgent(provider, resolved.executable, surroundings.cwd, env);
  const command = provider.command(request);
  writeScratchFiles(request.scratch, command.files ?? {});

  const outOfTime = timeouts.totalMs === undefined ? [] : [AbortSignal.timeout(timeouts.totalMs)];
  const stop = AbortSignal.any([cancelled, ...outOfTime]);
  const commands = { request, executable, processes, redact, stop };
  const warnings = await prepare(provider, state.prepared, commands);
  const { session } = resolved;
  if (session && resolved.sessionById) warnings.push(...(await checkSessionPlace(provider, session, commands)));
  if (outOfTime[0]?.aborted && !cancelled.aborted) throw new HarnessError(explainClock("total", timeouts));
  return { request, launch: toLaunch(executable, request, command), warnings };
}
