/** What people should know though the run goes on, as events. */
import type { EventLog } from "./event-log.ts";

export function warn(log: EventLog, messages: readonly string[]): void {
  const events = messages.map((message) => ({ type: "warning", message }) as const);
  log.publish(0, events);
}
