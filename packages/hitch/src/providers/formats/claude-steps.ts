/** Where one call of the model ends and the next begins, in a stream like that of Claude Code 2.1.330. */
import type { AgentEvent } from "../../vocabulary/events.ts";
import type { Usage } from "../../vocabulary/usage.ts";
import { isCounted, readUsage } from "./claude-message.ts";

export interface Steps {
  /** A message begins to be streamed. If another was being streamed, it broke off, and what it said comes again. */
  start(messageId: string, counts: unknown): readonly AgentEvent[];
  /** A block of the streamed message begins, or is over. */
  startPiece(): void;
  endPiece(): void;
  /** The id of the block that is being streamed; undefined outside of one. */
  readonly openPiece: string | undefined;
  /** A whole block of a message, and the id of its piece. */
  take(messageId: string, counts: unknown): { readonly events: readonly AgentEvent[]; readonly id: string };
  /** The streamed message's last counts, and why the model stopped. */
  note(counts: unknown, reason: string | undefined): void;
  /** The model was told what its tools gave, so whatever comes now is another call. */
  answer(): void;
  /** The streamed message, or the whole run, is over. */
  end(): readonly AgentEvent[];
  /** The last streamed message ended before the model had said all. */
  readonly isCutOff: boolean;
}

interface Step {
  readonly messageId: string;
  usage: Usage;
  reason: string | undefined;
  isStreamed: boolean;
  isAnswered: boolean;
}

/** Reasons for stopping of a model that had not said all. */
const unfinished: readonly (string | undefined)[] = [undefined, "max_tokens", "refusal"];

export function createSteps(): Steps {
  let number = 0;
  let pieces = 0;
  let openPiece: string | undefined;
  let step: Step | undefined;
  let isCutOff = false;

  const end = (): readonly AgentEvent[] => {
    if (step === undefined) return [];
    const { usage, reason, isStreamed } = step;
    isCutOff = isStreamed && unfinished.includes(reason);
    step = undefined;
    openPiece = undefined;
    number += 1;
    pieces = 0;
    const spent = isCounted(usage) && { usage };
    return [{ type: "finish-step", ...spent, cost: { source: "unknown" }, ...(reason !== undefined && { reason }) }];
  };

  /** A message without counts belongs to the same call as the next one, unless tools have run between them. */
  const enter = (messageId: string): { step: Step; events: readonly AgentEvent[] } => {
    if (step?.messageId === messageId) return { step, events: [] };
    const isOver = step !== undefined && !step.isStreamed && (isCounted(step.usage) || step.isAnswered);
    const isBroken = step?.isStreamed === true;
    const events = isOver ? end() : [];
    if (isBroken) pieces = 0;
    step = { messageId, usage: {}, reason: undefined, isStreamed: false, isAnswered: false };
    return { step, events };
  };

  return {
    start(messageId, counts) {
      const entered = enter(messageId);
      entered.step.isStreamed = true;
      entered.step.usage = readUsage(counts);
      openPiece = undefined;
      return entered.events;
    },
    startPiece() {
      openPiece = `${number}.${pieces++}`;
    },
    endPiece() {
      openPiece = undefined;
    },
    get openPiece() {
      return openPiece;
    },
    take(messageId, counts) {
      const entered = enter(messageId);
      if (!entered.step.isStreamed) entered.step.usage = readUsage(counts);
      return { events: entered.events, id: openPiece ?? `${number}.${pieces++}` };
    },
    note(counts, reason) {
      if (step === undefined) return;
      step.usage = { ...step.usage, ...readUsage(counts) };
      step.reason = reason;
    },
    answer() {
      if (step !== undefined) step.isAnswered = true;
    },
    end,
    get isCutOff() {
      return isCutOff;
    },
  };
}
