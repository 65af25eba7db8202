/** Which providers are left alone for a while, because the model's side asked for it. */
import type { FailedVerdict } from "./verdict.ts";

/** Until when which provider is left alone: by key, in milliseconds of one clock. */
export interface Cooldowns {
  /** Takes down what a failure says; without a time in it nothing follows. */
  note(key: string, failure: FailedVerdict): void;
  /** Those that are not left alone now, and those that are; each in its order. */
  split<Item>(items: readonly Item[], keyOf: (item: Item) => string): Split<Item>;
}

export interface Split<Item> {
  readonly ready: readonly Item[];
  readonly cooling: readonly Item[];
}

/** `now` is in milliseconds of a clock that only goes forward. */
export function createCooldowns(now: () => number): Cooldowns {
  const until = new Map<string, number>();
  const isOver = (key: string): boolean => {
    if (now() < (until.get(key) ?? -Infinity)) return false;
    until.delete(key);
    return true;
  };
  return {
    note(key, { code, retryAfterMs }) {
      if (retryAfterMs === undefined || !coolingCodes.includes(code)) return;
      until.set(key, Math.max(until.get(key) ?? 0, now() + Math.min(retryAfterMs, longestMs)));
    },
    split(items, keyOf) {
      const ready = items.filter((item) => isOver(keyOf(item)));
      return { ready, cooling: items.filter((item) => !ready.includes(item)) };
    },
  };
}

const coolingCodes: readonly string[] = ["rate-limited", "quota-exhausted", "overloaded"];

/** A quota may come back in a week; a key that was topped up should not wait for it. */
const longestMs = 3_600_000;
