/** stdout and stderr: written at the pace of whoever reads them. */
import { createWriteStream } from "node:fs";
import type { Writable } from "node:stream";
import { paperOf, type Paper } from "./text/paper.ts";

/** A stream of text to the outside. */
export interface Output {
  /** Whether people read it, and control characters do something. */
  readonly isTerminal: boolean;
  /** What is written on, as it is now: a terminal can be resized. */
  readonly paper: Paper;
  /** Resolves when there is room for more. Never rejects; after a failure it does nothing. */
  write(text: string): Promise<void>;
  /** Resolves when everything has been taken, or will never be. */
  flushed(): Promise<void>;
  /** Why nothing can be written any more; `EPIPE` is a reader that went away. */
  readonly failure: NodeJS.ErrnoException | undefined;
}

/** `onFailure` hears at once that nothing can be written any more. */
export function openOutput(target: Target, onFailure: (error: NodeJS.ErrnoException) => void): Output {
  const stream = target.isTTY ? withoutWaiting(target) : target;
  const waiting: (() => void)[] = [];
  const resume = (): void => waiting.splice(0).forEach((go) => go());
  let failure: NodeJS.ErrnoException | undefined;
  stream.on("drain", resume);
  stream.on("error", (error: NodeJS.ErrnoException) => {
    const isFirst = failure === undefined;
    failure ??= error;
    resume();
    if (isFirst) onFailure(error);
  });
  return {
    isTerminal: target.isTTY === true,
    get paper() {
      return paperOf(target);
    },
    get failure() {
      return failure;
    },
    async write(text) {
      if (failure || text === "" || stream.write(text)) return;
      await new Promise<void>((go) => waiting.push(go));
    },
    async flushed() {
      if (failure) return;
      await new Promise<void>((go) => {
        waiting.push(go);
        stream.write("", () => go());
      });
    },
  };
}

/** stdout or stderr. Unlike the types of Node have it, `isTTY` is missing where there is no terminal. */
type Target = Writable & { readonly fd: number; readonly isTTY?: boolean; readonly columns?: number };

/**
 * The same terminal, written to by Node's threads. Node itself waits for a terminal inside `write`: one that has stopped
 * (Ctrl-S, a lost connection) would stop the clocks of the run too, and its reaper would take the host for dead.
 */
function withoutWaiting({ fd }: Target): Writable {
  return createWriteStream("", { fd, autoClose: false });
}
