/** What a run may spend. */

/** The kinds of limits. */
export const limitKinds = ["usd", "tokens", "turns"] as const;

export type LimitKind = (typeof limitKinds)[number];

/** What a run may spend at most, in all its attempts together. A kind that is absent has no limit. */
export interface Limits {
  /** US dollars. */
  readonly usd?: number;
  /** All of them: input, output, reasoning, read from a cache and written to one. */
  readonly tokens?: number;
  /** Calls of the model. */
  readonly turns?: number;
}

/**
 * Who keeps a limit. `native`: the agent itself. `stream`: the agent tells what each call of its model took, so Hitch ends it
 * within one. `end`: only a finished agent tells, which is too late. `none`: nobody tells.
 */
export type LimitSupport = "native" | "stream" | "end" | "none";
