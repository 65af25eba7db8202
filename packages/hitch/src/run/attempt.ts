/** One process of a run, from its start to its verdict. */
import { StartError, type AgentProcess, type ProcessInfo, type RunProcesses } from "../effects/process/index.ts";
import { explainClock, type Timeouts } from "../policy/clocks.ts";
import type { Redact } from "../policy/redaction.ts";
import { decideVerdict, type Verdict } from "../policy/verdict.ts";
import type { Decoder, Exit } from "../provider.ts";
import type { ErrorCode } from "../vocabulary/codes.ts";
import type { Attempt, Session } from "../vocabulary/result.ts";
import type { EventLog } from "./event-log.ts";
import type { Folded } from "./fold.ts";
import type { Launch } from "./launch.ts";
import { createObserver, type Observer } from "./observe.ts";
import { startWatch, type Watch } from "./watch.ts";

export interface AttemptOptions {
  /** From 1. */
  readonly number: number;
  readonly provider: string;
  readonly launch: Launch;
  readonly decoder: Decoder;
  readonly session?: Session;
  readonly timeouts: Timeouts;
  readonly leftovers: "end" | "keep";
  readonly raw: boolean;
  readonly processes: RunProcesses;
  readonly log: EventLog;
  readonly redact: Redact;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
  /** When the run began, by `now`. */
  readonly runStartedAtMs: number;
  /** Aborts when the run is cancelled. */
  readonly cancelled: AbortSignal;
}

export interface AttemptOutcome {
  readonly attempt: Attempt;
  readonly verdict: Verdict;
  readonly folded: Folded;
}

/** How long an agent that has said all may take to exit by itself. */
const farewellMs = 5_000;

/** Runs one attempt. Rejects only if Hitch itself is at fault; nothing is alive then either. */
export async function runAttempt(options: AttemptOptions): Promise<AttemptOutcome> {
  const { number, log, launch } = options;
  const startedAtMs = options.now();
  const command = [launch.file, ...launch.args].map(options.redact);
  log.publish(number, [{ type: "attempt-start", provider: options.provider, command }]);

  const live: LiveAttempt = {};
  const observer = observe(options, live);
  const startFailure = await start(options, live);
  const exit = startFailure ? null : await followToTheEnd(options, live, observer);
  const verdict = startFailure ?? decideVerdict(observer.observed(exit, live.ending !== undefined));

  const summary = verdict.ok
    ? { ok: true }
    : { ok: false, code: verdict.code, message: options.redact(verdict.message) };
  log.publish(number, [{ type: "attempt-finish", verdict: summary }]);
  const { folded, stderr } = observer;
  const attempt: Attempt = {
    provider: options.provider,
    verdict: summary,
    exit,
    stderr: { head: options.redact(stderr.head), tail: options.redact(stderr.tail) },
    command,
    durationMs: Math.round(options.now() - startedAtMs),
    usage: folded.usage,
    cost: folded.cost,
  };
  return { attempt, verdict, folded };
}

interface LiveAttempt {
  process?: AgentProcess;
  farewell?: NodeJS.Timeout;
  /** We end the process; resolves with what could not be killed. */
  ending?: Promise<readonly ProcessInfo[]>;
}

function observe(options: AttemptOptions, live: LiveAttempt): Observer {
  return createObserver({
    decoder: options.decoder,
    ...(options.session && { session: options.session }),
    raw: options.raw,
    publish: (events) => options.log.publish(options.number, events),
    reply: (text) => live.process?.write(text),
    closeStdin: () => live.process?.closeStdin(),
    onOver(evidence) {
      if (evidence.type === "stop") end(live);
      else live.farewell ??= setTimeout(end, farewellMs, live);
    },
  });
}

function end(live: LiveAttempt): void {
  live.ending ??= live.process?.end();
}

async function start(options: AttemptOptions, live: LiveAttempt): Promise<Exclude<Verdict, { ok: true }> | undefined> {
  try {
    live.process = await options.processes.start(options.launch);
    return undefined;
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    return { ok: false, code: startCodes[error.reason], message: error.message };
  }
}

const startCodes: Readonly<Record<StartError["reason"], ErrorCode>> = {
  "executable-not-found": "executable-not-found",
  "executable-not-runnable": "executable-not-found",
  "cwd-not-found": "cwd-not-found",
  "argument-too-long": "invalid-options",
  "spawn-failed": "internal",
};

async function followToTheEnd(options: AttemptOptions, live: LiveAttempt, observer: Observer): Promise<Exit> {
  const process = live.process as AgentProcess;
  const kill = (code: ErrorCode, message: string): void => {
    observer.kill(code, message);
    end(live);
  };
  const onCancel = (): void => {
    observer.cancel();
    kill("cancelled", "The run was cancelled.");
  };
  const watch = watchClocks(options, process, kill);
  options.cancelled.addEventListener("abort", onCancel, { once: true });
  if (options.cancelled.aborted) onCancel();
  try {
    await readOutput(options, process, observer, watch);
    const exit = await process.exit;
    watch.stop();
    clearTimeout(live.farewell);
    observer.finish(exit);
    await nameLeftovers(options, live, process);
    return exit;
  } catch (error) {
    await process.end("at-once");
    throw error;
  } finally {
    watch.stop();
    clearTimeout(live.farewell);
    options.cancelled.removeEventListener("abort", onCancel);
  }
}

function watchClocks(
  options: AttemptOptions,
  process: AgentProcess,
  kill: (code: ErrorCode, message: string) => void,
): Watch {
  let heardAtMs = Date.now();
  const watch = startWatch({
    timeouts: options.timeouts,
    runStartedAtMs: options.runStartedAtMs,
    now: options.now,
    hasNewborn: () =>
      options.processes.processes().some(({ pid, startedAtMs }) => pid !== process.pid && startedAtMs > heardAtMs),
    onFired(clock) {
      const { code, message } = explainClock(clock, options.timeouts);
      kill(code, message);
    },
  });
  return {
    ...watch,
    note(change) {
      if (change.heard) heardAtMs = Date.now();
      watch.note(change);
    },
  };
}

async function readOutput(
  { log }: AttemptOptions,
  process: AgentProcess,
  observer: Observer,
  watch: Watch,
): Promise<void> {
  for await (const { stream, bytes } of process.output) {
    observer.take(stream, bytes);
    watch.note({ heard: true, openToolCalls: observer.openToolCalls });
    if (!log.isFull) continue;
    watch.note({ paused: true });
    await log.room();
    watch.note({ paused: false });
  }
}

/** After an end of our own nothing should be left; otherwise something may have outlived the agent. */
async function nameLeftovers(
  { leftovers, log, number, redact }: AttemptOptions,
  { ending }: LiveAttempt,
  process: AgentProcess,
): Promise<void> {
  const found = await (ending ?? process.settleLeftovers(leftovers));
  const kept = leftovers === "end" ? "outlived the agent and was ended" : "outlives the agent, and nothing watches it";
  const fate = ending ? "could not be killed" : kept;
  const warnings = found.map(({ pid, command }) => `process ${pid} (${redact(command)}) ${fate}`);
  log.publish(
    number,
    warnings.map((message) => ({ type: "warning", message })),
  );
}
