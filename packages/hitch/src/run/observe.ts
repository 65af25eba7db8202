/** Listens to one attempt: bytes to lines to events and evidence. Knows no process; it says what is to be done. */
import type { Redact } from "../policy/redaction.ts";
import type { Cause, Observed } from "../policy/verdict.ts";
import type { Decoded, Decoder, Evidence, Exit } from "../provider.ts";
import type { ErrorCode } from "../vocabulary/codes.ts";
import type { AgentEvent, RunEvent } from "../vocabulary/events.ts";
import { splitLines, type Line } from "../vocabulary/lines.ts";
import type { Session } from "../vocabulary/result.ts";
import { createFold, isShareUnknown, type Folded, type Totals } from "./fold.ts";
import { keepEnds, type KeptEnds } from "./keep-ends.ts";

export interface Observer {
  take(stream: "stdout" | "stderr", bytes: Uint8Array): void;
  /** The process is over and its output was taken. `log`: what it has written to a file. */
  finish(exit: Exit, log?: Uint8Array): void;
  /** A last word of the protocol before the run is cancelled. True: the agent was told, and may end by itself. */
  cancel(): boolean;
  /** We end the attempt, for this reason. */
  kill(code: ErrorCode, message: string): void;
  readonly folded: Folded;
  readonly openToolCalls: number;
  /** Redacted. */
  readonly stderr: KeptEnds;
  /** What the decoder threw, if it did. */
  readonly fault: unknown;
  /** `hasValue`: the caller's schema has accepted something, which is an answer too. */
  observed(exit: Exit | null, endedByUs: boolean, hasValue: boolean): Observed;
}

export interface ObserverOptions {
  readonly decoder: Decoder;
  readonly session?: Session | undefined;
  /** The model that was asked for. */
  readonly model?: string | undefined;
  /** The id of the session that the agent has to go on with. Agents take abbreviations, and then maybe another session. */
  readonly continues?: string | undefined;
  readonly onSession?: ((session: Session) => void) | undefined;
  /** Native lines become `raw` events. */
  readonly raw: boolean;
  readonly redact: Redact;
  readonly publish: (events: readonly (AgentEvent | RunEvent)[]) => void;
  readonly reply: (text: string) => void;
  readonly closeStdin: () => void;
  /** A value for the caller's schema came by the agent's own way. */
  readonly onOutput: (value: unknown) => void;
  /** The decoder says that the agent has said all, or that it will never end by itself. */
  readonly onOver: (evidence: Extract<Evidence, { type: "ended" | "stop" }>) => void;
}

/** Beyond it stderr is only kept at its ends: a flood would bury the events and fill the disk. */
const shownStderrLimit = 1_000_000;

