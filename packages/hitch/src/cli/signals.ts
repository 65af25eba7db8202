/** Ctrl-C and its kin: once is a request to end cleanly, twice is an order to end at once. */

/** That the user, or whoever started the command, wants it to end. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** What the command ends with then. */
  readonly exitCode: number | undefined;
  /** The first one counts. */
  interrupt(reason: string, exitCode: number): void;
}

/** 128 and the number of the signal, as shells have it. */
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** npm hands on to its child the Ctrl-C that the terminal has sent to both, so two at a time are one. */
const sameMs = 250;

/** Listens from now on; `onAgain` is called at the second signal. */
export function listenForSignals(onAgain: () => void): Interruption {
  const controller = new AbortController();
  let exitCode: number | undefined;
  let interruptedAtMs = 0;
  const interruption: Interruption = {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
    interrupt(reason, code) {
      if (controller.signal.aborted) return;
      exitCode = code;
      interruptedAtMs = performance.now();
      controller.abort(reason);
    },
  };
  for (const [name, code] of Object.entries(exitCodes)) {
    process.on(name, () => {
      if (!controller.signal.aborted) interruption.interrupt(name, code);
      else if (performance.now() - interruptedAtMs > sameMs) onAgain();
    });
  }
  return interruption;
}
