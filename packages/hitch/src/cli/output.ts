/** stdout and stderr: written at the pace of whoever reads them. */
import type { Writable } from "node:stream";

/** A stream of text to the outside. */
export interface Output {
  /** Resolves when there is room for more. Never rejects; after a failure it does nothing. */
  write(text: string): Promise<void>;
  /** Resolves when everything has been taken, or will never be. */
  flushed(): Promise<void>;
  /** Why nothing can be written any more; `EPIPE` is a reader that went away. */
  readonly failure: NodeJS.ErrnoException | undefined;
}

/** `onFailure` hears at once that nothing can be written any more. */
export function openOutput(stream: Writable, onFailure: (error: NodeJS.ErrnoException) => void): Output {
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
