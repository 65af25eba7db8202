import { describe, expect, test } from "vitest";
import { createCooldowns, type Cooldowns } from "../../src/policy/cooldown.ts";

function atTime(): { clock: { ms: number }; cooldowns: Cooldowns; ready: (...keys: string[]) => readonly string[] } {
  const clock = { ms: 1000 };
  const cooldowns = createCooldowns(() => clock.ms);
  return { clock, cooldowns, ready: (...keys) => cooldowns.split(keys, (key) => key).ready };
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

  test("is told apart from the others, each in its order", () => {
    const { cooldowns } = atTime();
    for (const key of ["a", "c"]) cooldowns.note(key, { code: "overloaded", message: "", retryAfterMs: 5000 });
    const split = cooldowns.split(["a", "b", "c", "d"], (key) => key);
    expect(split).toEqual({ ready: ["b", "d"], cooling: ["a", "c"] });
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
