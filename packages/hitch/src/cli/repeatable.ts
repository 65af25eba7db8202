/** Options that may be given several times. */

/** The parser's way to keep all their values. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
