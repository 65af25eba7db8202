/** Version numbers, as far as agents print them. */

/** The first version number in a text, or `undefined`. */
export function readVersion(text: string): string | undefined {
  return /(?<![\w.])v?(\d{1,6}\.\d{1,6}(?:\.\d{1,6})?(?:-[0-9A-Za-z]+(?:\.[0-9A-Za-z]+)*)?)(?!\.?\w)/.exec(text)?.[1];
}

/** Whether `found` comes before or after `other`, by its numbers alone: `1.2.0-beta` counts as `1.2.0`. */
export function compareVersions(found: string, other: string): "older" | "same" | "newer" {
  const left = numbersOf(found);
  const right = numbersOf(other);
  for (let place = 0; place < Math.max(left.length, right.length); place++) {
    const difference = (left[place] ?? 0) - (right[place] ?? 0);
    if (difference !== 0) return difference < 0 ? "older" : "newer";
  }
  return "same";
}

function numbersOf(version: string): number[] {
  return (version.split("-")[0] ?? "").split(".").map(Number);
}
