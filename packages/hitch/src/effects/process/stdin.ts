import type { Writable } from "node:stream";

/**
 * An agent's standard input. What it no longer reads is dropped: an agent that exits early is no error of the
 * input's.
 */
export interface Input {
  readonly write: (text: string) => void;
  readonly close: () => void;
}

/** Feeds `first` into the stream, as fast as it is read, and ends it unless it shall stay open. */
export function feedStdin(stdin: Writable, first: string | Uint8Array, keepOpen: boolean): Input {
  // EPIPE and ECONNRESET: the agent has closed its stdin or is gone. How it exited tells more.
  stdin.on("error", () => undefined);
  // One write of the caller's whole value costs no copy of bytes, and Node hands it to the pipe piece by piece.
  if (first.length > 0) stdin.write(first);
  if (!keepOpen) stdin.end();
  return {
    write(text) {
      if (stdin.writable) stdin.write(text);
    },
    close() {
      stdin.end();
    },
  };
}
