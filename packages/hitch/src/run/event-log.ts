/**
 * The events of one run, in order. They are appended to the journal before anybody sees them; the newest are kept in
 * memory, and a reader that starts late or lags reads the rest back from the journal. So a slow reader neither stalls
 * the agent nor grows the heap. A memory full of what no journal has (secrets, or all) stops the reading of the agent.
 */
import type { Journal } from "../effects/journal.ts";
import type { Redact } from "../policy/redaction.ts";
import type { AgentEvent, HitchEvent, RunEvent } from "../vocabulary/events.ts";
import { createEventStore } from "./event-store.ts";

export interface EventLog {
  /** Numbers, stores and shows events. Never throws. */
  publish(attempt: number, events: readonly (AgentEvent | RunEvent)[]): void;
  /** What is published is in the journal, redacted; false without one, and once it could not be written. */
  readonly isStored: boolean;
  /** There is no room for more events: don't read more from the agent before `room()`. */
  isFull(): boolean;
  /** Resolves when there is room. */
  room(): Promise<void>;
  /** No more events: readers end. */
  finish(): void;
  /** All events from `seq` 0, as far as they are kept. Never throws. */
  read(): AsyncGenerator<HitchEvent, void, undefined>;
}

export interface EventLogOptions {
  readonly runId: string;
  readonly now: () => Date;
  readonly journal?: Journal;
  readonly redact: Redact;
  readonly onEvent: (event: HitchEvent) => void;
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
  let journalError: { readonly error: unknown } | undefined;
  const store = createEventStore(options.journal, options.redact, (error) => (journalError = { error }));
  const kept: Kept[] = [];
  const readers = new Set<Reader>();
  let keptBytes = 0;
  let nextSeq = 0;
  let finished = false;
  let wasFull = false;
  let changed = Promise.withResolvers<void>();
  let freed = Promise.withResolvers<void>();

  const firstKeptSeq = (): number => nextSeq - kept.length;
  const isFull = (dropped = 0): boolean => keptBytes > keptBytesLimit || kept.length - dropped > keptEventsLimit;
  const mustWait = (): boolean => readers.size > 0 && (store.isFull || (!store.isStoring && isFull()));

  /**
   * Forgets the oldest events. What all present readers have seen is kept only for later ones, while there is no journal
   * and as long as it is everything: what is kept survives young garbage collections, and makes the heap grow. What they
   * have not seen goes when it is too much and in the journal.
   */
  const forget = (): void => {
    wasFull ||= isFull();
    // Without readers the last event stays: it may be the end, which whoever comes late has to see.
    const seenSeq = readers.size > 0 ? Math.min(...[...readers].map((reader) => reader.nextSeq)) : nextSeq - 1;
    let count = 0;
    for (const { event, bytes } of kept) {
      // The newest stays: when it is the last one, every reader ends with it, whatever becomes of the journal.
      if (event.seq === nextSeq - 1) break;
      const isStored = event.seq < store.storedSeq;
      const mayGo = event.seq < seenSeq ? isStored || wasFull : isStored && isFull(count);
      if (!mayGo) break;
      keptBytes -= bytes;
      count++;
    }
    if (count > 0) kept.splice(0, count);
    store.makeRoom(seenSeq);
    if (!mustWait()) {
      freed.resolve();
      freed = Promise.withResolvers<void>();
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
      if (isFull() || mustWait()) forget();
    }
  };

  const readBack = async function* (reader: Reader): AsyncGenerator<HitchEvent> {
    const { storedSeq } = store;
    const endByte = options.journal?.lengthBytes ?? 0;
    try {
      for await (const event of store.read(reader.fromByte)) {
        reader.nextSeq = event.seq + 1;
        yield event;
        if (mustWait()) forget();
      }
    } catch (error) {
      // The journal was removed or changed from outside: what only it had is lost.
      publish(0, [{ type: "warning", message: `the journal cannot be read back: ${String(error)}` }]);
    }
    reader.nextSeq = Math.max(reader.nextSeq, Math.min(storedSeq, firstKeptSeq()));
    reader.fromByte = endByte;
  };

  function publish(attempt: number, events: readonly (AgentEvent | RunEvent)[]): void {
    if (finished || events.length === 0) return;
    const time = options.now().toISOString();
    const numbered: HitchEvent[] = [];
    const lines: string[] = [];
    const add = (event: AgentEvent | RunEvent): void => {
      const one = { runId: options.runId, attempt, seq: nextSeq + numbered.length, time, ...event };
      numbered.push(one);
      lines.push(store.serialize(one));
    };
    for (const event of events) {
      if (isEmptyDelta(event)) continue;
      store.closing(event).forEach(add);
      add(event);
    }
    const stored = store.append(lines);
    numbered.forEach((event, index) => {
      const { bytes, endByte } = stored[index] ?? { bytes: 0, endByte: 0 };
      kept.push({ event, bytes, endByte });
      keptBytes += bytes;
    });
    nextSeq += numbered.length;
    forget();
    changed.resolve();
    changed = Promise.withResolvers<void>();
    numbered.forEach(options.onEvent);
    if (journalError === undefined) return;
    const { error } = journalError;
    journalError = undefined;
    options.onJournalError(error);
  }

  return {
    publish,

    get isStored() {
      return store.isStoring;
    },

    isFull: mustWait,

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
          while (reader.nextSeq < Math.min(firstKeptSeq(), store.storedSeq)) yield* readBack(reader);
          // What was forgotten without a journal is gone: go on with the oldest that is there.
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
      }
    },
  };
}

/** It says nothing. Ours says that a stream of deltas ends: whoever redacts them gives the rest then. */
function isEmptyDelta(event: AgentEvent | RunEvent): boolean {
  return (event.type === "text-delta" || event.type === "reasoning-delta") && event.text === "";
}
