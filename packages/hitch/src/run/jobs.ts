/** Jobs side by side, no more at once than allowed. */
import type { EachLimits } from "./each.ts";

/** Something to be started. */
export interface Job<Value> {
  /** Whose limit it counts for. */
  readonly provider: string;
  /** Never rejects. */
  readonly start: () => Promise<Value>;
}

/**
 * Starts the jobs in their order, as far as the limits allow; one whose provider is busy lets others pass. Resolves with
 * what they gave, in their order.
 */
export function runJobs<Value>(jobs: readonly Job<Value>[], limits: EachLimits): Promise<readonly Value[]> {
  const { concurrency = defaultConcurrency, concurrencyByProvider = {} } = limits;
  const values = new Array<Value>(jobs.length);
  const waiting = [...jobs.entries()];
  const busy = new Map<string, number>();
  let running = 0;
  const change = (provider: string, by: 1 | -1): void => {
    running += by;
    busy.set(provider, (busy.get(provider) ?? 0) + by);
  };
  const mayStart = (provider: string): boolean =>
    running < concurrency && (busy.get(provider) ?? 0) < (concurrencyByProvider[provider] ?? Infinity);

  return new Promise((resolve, reject) => {
    const startMore = (): void => {
      for (;;) {
        const next = waiting.findIndex(([, { provider }]) => mayStart(provider));
        const [index, job] = waiting[next] ?? [];
        if (index === undefined || job === undefined) break;
        waiting.splice(next, 1);
        change(job.provider, 1);
        job.start().then((value) => {
          values[index] = value;
          change(job.provider, -1);
          startMore();
        }, reject);
      }
      if (running === 0) resolve(values);
    };
    startMore();
  });
}

const defaultConcurrency = 4;
