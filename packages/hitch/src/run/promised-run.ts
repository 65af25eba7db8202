/** A run whose machinery is still being loaded: the same to its caller as one that is there. */
import { toHarnessError } from "../vocabulary/error.ts";
import type { Outcome, Run } from "./run.ts";

/**
 * `start` is called at once; the run is in an object, since a promise of a run would be one of its result. What `start` rejects
 * with, the run rejects with.
 */
export function promiseRun<Output>(id: string, start: () => Promise<{ readonly run: Run<Output> }>): Run<Output> {
  const started = start();
  const result = started.then(({ run }) => run.result);
  const settled = started.then(
    ({ run }) => run.settled,
    (error: unknown): Outcome<Output> => ({ status: "failed", error: toHarnessError(error) }),
  );
  const handled = (): void => void result.catch(() => undefined);
  return {
    id,
    result,
    get settled() {
      handled();
      return settled;
    },
    async cancel(reason) {
      handled();
      const there = await started.catch(() => undefined);
      await there?.run.cancel(reason);
    },
    then: (onResult, onError) => result.then(onResult, onError),
    async *[Symbol.asyncIterator]() {
      handled();
      const there = await started.catch(() => undefined);
      if (there) yield* there.run;
    },
    async [Symbol.asyncDispose]() {
      await this.cancel("the run was disposed of");
    },
  };
}
