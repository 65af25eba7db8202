/** Everything that comes before the first attempt: environment, program, command, files, preparing steps. */
import type { RunProcesses } from "../effects/process/index.ts";
import { writeScratchFiles } from "../effects/scratch.ts";
import { explainClock } from "../policy/clocks.ts";
import { buildEnvironment } from "../policy/environment.ts";
import type { Provider, RunRequest } from "../provider.ts";
import { HarnessError } from "../vocabulary/error.ts";
import { prepareAsking, type Asking } from "./asking.ts";
import { cancelledBy } from "./cancelled.ts";
import { promptTooLarge } from "./check-prompt.ts";
import type { RunContext } from "./execute.ts";
import { toLaunch, toRunRequest, type Launch } from "./launch.ts";
import { locateAgent } from "./locate.ts";
import { prepare } from "./prepare.ts";
import { checkSessionPlace } from "./session-place.ts";
import { createTurns, type Turns } from "./session-turn.ts";
import type { Stop } from "./values.ts";
import { warn } from "./warn.ts";

/** An agent that can be started, again and again. */
export interface Ready {
  readonly request: RunRequest;
  readonly asking?: Asking;
  readonly turns: Turns;
  readonly stop: Stop;
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
  const { resolved, surroundings, state, redact } = context;
  const { provider, cwd, session, schema } = resolved;
  const env = buildEnvironment({ inherited: surroundings.env, cwd, added: resolved.env });
  const scratch = processes.scratchDirectory;
  const program = locateAgent(provider, resolved.executable, surroundings.cwd, env);
  const corrections = resolved.retries.output;
  const asking = schema && (await prepareAsking({ provider, schema, corrections, scratch }));
  if (asking) atEnd(() => asking.close());
  const plain = toRunRequest(resolved, env, scratch);
  const request = asking?.firstRequest(plain) ?? plain;
  assertPromptFits(provider, request.prompt);
  const launch = (next: RunRequest): Launch => {
    const command = provider.command(next);
    writeScratchFiles(scratch, command.files ?? {});
    return toLaunch(program, next, command);
  };
  launch(request); // Refused before anything is started.

  const stop = stopOf(context);
  const commands = { request, program, processes, redact, stop: stop.signal };
  const warnings = [...(asking?.warnings ?? []), ...(await prepare(provider, state.prepared, commands))];
  if (session && resolved.sessionById) warnings.push(...(await checkSessionPlace(provider, session, commands)));
  const turns = createTurns(state.sessions, (message) => warn(context.log, [message]));
  atEnd(() => turns.release());
  if (session && !resolved.fork) await turns.wait(session, stop.signal);
  if (stop.signal.aborted) throw stop.explain();
  return { request, ...(asking && { asking }), turns, stop, warnings, launch };
}

function stopOf({ resolved: { timeouts }, cancelled }: RunContext): Stop {
  const outOfTime = timeouts.totalMs === undefined ? [] : [AbortSignal.timeout(timeouts.totalMs)];
  return {
    signal: AbortSignal.any([cancelled, ...outOfTime]),
    explain: () => (cancelled.aborted ? cancelledBy(cancelled) : new HarnessError(explainClock("total", timeouts))),
  };
}

/** With what asks for an output it may be longer than the caller's. */
function assertPromptFits(provider: Provider, prompt: string): void {
  const problem = promptTooLarge(provider, prompt);
  if (problem === undefined) return;
  throw new HarnessError({ code: "invalid-options", option: "schema", reason: "too-large", message: problem });
}
