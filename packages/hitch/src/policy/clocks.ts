/**
 * When a run has lasted or been silent for too long. Silence is counted like on a stopwatch: it stands still while
 * silence says nothing, and starts again from zero with every output.
 */
import type { ErrorCode } from "../vocabulary/codes.ts";

/** Limits in milliseconds; undefined means none. */
export interface Timeouts {
  /** From the start of the run to its end, in real time. */
  readonly totalMs?: number | undefined;
  /** Until the first byte. Without it, `idleMs` holds from the start. */
  readonly startupMs?: number | undefined;
  /** Without output, while no tool call is open. */
  readonly idleMs?: number | undefined;
}

export type Clock = "startup" | "idle" | "total";

/** What the clocks know. Make it with `startClocks`, change it with `updateClocks`. */
export interface ClockState {
  readonly startedAtMs: number;
  /** The agent has printed something, on stdout or stderr. */
  readonly heard: boolean;
  /** Silence counted until `countedAtMs`. */
  readonly silentMs: number;
  readonly countedAtMs: number;
  readonly openToolCalls: number;
  /** A process of the run that was born after the last line is alive: as good as an open tool call. */
  readonly bornAfterLastLine: boolean;
  /** We don't read, because our own consumer is slow. */
  readonly paused: boolean;
}

/** What has happened; what is left out has not changed. */
export interface ClockChange {
  /** Output came, on stdout or stderr. */
  readonly heard?: true;
  readonly openToolCalls?: number;
  readonly bornAfterLastLine?: boolean;
  readonly paused?: boolean;
}

/** All clocks at zero. `startedAtMs`: when the run began, for a later attempt of it. */
export function startClocks(nowMs: number, startedAtMs: number = nowMs): ClockState {
  return {
    startedAtMs,
    heard: false,
    silentMs: 0,
    countedAtMs: nowMs,
    openToolCalls: 0,
    bornAfterLastLine: false,
    paused: false,
  };
}

/** Counts the time until now under the old conditions, then changes them. */
export function updateClocks(state: ClockState, change: ClockChange, nowMs: number): ClockState {
  const bornAfterLastLine = change.heard === true ? false : (change.bornAfterLastLine ?? state.bornAfterLastLine);
  // The end of such a process is the end of an unseen tool call: what comes next may take as long as after any output.
  const beginsAnew = change.heard === true || (state.bornAfterLastLine && !bornAfterLastLine);
  return {
    ...state,
    heard: state.heard || change.heard === true,
    silentMs: beginsAnew ? 0 : silenceMs(state, nowMs),
    countedAtMs: nowMs,
    openToolCalls: change.openToolCalls ?? state.openToolCalls,
    bornAfterLastLine,
    paused: change.paused ?? state.paused,
  };
}

/**
 * Says which clock has fired, and in how many milliseconds to look again (always fit for `setTimeout`). When `idle`
 * fires, look for processes born after the last line before believing it.
 */
export function readClocks(
  state: ClockState,
  timeouts: Timeouts,
  nowMs: number,
): { fired: Clock | undefined; nextLookMs: number } {
  const silence = state.heard || timeouts.startupMs === undefined ? "idle" : "startup";
  const silenceLimitMs = (silence === "startup" ? timeouts.startupMs : timeouts.idleMs) ?? Infinity;
  const silenceLeftMs = standsStill(state) ? Infinity : silenceLimitMs - silenceMs(state, nowMs);
  const totalLeftMs = (timeouts.totalMs ?? Infinity) - (nowMs - state.startedAtMs);
  const leftMs = Math.min(silenceLeftMs, totalLeftMs);
  if (leftMs <= 0) return { fired: totalLeftMs <= silenceLeftMs ? "total" : silence, nextLookMs: 0 };
  const lookMs = state.bornAfterLastLine ? Math.min(leftMs, stillLookMs) : leftMs;
  return { fired: undefined, nextLookMs: Math.min(Math.ceil(lookMs), longestTimerMs) };
}

/** The code and the message of a clock that has fired. */
export function explainClock(clock: Clock, timeouts: Timeouts): { code: ErrorCode; message: string } {
  switch (clock) {
    case "startup":
      return { code: "startup-timeout", message: `The agent printed nothing within ${seconds(timeouts.startupMs)}.` };
    case "idle":
      return { code: "idle-timeout", message: `The agent printed nothing for ${seconds(timeouts.idleMs)}.` };
    case "total":
      return { code: "timeout", message: `The run was not over after ${seconds(timeouts.totalMs)}.` };
  }
}

/** How often to see whether the process that the silence waits for is still there: nothing tells when it ends. */
const stillLookMs = 5_000;

/** `setTimeout` fires at once when asked for more. */
const longestTimerMs = 2 ** 31 - 1;

function silenceMs(state: ClockState, nowMs: number): number {
  return state.silentMs + (standsStill(state) ? 0 : Math.max(0, nowMs - state.countedAtMs));
}

/** Before the first byte only our own pause counts: a shim that starts the real agent is no tool call. */
function standsStill(state: ClockState): boolean {
  return state.paused || (state.heard && (state.openToolCalls > 0 || state.bornAfterLastLine));
}

function seconds(timeMs: number | undefined): string {
  return `${Number(((timeMs ?? 0) / 1000).toFixed(1))} s`;
}
