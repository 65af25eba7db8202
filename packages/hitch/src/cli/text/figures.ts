/** Times, tokens and money, short and for people. */
import type { Cost, Usage } from "../../vocabulary/usage.ts";

/** How long something took, rounded; up to ten seconds with tenths: `3.2s`, `42s`, `1m05s`, `2h07m`. */
export function formatTime(timeMs: number): string {
  const tenths = Math.round(timeMs / 100);
  if (tenths < 100) return `${tenths / 10}s`;
  const seconds = Math.round(timeMs / 1000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes}m${twoDigits(seconds % 60)}s`
    : `${Math.floor(minutes / 60)}h${twoDigits(minutes % 60)}m`;
}

const agoUnits = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "m"],
  [1000, "s"],
] as const;

/** How long ago, in whole units, rounded down: `12s ago`, `3d ago`; `now` below a second, and for a clock that was set back. */
export function formatAgo(agoMs: number): string {
  const [unitMs, unit] = agoUnits.find(([each]) => agoMs >= each) ?? [];
  return unitMs === undefined ? "now" : `${Math.floor(agoMs / unitMs)}${unit} ago`;
}

/** `12.3k in, 1.2k out`; prompts with what came from a cache, answers with reasoning. `undefined` if nothing is known. */
export function formatUsage(usage: Usage): string | undefined {
  const { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens, reasoningTokens } = usage;
  const read = sum(inputTokens, cacheReadTokens, cacheWriteTokens);
  const written = sum(outputTokens, reasoningTokens);
  const parts = [
    read !== undefined && `${formatCount(read)} in`,
    written !== undefined && `${formatCount(written)} out`,
  ];
  return parts.filter((part) => part !== false).join(", ") || undefined;
}

/** `$0.0123`, `~$1.20` for an estimate; `undefined` if the cost is unknown. */
export function formatCost({ usd, source }: Cost): string | undefined {
  if (usd === undefined) return undefined;
  const amount = usd === 0 ? "0" : usd.toFixed(usd < 1 ? 4 : 2);
  return `${source === "estimated" ? "~" : ""}$${amount}`;
}

/** `999`, `12.3k`, `4.5M`. */
function formatCount(count: number): string {
  if (count < 1000) return String(count);
  // From here on thousands would be rounded to 1000k.
  const [divisor, unit] = count < 999_950 ? [1000, "k"] : [1_000_000, "M"];
  return `${Number((count / divisor).toFixed(1))}${unit}`;
}

function sum(...counts: readonly (number | undefined)[]): number | undefined {
  const known = counts.filter((count) => count !== undefined);
  return known.length === 0 ? undefined : known.reduce((total, count) => total + count);
}

function twoDigits(count: number): string {
  return String(count).padStart(2, "0");
}
