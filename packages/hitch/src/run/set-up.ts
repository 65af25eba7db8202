/** Everything that comes before the first attempt: environment, program, command, files, preparing steps. */
import type { RunProcesses } from "../effects/process/index.ts";
import { writeScratchFiles } from "../effects/scratch.ts";
import { explainClock } from "../policy/clocks.ts";
import { buildEnvironment } from "../policy/environment.ts";
import type { RunRequest } from "../provider.ts";
import { HarnessError } from "../vocabulary/error.ts";
import { prepareAsking, type Asking } from "./asking.ts";
import type { RunContext } from "./execute.ts";
import { toLaunch, toRunRequest, type Launch } from "./launch.ts";
import { locateAgent } from "./locate.ts";
import { prepare } from "./prepare.ts";
import { checkSessionPlace } from "./session-place.ts";
import { takeTurn } from "./session-turn.ts";

/** An agent that can be started, again and again. */
export interface Ready {
  /** Without what asks for an output. */
  readonly request: RunRequest;
  readonly asking?: Asking;
  readonly warnings: readonly string[];
  /** What is to be started for a request. Throws if the provider refuses it. */
  launch(request: RunRequest): Launch;
}

/**
 * Rejects with a HarnessError if the agent is missing, the provider refuses the request, or the time is up. `atEnd` is
 * given what is to be done when the run is over, however it ends.
 */
export async function setUp(
  context: RunContext,
  processes: RunProcesses,
  atEnd: (close: () => void) => void,
): Promise<Ready> {
  const { resolved, surroundings, state, redact, cancelled } = context;
  const { provider, cwd, timeouts, session, schema } = resolved;
  const env = buildEnvironment({ inherited: surroundings.env, cwd, added: resolved.env });
  const scratch = processes.scratchDirectory;
  const request = toRunRequest(resolved, env, scratch);
  const executable = locateAgent(provider, resolved.executable, surroundings.cwd, env);
  const corrections = resolved.retries.output;
  const asking = schema && (await prepareAsking({ provider, schema, corrections, scratch }));
  if (asking) atEnd(() => asking.close());
  const launch = (next: RunRequest): Launch => {
    const command = provider.command(asking?.addTo(next) ?? next);
    writeScratchFiles(scratch, command.files ?? {});
    return toLaunch(executable, next, command);
  };
  launch(request); // Refused before anything is started.

  const outOfTime = timeouts.totalMs === undefined ? [] : [AbortSignal.timeout(timeouts.totalMs)];
  const stop = AbortSignal.any([cancelled, ...outOfTime]);
  const commands = { request, executable, processes, redact, stop };
  const waiting = (message: string): void => context.log.publish(0, [{ type: "warning", message }]);
  const warnings = [...(asking?.warnings ?? []), ...(await prepare(provider, state.prepared, commands))];
  if (session && resolved.sessionById) warnings.push(...(await checkSessionPlace(provider, session, commands)));
  if (session && !resolved.fork) atEnd(await takeTurn(state.sessions, session, stop, waiting));
  if (outOfTime[0]?.aborted && !cancelled.aborted) throw new HarnessError(explainClock("total", timeouts));
  return { request, ...(asking && { asking }), warnings, launch };
}
