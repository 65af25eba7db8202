/** Keeps the beginning and the end of a stream that may be endless. */

export interface KeptEnds {
  add(text: string): void;
  readonly head: string;
  /** What followed the head, or the last of it. */
  readonly tail: string;
}

/** Memory stays below about `3 * limit` characters. */
export function keepEnds(limit = 8192): KeptEnds {
  let head = "";
  let tail = "";
  return {
    add(text) {
      const room = limit - head.length;
      head += text.slice(0, room);
      tail += text.slice(room);
      if (tail.length > 2 * limit) tail = tail.slice(-limit);
    },
    get head() {
      return head;
    },
    get tail() {
      return tail.slice(-limit);
    },
  };
}
