/** Finds secrets in texts, and redacts texts that come in pieces: a secret may begin in one and end in another. */

/** What stands where a secret stood. */
export const mask = "[redacted]";

/** Finds the next secret at or behind a place; of several that begin there, the longest. */
export type FindSecret = (text: string, from: number) => { readonly start: number; readonly end: number } | undefined;

/** Redacts a text that goes on, as far as it is decided. */
export type RedactPart = (text: string) => {
  /** Redacted for good. */
  readonly done: string;
  /** The end of the text as it is, which may be the beginning of a secret; shorter than the longest one. */
  readonly held: string;
};

/** More characters of a secret would make the search no faster. */
const longestHead = 32;

/** Characters of the pattern: a much larger one is compiled slowly or not at all, with an error that quotes it. */
const patternSize = 20_000;

/** `secrets` are there, none empty, the longest first. Pure. */
export function createFinder(secrets: readonly string[]): FindSecret {
  const shortest = secrets.at(-1)?.length ?? 0;
  const share = Math.max(1, Math.floor(patternSize / secrets.length));
  // All of one length, so that at a place there is one at most.
  const headLength = Math.min(longestHead, shortest, share);
  const byHead = Map.groupBy(secrets, (secret) => secret.slice(0, headLength));
  const heads = new RegExp([...byHead.keys()].map(escapePattern).join("|"), "g");
  return (text, from) => {
    heads.lastIndex = from;
    for (let head = heads.exec(text); head !== null; head = heads.exec(text)) {
      const start = head.index;
      const secret = byHead.get(head[0])?.find((candidate) => text.startsWith(candidate, start));
      if (secret !== undefined) return { start, end: start + secret.length };
      heads.lastIndex = start + 1;
    }
    return undefined;
  };
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/** `find` finds these `secrets`, of which the longest is the first. Pure. */
export function createPartRedactor(secrets: readonly string[], find: FindSecret): RedactPart {
  const longest = secrets[0]?.length ?? 0;
  const byFirst = Map.groupBy(secrets, (secret) => secret[0]);

  /** Where the end begins that may become a secret; the text's length if there is none. */
  const findOpenEnd = (text: string, from: number): number => {
    for (let index = Math.max(from, text.length - longest + 1); index < text.length; index++) {
      const restLength = text.length - index;
      // Both ends first: to compare all of a long rest, at each place, takes long.
      const candidates = byFirst.get(text[index])?.filter((secret) => secret[restLength - 1] === text.at(-1)) ?? [];
      if (candidates.length === 0) continue;
      const rest = text.slice(index);
      if (candidates.some((secret) => secret.length > restLength && secret.startsWith(rest))) return index;
    }
    return text.length;
  };

  return (text) => {
    let done = "";
    let from = 0;
    let open = findOpenEnd(text, 0);
    for (;;) {
      const found = find(text, from);
      // One that begins where the open end does may yet become a longer one.
      if (found === undefined || found.start >= open)
        return { done: done + text.slice(from, open), held: text.slice(open) };
      done += text.slice(from, found.start) + mask;
      from = found.end;
      if (open < from) open = findOpenEnd(text, from);
    }
  };
}
