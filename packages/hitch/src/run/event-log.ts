/**
 * The events of one run, in order. They are appended to the journal before anybody sees them; the newest are kept in
 * memory, and a reader that starts late or lags reads the rest back from the journal. So a slow reader neither stalls the
 * agent nor grows the heap; without a journal a full memory stops the reading of the agent until the readers catch up.
 */
import type { Journal } from "../effects/journal.ts";
import type { Redact } from "../policy/redaction.ts";
import type { AgentEvent, HitchEvent, RunEvent } from "../vocabulary/events.ts";

export interface EventLog {
  /** Numbers, stores and shows events. Never throws. */
  publish(attempt: number, events: readonly (AgentEvent | RunEvent)[]): void;
  /** There is no room for more events: don't read more from the agent before `room()`. */
  readonly isFull: boolean;
  /** Resolves when there is room. */
  room(): Promise<void>;
  /** No more events: readers end. */
  finish(): void;
  /** All events from `seq` 0, as far as they are kept. */
  read(): AsyncGenerator<HitchEvent, void, undefined>;
}

export interface EventLogOptions {
  readonly runId: string;
  readonly now: () => Date;
  readonly journal?: Journal;
  readonly redact: Redact;
  readonly onEvent?: (event: HitchEvent) => void;
  /** `onEvent` threw. */
  readonly onListenerError: (error: unknown) => void;
  /** The journal could not be written; it is not used any more. */
  readonly onJournalError: (error: unknown) => void;
}

interface Kept {
  readonly event: HitchEvent;
  readonly bytes: number;
  /** Where the event ends in the journal. */
  readonly endByte: number;
}

interface Reader {
  nextSeq: number;
  /** Where `nextSeq` begins in the journal. */
  fromByte: number;
}

// How much the slowest reader may be behind.
const keptBytesLimit = 1024 * 1024;
const keptEventsLimit = 512;

export function createEventLog(options: EventLogOptions): EventLog {
  const kept: Kept[] = [];
  const readers = new Set<Reader>();
  let { journal } = options;
  let keptBytes = 0;
  let nextSeq = 0;
  let finished = false;
  let wasFull = false;
  let changed = Promise.withResolvers<void>();
  let freed = Promise.withResolvers<void>();

  const firstKeptSeq = (): number => nextSeq - kept.length;
  const isFull = (dropped = 0): boolean => keptBytes > keptBytesLimit || kept.length - dropped > keptEventsLimit;

  /**
   * Forgets the oldest events. What all present readers have seen is kept only for later ones, while there is no journal
   * and as long as it is everything: what is kept survives young garbage collections, and makes the heap grow. What they
   * have not seen goes when it is too much and in the journal.
   */
  const forget = (): void => {
    wasFull ||= isFull();
    const seenUpTo = Math.min(nextSeq, ...[...readers].map((reader) => reader.nextSeq));
    const seen = seenUpTo - firstKeptSeq();
    let count = 0;
    for (const { bytes } of kept) {
      const mayGo = count < seen ? journal !== undefined || wasFull : journal !== undefined && isFull(count);
      if (!mayGo) break;
      keptBytes -= bytes;
      count++;
    }
    if (count > 0) kept.splice(0, count);
    if (!isFull()) {
      freed.resolve();
      freed = Promise.withResolvers<void>();
    }
  };

  const mustWait = (): boolean => journal === undefined && readers.size > 0 && isFull();

  const append = (lines: readonly string[]): void => {
    try {
      journal?.append(lines.join(""));
    } catch (error) {
      journal = undefined;
      options.onJournalError(error);
    }
  };

  const notify = (event: HitchEvent): void => {
    try {
      options.onEvent?.(event);
    } catch (error) {
      options.onListenerError(error);
    }
  };

  /** Ends when the reader has caught up, or has fallen behind what is kept. */
  const readKept = function* (reader: Reader): Generator<HitchEvent> {
    for (;;) {
      const entry = kept[reader.nextSeq - firstKeptSeq()];
      if (entry === undefined) return;
      reader.nextSeq++;
      reader.fromByte = entry.endByte;
      yield entry.event;
      if (isFull()) forget();
    }
  };

  const readBack = async function* (reader: Reader, from: Journal): AsyncGenerator<HitchEvent> {
    const endByte = from.lengthBytes;
    const firstSeq = reader.nextSeq;
    try {
      for await (const event of from.read(reader.fromByte)) {
        reader.nextSeq = event.seq + 1;
        yield event;
      }
    } catch {
      // The journal was removed or changed from outside; iterating never throws.
    }
    reader.fromByte = endByte;
    if (reader.nextSeq === firstSeq) reader.nextSeq = firstKeptSeq();
  };

  return {
    publish(attempt, events) {
      if (finished || events.length === 0) return;
      const time = options.now().toISOString();
      const numbered = events.map((event, index): HitchEvent => {
        return { runId: options.runId, attempt, seq: nextSeq + index, time, ...event };
      });
      const lines = numbered.map((event) => JSON.stringify(event));
      const stored = journal ? lines.map((line) => `${options.redact(line)}\n`) : lines;
      let endByte = journal?.lengthBytes ?? 0;
      append(stored);
      numbered.forEach((event, index) => {
        const bytes = Buffer.byteLength(stored[index] ?? "");
        endByte += bytes;
        kept.push({ event, bytes, endByte });
        keptBytes += bytes;
      });
      nextSeq += numbered.length;
      forget();
      changed.resolve();
      changed = Promise.withResolvers<void>();
      numbered.forEach(notify);
    },

    get isFull() {
      return mustWait();
    },

    async room() {
      while (mustWait()) await freed.promise;
    },

    finish() {
      finished = true;
      changed.resolve();
    },

    async *read() {
      const reader: Reader = { nextSeq: 0, fromByte: 0 };
      readers.add(reader);
      try {
        for (;;) {
          while (journal && reader.nextSeq < firstKeptSeq()) yield* readBack(reader, journal);
          // Without a journal what was forgotten is gone: go on with the oldest that is there.
          reader.nextSeq = Math.max(reader.nextSeq, firstKeptSeq());
          yield* readKept(reader);
          if (reader.nextSeq < nextSeq) continue;
          if (finished) return;
          forget();
          await changed.promise;
        }
      } finally {
        readers.delete(reader);
        forget();
        freed.resolve();
        freed = Promise.withResolvers<void>();
      }
    },
  };
}
