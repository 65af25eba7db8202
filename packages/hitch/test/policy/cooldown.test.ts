import { describe, expect, test } from "vitest";
import { createCooldowns, type Cooldowns } from "../../src/policy/cooldown.ts";

function atTime(): { clock: { ms: number }; cooldowns: Cooldowns; ready: (...keys: string[]) => readonly string[] } {
  const clock = { ms: 1000 };
  const cooldowns = createCooldowns(() => clock.ms);
  return { clock, cooldowns, ready: (...keys) => cooldowns.ready(keys, (key) => key) };
}

describe("a provider whose model's side asked to wait", () => {
  test("is left alone for as long, and no other one is", () => {
    const { clock, cooldowns, ready } = atTime();
    cooldowns.note("a", { code: "rate-limited", message: "", retryAfterMs: 5000 });
    expect(ready("a", "b")).toEqual(["b"]);
    clock.ms += 4999;
    expect(ready("a", "b")).toEqual(["b"]);
    clock.ms += 1;
    expect(ready("a", "b")).toEqual(["a", "b"]);
  });

  test("is taken all the same if every other one is left alone too", () => {
    const { cooldowns, ready } = atTime();
    for (const key of ["a", "b"]) cooldowns.note(key, { code: "overloaded", message: "", retryAfterMs: 5000 });
    expect(ready("a", "b")).toEqual(["a", "b"]);
    expect(ready("a")).toEqual(["a"]);
  });

  test("waits for the longest that was asked, but never for more than an hour", () => {
    const { clock, cooldowns, ready } = atTime();
    cooldowns.note("a", { code: "quota-exhausted", message: "", retryAfterMs: 7 * 86_400_000 });
    cooldowns.note("a", { code: "rate-limited", message: "", retryAfterMs: 10 });
    clock.ms += 3_599_999;
    expect(ready("a", "b")).toEqual(["b"]);
    clock.ms += 1;
    expect(ready("a", "b")).toEqual(["a", "b"]);
  });

  test.each([
    { code: "rate-limited", message: "" },
    { code: "authentication", message: "", retryAfterMs: 5000 },
    { code: "agent-error", message: "", retryAfterMs: 5000 },
  ] as const)("is not left alone after $code with a wait of $retryAfterMs", (failure) => {
    const { cooldowns, ready } = atTime();
    cooldowns.note("a", failure);
    expect(ready("a", "b")).toEqual(["a", "b"]);
  });
});
