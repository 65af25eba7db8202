/** Codex does not wait until MCP servers have started, as a model that first looks for tools would make it. */
import type { RecordedRequest, Turn, Turns } from "../../../src/testing/index.ts";

/** These turns one after the other; a call of a tool that is not there yet is made again. */
export function patient(turns: readonly Turn[]): Turns {
  let next = 0;
  return (request) => {
    if (!cameTooEarly(request)) next += 1;
    const turn = turns[Math.min(next, turns.length) - 1];
    if (turn === undefined) throw new Error("There are no turns.");
    return cameTooEarly(request) ? { ...turn, delayMs: 500 } : turn;
  };
}

/** Whether the request only tells that the tool of the last call is not there. */
export function cameTooEarly({ messages }: RecordedRequest): boolean {
  const last = messages.at(-1);
  return last?.role === "tool" && last.text.startsWith("unsupported call: ");
}
