/** One text that comes in pieces, redacted as if it had come in one. */
import type { Redact } from "./redaction.ts";

export interface TextRedactor {
  /**
   * Takes the next piece. Gives what can be shown: all but an end that may be the beginning of a secret, which comes with
   * a later piece. What is given, put together, is the redaction of the whole text.
   */
  push(text: string): string;
  /** No more pieces: gives the rest. */
  end(): string;
  /** What waits, as it came. */
  readonly held: string;
}

export function createTextRedactor(redact: Redact): TextRedactor {
  let held = "";
  return {
    push(text) {
      if (redact.part === undefined) return redact(text);
      const part = redact.part(held + text);
      ({ held } = part);
      return part.done;
    },
    end() {
      const rest = redact(held);
      held = "";
      return rest;
    },
    get held() {
      return held;
    },
  };
}
