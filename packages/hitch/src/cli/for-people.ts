/** Times and places, short and for people. */

const units = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "m"],
  [1000, "s"],
] as const;

/** How long ago, in whole units, rounded down: `12s ago`, `3d ago`; `now` below a second, and for a clock that was set back. */
export function formatAgo(agoMs: number): string {
  const [unitMs, unit] = units.find(([each]) => agoMs >= each) ?? [];
  return unitMs === undefined ? "now" : `${Math.floor(agoMs / unitMs)}${unit} ago`;
}

/** A path of the user's with `~` for their home. */
export function withTilde(path: string, home: string): string {
  return home !== "" && (path === home || path.startsWith(`${home}/`)) ? `~${path.slice(home.length)}` : path;
}

/** How wide a terminal is; `undefined` for anything else. One that does not say is taken for 80 columns wide. */
export function columnsOf(stream: { readonly isTTY?: boolean; readonly columns?: number }): number | undefined {
  return stream.isTTY ? stream.columns || 80 : undefined;
}
