/**
 * Splits bytes into lines, on `\n` only. Agents print U+2028 inside JSON raw, and `node:readline` on Node 24 splits
 * there, as it does on a bare carriage return. Works on bytes, so that characters survive chunk edges.
 */

/** One line without its end. */
export interface Line {
  readonly text: string;
  /** The line was longer than the cap; `text` is its beginning. */
  readonly truncated: boolean;
  /** Whether a newline ended it: a last line without one may be half a line. */
  readonly complete: boolean;
}

/** A splitter for one stream. */
export interface LineSplitter {
  /** Takes the next bytes, gives the lines they complete. */
  push(bytes: Uint8Array): Line[];
  /** Gives what is left after the stream's end. */
  flush(): Line[];
}

/** A line over 64 MiB is cut: real agents print lines of several megabytes, nothing prints more. */
const defaultCapBytes = 64 * 1024 * 1024;

/** Makes a splitter. Memory is bounded by `capBytes`, in bytes. */
export function splitLines(capBytes: number = defaultCapBytes): LineSplitter {
  const decoder = new TextDecoder();
  let parts: Uint8Array[] = [];
  let keptBytes = 0;
  let truncated = false;

  const keep = (bytes: Uint8Array): void => {
    const room = capBytes - keptBytes;
    if (bytes.length > room) truncated = true;
    const kept = bytes.subarray(0, room);
    if (kept.length === 0) return;
    parts.push(kept);
    keptBytes += kept.length;
  };

  const take = (complete: boolean): Line => {
    const text = decoder.decode(joinBytes(parts, keptBytes));
    const line = { text: text.endsWith("\r") ? text.slice(0, -1) : text, truncated, complete };
    parts = [];
    keptBytes = 0;
    truncated = false;
    return line;
  };

  return {
    push(bytes) {
      const lines: Line[] = [];
      let start = 0;
      for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
        keep(bytes.subarray(start, end));
        lines.push(take(true));
        start = end + 1;
      }
      // The rest outlives the call, and the reader may reuse its buffer, of which `Buffer.slice` would be only a view.
      if (start < bytes.length) keep(new Uint8Array(bytes.subarray(start)));
      return lines;
    },
    flush: () => (keptBytes > 0 ? [take(false)] : []),
  };
}

function joinBytes(parts: readonly Uint8Array[], length: number): Uint8Array {
  if (parts.length === 1) return parts[0] ?? new Uint8Array();
  const joined = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}
