/** How often Gemini CLI (0.61.0) has tried a call of its model, as stderr tells. It would try for minutes. */
import type { Decoded, Evidence } from "../../provider.ts";
import { readFailedTry, readWait } from "./gemini-failure.ts";

/** After that many tries of a call, 16 s, or before a wait of that length Gemini is ended. */
const mostTries = 3;
const longestWaitMs = 90_000;

/** A fresh reader of the lines of stderr. */
export function readTries(): (line: string) => Decoded {
  let lastTry: Evidence | undefined;
  let tries = 0;

  return (line) => {
    const told = readFailedTry(line);
    // What is out of the count is of a tool's output.
    const found = told?.count === 1 || told?.count === tries + 1 ? told : undefined;
    tries = found?.count ?? tries;
    const delayMs = readWait(line);
    if (found !== undefined) lastTry = { type: "failure", recovered: true, ...found.failure };
    if (lastTry === undefined || (found === undefined && delayMs === undefined)) return {};
    if ((found?.count ?? 0) >= mostTries || (delayMs ?? 0) > longestWaitMs) {
      const failure = { ...lastTry, recovered: false, ...(delayMs !== undefined && { retryAfterMs: delayMs }) };
      return { evidence: [failure, { type: "ended", ok: false, reason: "too many tries" }] };
    }
    if (found === undefined) return {};
    const retry = { type: "retry", reason: found.failure.message, ...(delayMs !== undefined && { delayMs }) } as const;
    return { events: [retry], evidence: [lastTry] };
  };
}
