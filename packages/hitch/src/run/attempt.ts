/** One process of a run, from its start to its verdict. */
import { readLogFile } from "../effects/log-file.ts";
import { StartError, type AgentProcess, type RunProcesses } from "../effects/process/index.ts";
import type { Timeouts } from "../policy/clocks.ts";
import type { Spent } from "../policy/pricing.ts";
import type { Redact } from "../policy/redaction.ts";
import { decideVerdict, type FailedVerdict, type Verdict } from "../policy/verdict.ts";
import type { Decoder, Exit } from "../provider.ts";
import type { ErrorCode } from "../vocabulary/codes.ts";
import { toHarnessError } from "../vocabulary/error.ts";
import type { Attempt, AttemptTask, Session } from "../vocabulary/result.ts";
import type { Cost } from "../vocabulary/usage.ts";
import { createEnding, type Ending } from "./ending.ts";
import type { EventLog } from "./event-log.ts";
import type { Folded } from "./fold.ts";
import type { Launch } from "./launch.ts";
import { judgeStart } from "./judge-start.ts";
import { createObserver, type Observer } from "./observe.ts";
import type { Spending } from "./spending.ts";
import type { Values } from "./values.ts";
import type { Watch } from "./watch.ts";
import { watchAttempt } from "./watch-attempt.ts";

export interface AttemptOptions {
  /** From 1. */
  readonly number: number;
  readonly provider: string;
  readonly task: AttemptTask;
  readonly launch: Launch;
  readonly decoder: Decoder;
  /** With a schema: what the attempt gives for it. */
  readonly values?: Values | undefined;
  readonly session?: Session | undefined;
  /** The model that was asked for. */
  readonly model?: string;
  /** What it cost, if the agent does not tell. */
  readonly estimate: (spent: readonly Spent[]) => Promise<Cost>;
  /** The id of the session that the agent has to go on with. */
  readonly continues?: string | undefined;
  /** The agent says in which session it works. */
  readonly onSession?: (session: Session) => void;
  /** What the agent knows of a failure besides what it printed. */
  readonly explain: (session: Session | undefined, verdict: FailedVerdict) => Promise<FailedVerdict>;
  readonly timeouts: Timeouts;
  /** Ends the attempt when it has spent what it may. */
  readonly spending: Spending;
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
  /** What the caller's schema accepted last. */
  readonly accepted: { readonly value: unknown } | undefined;
  /** What the decoder threw, if it did. */
  readonly fault: unknown;
}

/** Runs one attempt. Rejects only if Hitch itself is at fault; nothing is alive then either. */
export async function runAttempt(options: AttemptOptions): Promise<AttemptOutcome> {
  const { number, log, launch, redact, values } = options;
  const startedAtMs = options.now();
  const command = [launch.file, ...launch.args].map(redact);
  log.publish(number, [{ type: "attempt-start", provider: options.provider, command }]);

  const live: LiveAttempt = {};
  const observer = observe(options, live);
  const startFailure = await start(options, live);
  const exit = startFailure ? null : await followToTheEnd(options, live, observer);
  await values?.settled();
  const hasValue = values?.accepted !== undefined;
  const verdict = startFailure ?? (await judge(options, observer, exit, live.ending?.hasBegun ?? false, hasValue));
  if (verdict.ok) await values?.readText(observer.folded.text);
  values?.close();

  const summary = verdict.ok ? { ok: true } : { ok: false, code: verdict.code, message: redact(verdict.message) };
  log.publish(number, [{ type: "attempt-finish", verdict: summary }]);
  const { folded, stderr, fault } = observer;
  const { usage, cost } = folded;
  const attempt: Attempt = {
    provider: options.provider,
    task: options.task,
    verdict: summary,
    exit,
    stderr: { head: stderr.head, tail: stderr.tail },
    command,
    durationMs: Math.round(options.now() - startedAtMs),
    usage,
    cost: cost.source === "unknown" ? await options.estimate(folded.spent) : cost,
    ...(values && { output: values.summary }),
  };
  const accepted = values?.accepted;
  return { attempt, verdict, folded, accepted, fault };
}

async function judge(
  { explain, session }: AttemptOptions,
  observer: Observer,
  ...how: Parameters<Observer["observed"]>
): Promise<Verdict> {
  const verdict = decideVerdict(observer.observed(...how));
  return verdict.ok ? verdict : { ok: false, ...(await explain(observer.folded.session ?? session, verdict)) };
}

/** The process, as soon as it is there. */
interface LiveAttempt {
  process?: AgentProcess;
  ending?: Ending;
  /** The agent has said all, or has exited. */
  isOver?: true;
}

function observe(options: AttemptOptions, live: LiveAttempt): Observer {
  return createObserver({
    ...options,
    publish(events) {
      options.log.publish(options.number, events);
      if (!live.isOver) options.spending.heed(events);
    },
    reply: (text) => live.process?.write(text),
    closeStdin: () => live.process?.closeStdin(),
    onOutput: (value) => void options.values?.take("native", value),
    onOver({ type }) {
      if (type === "stop") return live.ending?.end();
      live.isOver = true;
      live.ending?.expectExit();
    },
  });
}

async function start(options: AttemptOptions, live: LiveAttempt): Promise<({ ok: false } & FailedVerdict) | undefined> {
  try {
    live.process = await options.processes.start(options.launch);
    live.ending = createEnding(live.process);
    return undefined;
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    return { ok: false, ...judgeStart(error) };
  }
}

async function followToTheEnd(options: AttemptOptions, live: LiveAttempt, observer: Observer): Promise<Exit> {
  const { process, ending } = live as Required<LiveAttempt>;
  const { cancelled, log, number } = options;
  const kill = (code: ErrorCode, message: string): void => {
    observer.kill(code, message);
    if (code === "cancelled" && observer.cancel()) ending.endSoon();
    else ending.end();
  };
  const onCancel = (): void => kill("cancelled", "The run was cancelled.");
  const reasons = [options.values?.hopeless, options.spending.exhausted].filter((signal) => signal !== undefined);
  const noMore = AbortSignal.any(reasons);
  const onNoMore = (): void => {
    const { code, message } = toHarnessError(noMore.reason);
    kill(code, message);
  };
  const watch = watchAttempt(options, process, kill);
  cancelled.addEventListener("abort", onCancel, { once: true });
  if (cancelled.aborted) onCancel();
  noMore.addEventListener("abort", onNoMore, { once: true });
  try {
    await readOutput(log, process, ending, observer, watch);
    const exit = await process.exit;
    watch.stop();
    live.isOver = true;
    observer.finish(exit, options.launch.log === undefined ? undefined : await readLogFile(options.launch.log));
    const warnings = await ending.settle(options.leftovers, options.redact);
    const events = warnings.map((message) => ({ type: "warning", message }) as const);
    log.publish(number, events);
    return exit;
  } finally {
    watch.stop();
    cancelled.removeEventListener("abort", onCancel);
    // What is left of the agent is settled now; a check that ends later must not end anything.
    noMore.removeEventListener("abort", onNoMore);
  }
}

async function readOutput(
  log: EventLog,
  process: AgentProcess,
  ending: Ending,
  observer: Observer,
  watch: Watch,
): Promise<void> {
  for await (const { stream, bytes } of process.output) {
    observer.take(stream, bytes);
    watch.note({ heard: true, openToolCalls: observer.openToolCalls });
    if (!log.isFull()) continue;
    watch.note({ paused: true });
    await Promise.race([log.room(), ending.begun]);
    // A reader that does not go on must not keep a cancelled run from ending.
    if (log.isFull()) return;
    watch.note({ paused: false });
  }
}
