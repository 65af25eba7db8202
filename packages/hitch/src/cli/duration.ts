/** A length of time as a flag takes it: exact, unlike the rounded times of `text/figures.ts`. */

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/**
 * Milliseconds; `false` for `off`; `undefined` if it is no length of time. A number alone is none: of what?
 *
 * @example
 * parseDuration("1.5m"); // 90000
 */
export function parseDuration(text: string): number | false | undefined {
  if (text === "off") return false;
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  const unitMs = unitsMs[unit];
  return amount === undefined || unitMs === undefined ? undefined : Math.round(Number(amount) * unitMs);
}

/** The same the other way round: `30m`, `1.5s`, `off`. */
export function formatDuration(durationMs: number | undefined): string {
  if (durationMs === undefined) return "off";
  const [unit = "ms", unitMs = 1] =
    Object.entries(unitsMs).findLast(([, each]) => durationMs >= each && (durationMs * 10) % each === 0) ?? [];
  return `${durationMs / unitMs}${unit}`;
}
