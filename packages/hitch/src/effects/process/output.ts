import type { Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Output } from "./types.ts";

const DRAIN_IDLE_MS = 100;
const DRAIN_MS = 1000;

/** The pipes of an agent, and a promise of its exit. */
export interface OutputSource {
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exit: Promise<unknown>;
}

/**
 * Reads both pipes at once. A stream reads ahead by its high-water mark only, so that not pulling leaves the agent
 * with full pipes. `first` is what has already been read.
 */
export async function* readOutput(source: OutputSource, first: readonly Output[]): AsyncGenerator<Output, void, void> {
  const { stdout, stderr } = source;
  const bell = makeBell();
  for (const stream of [stdout, stderr]) {
    for (const event of ["readable", "end", "close", "error"]) stream.on(event, bell.ring);
  }
  const agent = { hasExited: false };
  void source.exit.then(() => {
    agent.hasExited = true;
    bell.ring();
  });
  let waitedMs = 0;
  try {
    yield* first;
    for (;;) {
      const pieces = [...take(stdout, "stdout"), ...take(stderr, "stderr")];
      if (pieces.length > 0) yield* pieces;
      else if (isOver(stdout) && isOver(stderr)) return;
      else if (!agent.hasExited) await bell.rung();
      else if (waitedMs > DRAIN_MS) return;
      else {
        // The agent is gone but somebody holds its pipes, perhaps for ever, and perhaps goes on printing. Only time
        // spent waiting here counts, not the reader's, nor what a busy process adds to a wait.
        const waitsSinceMs = performance.now();
        if ((await bell.rung(DRAIN_IDLE_MS)) === "silence") return;
        waitedMs += Math.min(performance.now() - waitsSinceMs, DRAIN_IDLE_MS);
      }
    }
  } finally {
    stdout.destroy();
    stderr.destroy();
  }
}

function* take(stream: Readable, name: Output["stream"]): Generator<Output> {
  const bytes = stream.read() as Buffer | null;
  if (bytes !== null) yield { stream: name, bytes };
}

function isOver(stream: Readable): boolean {
  return stream.readableEnded || stream.destroyed;
}

interface Bell {
  readonly ring: () => void;
  /** Resolves when it is rung, at once if it has been since the last time; or after `withinMs` of silence. */
  rung(withinMs?: number): Promise<"rung" | "silence">;
}

function makeBell(): Bell {
  let rings = 0;
  let wake: (() => void) | undefined;

  async function wait(withinMs: number | undefined): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      wake = resolve;
      if (withinMs !== undefined) timer = setTimeout(resolve, withinMs);
    });
    clearTimeout(timer);
    // Timers come before pipes in Node's loop: after a busy moment the time may be up with data waiting unread.
    if (rings === 0) await nextTurn();
  }

  return {
    ring() {
      rings++;
      wake?.();
    },
    async rung(withinMs) {
      if (rings === 0) await wait(withinMs);
      const result = rings > 0 ? "rung" : "silence";
      rings = 0;
      return result;
    },
  };
}
