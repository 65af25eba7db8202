/** Events of which people should know although they ask nothing of them: the words for each, in one place. */
import type { HitchEvent } from "../../vocabulary/events.ts";
import { formatTime } from "./figures.ts";

/** What to say about the event, not yet made harmless; `undefined` if it is none of these. A warning is its message. */
export function noticeOf(event: HitchEvent): string | undefined {
  switch (event.type) {
    case "warning":
      return event.message;
    case "permission":
      return `refused: ${event.message}`;
    case "retry":
      return `trying again${event.delayMs === undefined ? "" : ` in ${formatTime(event.delayMs)}`}: ${event.reason}`;
    case "fallback":
      return `going on with ${event.to} instead of ${event.from}: ${event.reason}`;
    default:
      return undefined;
  }
}
