/**
 * Tokens and money. Counts are comparable across agents: `input` excludes what was read from a cache or written to one,
 * `output` excludes reasoning where the agent tells them apart.
 */

/** Tokens spent on the model. A count that the agent does not report is 0 only if nothing was spent; else it is absent. */
export interface Usage {
  /** Prompt tokens that were neither read from a cache nor written to one. */
  readonly inputTokens?: number;
  /** Answer tokens without reasoning. */
  readonly outputTokens?: number;
  readonly reasoningTokens?: number;
  readonly cacheReadTokens?: number;
  readonly cacheWriteTokens?: number;
}

/**
 * Money in US dollars and where the figure comes from. `estimated`: the agent tells tokens only, and this is what they cost
 * by the list prices of the model. `unknown` has no `usd`: an unknown cost is never 0.
 */
export interface Cost {
  readonly usd?: number;
  readonly source: "reported" | "estimated" | "unknown";
}

/** The names of all counts. */
export const usageCounts = [
  "inputTokens",
  "outputTokens",
  "reasoningTokens",
  "cacheReadTokens",
  "cacheWriteTokens",
] as const;

/** Adds two usages; a count known on one side only is taken from there. */
export function addUsage(left: Usage, right: Usage): Usage {
  const sum: { -readonly [Key in keyof Usage]: Usage[Key] } = {};
  for (const count of usageCounts) {
    const known = [left[count], right[count]].filter((value) => value !== undefined);
    if (known.length > 0) sum[count] = known.reduce((total, value) => total + value);
  }
  return sum;
}

/** Takes an earlier total off a cumulative one, never below 0. */
export function subtractUsage(total: Usage, earlier: Usage): Usage {
  const share: { -readonly [Key in keyof Usage]: Usage[Key] } = {};
  for (const count of usageCounts) {
    const value = total[count];
    if (value !== undefined) share[count] = Math.max(0, value - (earlier[count] ?? 0));
  }
  return share;
}