export function createObserver(options: ObserverOptions): Observer {
  const { decoder, publish, redact } = options;
  const fold = createFold(options.session, options.model);
  const stderr = keepEnds();
  const splitters = { stdout: splitLines(), stderr: splitLines() };
  const causes: Cause[] = [];
  let shownStderr = 0;
  let lastStdoutLine: string | undefined;
  let halfLine = false;
  let fault: unknown;

  /** A decoder that throws cannot be trusted any more: the attempt is stopped, and keeps what it had. */
  const decode = (step: () => Decoded | undefined): Decoded => {
    try {
      return step() ?? {};
    } catch (error) {
      fault ??= error;
      const message = `The provider's decoder failed: ${error instanceof Error ? error.message : String(error)}`;
      return { evidence: [{ type: "stop", code: "internal", message }] };
    }
  };

  const accept = (step: () => Decoded | undefined): (AgentEvent | RunEvent)[] => {
    const { events = [], evidence = [], reply, closeStdin } = decode(step);
    // The spine itself gives the native lines, all or none.
    const shown: (AgentEvent | RunEvent)[] = events.filter((event) => event.type !== "raw");
    events.forEach(fold.add);
    for (const found of [...evidence, ...events.flatMap(judgeSession)]) {
      if (found.type === "totals") shown.push(...addTotals(found));
      else if (found.type === "output") options.onOutput(found.value);
      else if (found.type === "model") fold.setModel(found.id);
      else causes.push({ type: "evidence", evidence: found });
      if (found.type === "ended" || found.type === "stop") options.onOver(found);
    }
    if (reply !== undefined) options.reply(reply);
    if (closeStdin) options.closeStdin();
    return shown;
  };

  const judgeSession = (event: AgentEvent): Evidence[] => {
    if (event.type !== "session") return [];
    const { id } = event.session;
    options.onSession?.(event.session);
    if (options.continues === undefined || id === options.continues) return [];
    const message = `session: the agent would go on with ${id} instead of ${options.continues}`;
    return [{ type: "stop", code: "session-not-found", message }];
  };

  const addTotals = (totals: Totals): readonly AgentEvent[] => {
    fold.addTotals(totals);
    if (!isShareUnknown(totals, options.session)) return [];
    return [
      warn(
        "what this run used is unknown: the agent counts over the whole session, which was given without its earlier counts",
      ),
    ];
  };

  const hasEnded = (): boolean => causes.some((cause) => cause.type === "evidence" && cause.evidence.type === "ended");

  const takeStdout = (line: Line): (AgentEvent | RunEvent)[] => {
    lastStdoutLine = line.text;
    const raw: AgentEvent[] = options.raw ? [{ type: "raw", line: line.text }] : [];
    if (line.truncated) {
      return [...raw, warn(`a line of the agent was too long and is lost from its ${line.text.length}th character on`)];
    }
    const events = accept(() => decoder.line(line.text));
    // What says that all is said needs no newline behind it.
    halfLine = !line.complete && !hasEnded();
    return [...raw, ...events];
  };

  const takeStderr = (line: Line): (AgentEvent | RunEvent)[] => {
    stderr.add(`${redact(line.text)}\n`);
    const isShown = shownStderr <= shownStderrLimit;
    shownStderr += line.text.length;
    const shown: RunEvent[] = isShown ? [{ type: "stderr", text: line.text }] : [];
    const isLast = isShown && shownStderr > shownStderrLimit;
    const note = isLast ? [warn("the agent floods stderr: the rest is read but not shown")] : [];
    return [...shown, ...note, ...accept(() => decoder.stderr?.(line.text))];
  };

  const takeLine = { stdout: takeStdout, stderr: takeStderr };

  return {
    take(stream, bytes) {
      publish(splitters[stream].push(bytes).flatMap(takeLine[stream]));
    },
    finish(exit, log = new Uint8Array()) {
      publish([...splitters.stdout.flush().flatMap(takeStdout), ...splitters.stderr.flush().flatMap(takeStderr)]);
      const splitter = splitLines();
      const logged = [...splitter.push(log), ...splitter.flush()];
      publish(logged.flatMap(({ text }) => accept(() => decoder.log?.(text))));
      publish(accept(() => decoder.exit?.(exit)));
    },
    cancel() {
      const lastWord = decode(() => decoder.cancel?.());
      publish(accept(() => lastWord));
      return lastWord.reply !== undefined || lastWord.closeStdin === true;
    },
    kill(code, message) {
      causes.push({ type: "kill", code, message });
    },
    get folded() {
      return fold.folded;
    },
    get openToolCalls() {
      return fold.openToolCalls;
    },
    stderr,
    get fault() {
      return fault;
    },
    observed(exit, endedByUs, hasValue) {
      const { text, toolCalls, openToolCalls, permissionsRefused } = fold.folded;
      return {
        exit,
        causes,
        endedByUs,
        answered: text.trim() !== "" || hasValue,
        toolCalls,
        openToolCalls,
        permissionsRefused,
        halfLine,
        stderrTail: stderr.head + stderr.tail,
        ...(lastStdoutLine !== undefined && { lastStdoutLine: redact(lastStdoutLine).slice(0, 500) }),
      };
    },
  };
}

function warn(message: string): AgentEvent {
  return { type: "warning", message };
}
