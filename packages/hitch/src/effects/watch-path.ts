/** Hears that something has changed at a path. It is only a hint: not every file system gives it, and not always. */
import { watch } from "node:fs";

/** Calls `onChange` at changes of a file, or of a folder's own entries. Keeps no process alive. Gives how to stop. */
export function watchPath(path: string, onChange: () => void): () => void {
  try {
    const watcher = watch(path, { persistent: false }, onChange);
    watcher.on("error", () => watcher.close());
    return () => watcher.close();
  } catch {
    return () => undefined; // No watch is free, or there is none here: whoever calls also looks now and then.
  }
}

/** Changes to wait for, one after the other. */
export interface Changes {
  /** Resolves with true at a change since the last call, with false after `withinMs` or when the signal aborts. */
  next(withinMs: number, signal: AbortSignal): Promise<boolean>;
  close(): void;
}

/** Watches from now on: a change before the first `next` is not lost. */
export function watchForChanges(path: string): Changes {
  let changed = false;
  let wake = (): void => undefined;
  const close = watchPath(path, () => {
    changed = true;
    wake();
  });
  return {
    next: (withinMs, signal) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => wake(), withinMs);
        wake = () => {
          clearTimeout(timer);
          signal.removeEventListener("abort", wake);
          wake = () => undefined;
          resolve(changed);
          changed = false;
        };
        signal.addEventListener("abort", wake, { once: true });
        if (changed || signal.aborted) wake();
      }),
    close,
  };
}
