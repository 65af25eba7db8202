/** Keeps the events of a run in its journal, redacted, and gives them back to readers of this process as they were. */
import type { Journal } from "../effects/journal.ts";
import { createEventRedactor, type EventRedactor } from "../policy/event-redaction.ts";
import type { Redact } from "../policy/redaction.ts";
import type { HitchEvent } from "../vocabulary/events.ts";

export interface EventStore {
  /** Events are being stored; false without a journal, and once it could not be written. */
  readonly isStoring: boolean;
  /** The events before this one are in the journal. */
  readonly storedSeq: number;
  /** What has to come before an event, so that the journal gets all of what redaction held back. */
  readonly closing: EventRedactor["closing"];
  /** The line of the journal for the next event. */
  serialize(event: HitchEvent): string;
  /** Stores the lines of events and gives where each ends, in bytes. */
  append(lines: readonly string[]): readonly Stored[];
  /** Gives events back, from a byte offset up to the last one stored. */
  read(fromByte: number): AsyncGenerator<HitchEvent, void, undefined>;
  /** So much of what redaction changed waits for readers that no more should come. */
  readonly isFull: boolean;
  /** Nobody who is there will ask for the events before this one: makes room, as far as it is full. */
  makeRoom(beforeSeq: number): void;
}

export interface Stored {
  readonly bytes: number;
  readonly endByte: number;
}

/**
 * How much of what redaction changed is kept whole: of texts in pieces it changes some of which only the ends wait for
 * the next piece. Beyond it the oldest go that nobody waits for; who comes later sees of them what the journal has.
 */
const wholeLengthLimit = 4 * 1024 * 1024;

export function createEventStore(
  journal: Journal | undefined,
  redact: Redact,
  onError: (error: unknown) => void,
): EventStore {
  const redactor = createEventRedactor(redact);
  const whole = new Map<number, { readonly event: HitchEvent; readonly length: number }>();
  let wholeLength = 0;
  let isStoring = journal !== undefined;
  let storedSeq = 0;

  const serialize = (event: HitchEvent): string => {
    try {
      return serializeRedacted(event);
    } catch (error) {
      // A value of a provider's or of a schema's that is not JSON (a BigInt, say), or nested too deeply.
      if (event.type === "run-finish" && event.result.output !== undefined) return serialize(withoutOutput(event));
      const { runId, attempt, seq, time, type } = event;
      const message = `a ${type} event could not be written as JSON: ${String(error)}`;
      return `${JSON.stringify({ runId, attempt, seq, time, type: "warning", message })}\n`;
    }
  };

  const serializeRedacted = (event: HitchEvent): string => {
    const redacted = redactor.redact(event);
    const line = `${JSON.stringify(redacted)}\n`;
    if (isStoring && redacted !== event) {
      // What is hidden may be much longer than what is left in its place.
      const { length } = JSON.stringify(event);
      whole.set(event.seq, { event, length });
      wholeLength += length;
    }
    return line;
  };

  const write = (lines: readonly string[]): void => {
    if (!isStoring) return;
    try {
      journal?.append(lines.join(""));
      storedSeq += lines.length;
    } catch (error) {
      isStoring = false;
      onError(error);
    }
  };

  return {
    get isStoring() {
      return isStoring;
    },
    get storedSeq() {
      return storedSeq;
    },
    get isFull() {
      return wholeLength > wholeLengthLimit;
    },
    makeRoom(beforeSeq) {
      // They are there in their order.
      for (const [seq, { length }] of whole) {
        if (wholeLength <= wholeLengthLimit || seq >= beforeSeq) return;
        whole.delete(seq);
        wholeLength -= length;
      }
    },
    closing: (event) => redactor.closing(event),
    serialize,
    append(lines) {
      let endByte = journal?.lengthBytes ?? 0;
      write(lines);
      return lines.map((line) => {
        const bytes = Buffer.byteLength(line);
        endByte += bytes;
        return { bytes, endByte };
      });
    },
    async *read(fromByte) {
      if (journal === undefined) return;
      for await (const event of journal.read(fromByte)) yield whole.get(event.seq)?.event ?? event;
    },
  };
}

/** Whoever reads the journal has to see the end of the run. */
function withoutOutput(event: Extract<HitchEvent, { type: "run-finish" }>): HitchEvent {
  const { output: _output, warnings = [], ...result } = event.result;
  const warning = "the output is not JSON, so it is not stored";
  return { ...event, result: { ...result, warnings: [...warnings, warning] } };
}
