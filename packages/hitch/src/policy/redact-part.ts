/** Redacts texts that come in pieces: a secret may begin in one and end in another. */

/** What stands where a secret stood. */
export const mask = "[redacted]";

/** Redacts a text that goes on, as far as it is decided. */
export type RedactPart = (text: string) => {
  /** Redacted for good. */
  readonly done: string;
  /** The end of the text as it is, which may be the beginning of a secret; shorter than the longest one. */
  readonly held: string;
};

/** `pattern` is global and finds the `secrets`; at each place the longest one. Pure. */
export function createPartRedactor(secrets: readonly string[], pattern: RegExp): RedactPart {
  const longest = Math.max(...secrets.map(({ length }) => length));
  const byFirst = Map.groupBy(secrets, (secret) => secret[0]);

  /** Where the end begins that may become a secret; the text's length if there is none. */
  const findOpenEnd = (text: string, from: number): number => {
    for (let index = Math.max(from, text.length - longest + 1); index < text.length; index++) {
      const candidates = byFirst.get(text[index]);
      if (candidates === undefined) continue;
      const rest = text.slice(index);
      if (candidates.some((secret) => secret.length > rest.length && secret.startsWith(rest))) return index;
    }
    return text.length;
  };

  return (text) => {
    let done = "";
    let from = 0;
    let open = findOpenEnd(text, 0);
    for (;;) {
      pattern.lastIndex = from;
      const found = pattern.exec(text);
      // One that begins where the open end does may yet become a longer one.
      if (found === null || found.index >= open) return { done: done + text.slice(from, open), held: text.slice(open) };
      done += text.slice(from, found.index) + mask;
      from = found.index + found[0].length;
      if (open < from) open = findOpenEnd(text, from);
    }
  };
}
