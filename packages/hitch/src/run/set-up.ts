/** Everything that comes before the first attempt: environment, program, command, files, preparing steps. */
import { writeHomeFiles } from "../effects/home-files.ts";
import { findHomes } from "../effects/homes.ts";
import { writeScratchFiles } from "../effects/scratch.ts";
import { carryOnPrompt } from "../output/instructions.ts";
import { explainClock } from "../policy/clocks.ts";
import type { FailedVerdict } from "../policy/verdict.ts";
import type { RunRequest } from "../provider.ts";
import { HarnessError } from "../vocabulary/error.ts";
import type { Session } from "../vocabulary/result.ts";
import { askFailure } from "./ask-failure.ts";
import { prepareAsking, type Asking } from "./asking.ts";
import { cancelledBy } from "./cancelled.ts";
import type { Course } from "./chain.ts";
import { promptTooLarge } from "./check-prompt.ts";
import type { RunContext } from "./execute.ts";
import { fillHome, openHome } from "./home.ts";
import { environmentIn, toLaunch, toRunRequest, type Launch } from "./launch.ts";
import { locateAgent } from "./locate.ts";
import { prepare } from "./prepare.ts";
import type { ResolvedOptions } from "./resolve.ts";
import { openSandbox } from "./sandbox.ts";
import { checkSessionPlace } from "./session-place.ts";
import { createTurns } from "./session-turn.ts";
import { timeLeftMs } from "./time-left.ts";
import type { Stop } from "./values.ts";
import { warn } from "./warn.ts";

/** An agent that can be started, again and again. */
export interface Ready {
  readonly request: RunRequest;
  readonly asking?: Asking;
  readonly stop: Stop;
  readonly warnings: readonly string[];
  /** What is to be started for a request. Throws if the provider refuses it. */
  launch(request: RunRequest): Launch;
  /** The agent says in which session it works. */
  readonly onSession: (session: Session) => void;
  /** What the agent knows of a failure besides what it printed. */
  readonly explain: (session: Session | undefined, verdict: FailedVerdict) => Promise<FailedVerdict>;
  /** The request that goes on in the session of a failed attempt. */
  carryOn(session: Session): RunRequest;
}

/** Rejects with a HarnessError if the agent is missing, the provider refuses the request, or the time is up. */
export async function setUp(context: RunContext, course: Course): Promise<Ready> {
  const { processes, atEnd } = course;
  const { resolved, surroundings, state, redact } = context;
  const { provider, session, schema } = resolved;
  const stop = stopOf(context, course);
  const home = await openHome(context, stop.signal);
  if (home) atEnd(() => home.close());
  const env = environmentIn(home?.path, resolved, surroundings);
  const scratch = processes.scratchDirectory;
  const found = locateAgent(provider, resolved.executable, surroundings.cwd, env);
  const corrections = resolved.retries.output;
  const asking = schema && (await prepareAsking({ provider, schema, corrections, scratch }));
  if (asking) atEnd(() => asking.close());
  const plain = toRunRequest(resolved, env, scratch, home);
  const request = asking?.firstRequest(plain) ?? plain;
  assertPromptFits(resolved, request.prompt);
  let program = found;
  const launch = (next: RunRequest): Launch => {
    const command = provider.command(next);
    writeScratchFiles(scratch, command.files ?? {});
    if (home) writeHomeFiles(home.path, command.homeFiles ?? {});
    return toLaunch(program, next, command);
  };
  // Refused before anything is started; its files are written when it is its turn, which another run may have now.
  provider.command(request);
  if (resolved.sandbox) {
    const { agent } = provider;
    const homes = findHomes(home ? surroundings.env : env);
    const subject = { choice: resolved.sandbox, request, homes, agent, program, stateDirectory: state.directory };
    program = { ...found, sandbox: await openSandbox(subject, atEnd) };
  }

  const commands = { request, program, processes, redact, stop: stop.signal };
  // In a home that is nobody's nothing has to be kept out.
  const prepared = home
    ? await fillHome(home, context, { ...commands, program: found })
    : await prepare(provider, state.prepared, commands);
  const warnings = [...(asking?.warnings ?? []), ...prepared];
  if (session && resolved.sessionById) warnings.push(...(await checkSessionPlace(provider, session, commands)));
  const turns = createTurns(state.sessions, (message) => warn(context.log, [message]));
  atEnd(() => turns.release());
  if (session && !resolved.fork) await turns.wait(session, stop.signal);
  if (stop.signal.aborted) throw stop.explain();
  const carryOn = (of: Session): RunRequest => {
    const next = { ...plain, prompt: carryOnPrompt(), session: of, fork: false, attachments: [] };
    return asking?.laterRequest(next) ?? next;
  };
  const onSession = (told: Session): void => {
    turns.hold(told);
    home?.keepFor(told);
  };
  const explain: Ready["explain"] = (of, verdict) =>
    askFailure(provider, of, verdict, { ...commands, leftovers: resolved.leftovers });
  return { request, ...(asking && { asking }), stop, warnings, launch, onSession, explain, carryOn };
}

function stopOf({ resolved: { timeouts }, cancelled }: RunContext, { startedAtMs }: Course): Stop {
  const leftMs = timeLeftMs(timeouts, startedAtMs);
  const outOfTime = leftMs === Infinity ? [] : [AbortSignal.timeout(Math.max(0, Math.floor(leftMs)))];
  return {
    signal: AbortSignal.any([cancelled, ...outOfTime]),
    explain: () => (cancelled.aborted ? cancelledBy(cancelled) : new HarnessError(explainClock("total", timeouts))),
  };
}

/** With what asks for an output, or hands work over, it may be longer than the caller's. */
function assertPromptFits({ provider, schema }: ResolvedOptions, prompt: string): void {
  const problem = promptTooLarge(provider, prompt);
  if (problem === undefined) return;
  const option = schema ? "schema" : "prompt";
  throw new HarnessError({ code: "invalid-options", option, reason: "too-large", message: problem });
}
