/** How long and how often. */
import type { Timeouts } from "../policy/clocks.ts";
import type { Provider } from "../provider.ts";
import { checkKeys, refuse, show, type Findings } from "./check.ts";

const minuteMs = 60_000;

/** Silence says nothing about an agent that prints only whole steps, so the clocks that listen to it are off. */
const defaults = {
  live: { total: 30 * minuteMs, startup: 2 * minuteMs, idle: 5 * minuteMs },
  "per-step": { total: 30 * minuteMs, startup: false, idle: false },
} as const;

/** `setTimeout` cannot wait longer: 24.8 days. */
const longestMs = 2 ** 31 - 1;

export function checkTimeouts(findings: Findings, provider: Provider, given: unknown): Timeouts {
  const asked = checkKeys(findings, "timeouts", given, ["total", "startup", "idle"]);
  const usual = defaults[provider.capabilities.progress];
  const read = (name: "total" | "startup" | "idle"): number | undefined => {
    const value = asked[name] ?? usual[name];
    if (value === false) return undefined;
    if (typeof value === "number" && value > 0 && value <= longestMs) return value;
    refuse(
      findings,
      `timeouts.${name}`,
      "wrong-value",
      `timeouts.${name}: ${show(value)} is neither milliseconds from 1 to ${longestMs} nor false`,
    );
    return undefined;
  };
  return { totalMs: read("total"), startupMs: read("startup"), idleMs: read("idle") };
}

export interface RetryLimits {
  /** New attempts after failures of the model's side. */
  readonly transient: number;
  /** Corrections of a value that does not fit the schema. */
  readonly output: number;
}

export function checkRetries(findings: Findings, provider: Provider, given: unknown): RetryLimits {
  const asked = checkKeys(findings, "retries", given, ["transient", "output"]);
  const read = (name: "transient" | "output", usual: number): number => {
    const value = asked[name] ?? usual;
    if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value;
    const message = `retries.${name}: ${show(value)} is not a whole number from 0`;
    refuse(findings, `retries.${name}`, "wrong-value", message);
    return 0;
  };
  return { transient: read("transient", provider.capabilities.ownRetries === "on" ? 0 : 2), output: read("output", 2) };
}
