/** Listens to one attempt: bytes to lines to events and evidence. Knows no process; it says what is to be done. */
import type { Cause, Observed } from "../policy/verdict.ts";
import type { Decoded, Decoder, Evidence, Exit } from "../provider.ts";
import type { ErrorCode } from "../vocabulary/codes.ts";
import type { AgentEvent, RunEvent } from "../vocabulary/events.ts";
import { splitLines, type Line } from "../vocabulary/lines.ts";
import type { Session } from "../vocabulary/result.ts";
import { createFold, type Folded } from "./fold.ts";
import { keepEnds, type KeptEnds } from "./keep-ends.ts";

export interface Observer {
  take(stream: "stdout" | "stderr", bytes: Uint8Array): void;
  /** The process is over and its output was taken. */
  finish(exit: Exit): void;
  /** A last word of the protocol before the run is cancelled. */
  cancel(): void;
  /** We end the attempt, for this reason. */
  kill(code: ErrorCode, message: string): void;
  readonly folded: Folded;
  readonly openToolCalls: number;
  readonly stderr: KeptEnds;
  observed(exit: Exit | null, endedByUs: boolean): Observed;
}

export interface ObserverOptions {
  readonly decoder: Decoder;
  readonly session?: Session;
  /** Native lines become `raw` events. */
  readonly raw: boolean;
  readonly publish: (events: readonly (AgentEvent | RunEvent)[]) => void;
  readonly reply: (text: string) => void;
  readonly closeStdin: () => void;
  /** The decoder says that the agent has said all, or that it will never end by itself. */
  readonly onOver: (evidence: Extract<Evidence, { type: "ended" | "stop" }>) => void;
}

/** Beyond it stderr is only kept at its ends: a flood would bury the events and fill the disk. */
const shownStderrLimit = 1_000_000;

export function createObserver(options: ObserverOptions): Observer {
  const { decoder, publish } = options;
  const fold = createFold(options.session);
  const stderr = keepEnds();
  const splitters = { stdout: splitLines(), stderr: splitLines() };
  const causes: Cause[] = [];
  let shownStderr = 0;
  let lastStdoutLine: string | undefined;
  let halfLine = false;

  const accept = (decoded: Decoded | undefined): (AgentEvent | RunEvent)[] => {
    // The spine itself gives the native lines, all or none.
    const events = (decoded?.events ?? []).filter((event) => event.type !== "raw");
    events.forEach(fold.add);
    for (const evidence of decoded?.evidence ?? []) {
      if (evidence.type === "totals") fold.addTotals(evidence);
      else causes.push({ type: "evidence", evidence });
      if (evidence.type === "ended" || evidence.type === "stop") options.onOver(evidence);
    }
    if (decoded?.reply !== undefined) options.reply(decoded.reply);
    if (decoded?.closeStdin) options.closeStdin();
    return events;
  };

  const takeStdout = (line: Line): (AgentEvent | RunEvent)[] => {
    lastStdoutLine = line.text.slice(0, 500);
    halfLine = !line.complete;
    const raw: AgentEvent[] = options.raw ? [{ type: "raw", line: line.text }] : [];
    if (line.truncated) {
      return [...raw, warn(`a line of the agent was too long and is lost from its ${line.text.length}th character on`)];
    }
    return [...raw, ...accept(decoder.line(line.text))];
  };

  const takeStderr = (line: Line): (AgentEvent | RunEvent)[] => {
    stderr.add(`${line.text}\n`);
    const isShown = shownStderr <= shownStderrLimit;
    shownStderr += line.text.length;
    const shown: RunEvent[] = isShown ? [{ type: "stderr", text: line.text }] : [];
    const isLast = isShown && shownStderr > shownStderrLimit;
    const note = isLast ? [warn("the agent floods stderr: the rest is read but not shown")] : [];
    return [...shown, ...note, ...accept(decoder.stderr?.(line.text))];
  };

  const takeLine = { stdout: takeStdout, stderr: takeStderr };

  return {
    take(stream, bytes) {
      publish(splitters[stream].push(bytes).flatMap(takeLine[stream]));
    },
    finish(exit) {
      publish([...splitters.stdout.flush().flatMap(takeStdout), ...splitters.stderr.flush().flatMap(takeStderr)]);
      publish(accept(decoder.exit?.(exit)));
    },
    cancel() {
      publish(accept(decoder.cancel?.()));
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
    observed(exit, endedByUs) {
      const { text, toolCalls, openToolCalls, permissionsRefused } = fold.folded;
      return {
        exit,
        causes,
        endedByUs,
        answered: text.trim() !== "",
        toolCalls,
        openToolCalls,
        permissionsRefused,
        halfLine,
        stderrTail: stderr.head + stderr.tail,
        ...(lastStdoutLine !== undefined && { lastStdoutLine }),
      };
    },
  };
}

function warn(message: string): AgentEvent {
  return { type: "warning", message };
}
