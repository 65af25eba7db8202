/** What the live view knows of a run, folded from its events. */
import { addCosts } from "../../run/fold.ts";
import type { AgentEvent, HitchEvent, PlanEntry } from "../../vocabulary/events.ts";
import { addUsage, type Cost, type Usage } from "../../vocabulary/usage.ts";

/** A tool call and when it began, in milliseconds since 1970. */
export type Call = Extract<AgentEvent, { type: "tool-call" }> & { readonly startedAtMs: number };

export interface ViewState {
  /** The answer will be printed on the same terminal, so the view does not print it too. */
  readonly answerFollows: boolean;
  /** When the run began, in milliseconds since 1970. */
  readonly startedAtMs: number | undefined;
  readonly cwd: string;
  readonly attempt: number;
  /** What the agent does while no tool call is open; it may be a whole phrase. */
  readonly activity: string;
  /** Until when it waits before it tries again, in milliseconds since 1970. */
  readonly waitsUntilMs: number | undefined;
  readonly openCalls: readonly Call[];
  /** The call that ended last. */
  readonly endedCall: Call | undefined;
  /** Held back while it may be the answer, or grow. By the id of the piece. */
  readonly texts: ReadonlyMap<string, string>;
  /** The texts belong to a step that is over: what comes now belongs to another one. */
  readonly stepIsOver: boolean;
  readonly plan: readonly PlanEntry[];
  readonly usage: Usage;
  readonly cost: Cost | undefined;
}

export function initialState(answerFollows: boolean): ViewState {
  return {
    answerFollows,
    startedAtMs: undefined,
    cwd: "",
    attempt: 0,
    activity: "starting",
    waitsUntilMs: undefined,
    openCalls: [],
    endedCall: undefined,
    texts: new Map(),
    stepIsOver: false,
    plan: [],
    usage: {},
    cost: undefined,
  };
}

/** The state after the event. */
export function advance(before: ViewState, event: HitchEvent): ViewState {
  const state = releasesText(before, event)
    ? { ...before, texts: new Map<string, string>(), stepIsOver: false }
    : before;
  const atMs = Date.parse(event.time);
  switch (event.type) {
    case "run-start":
      return { ...state, startedAtMs: atMs, cwd: event.cwd };
    case "attempt-start": {
      const { attempt, provider } = event;
      return { ...state, attempt, activity: `starting ${provider}`, waitsUntilMs: undefined, openCalls: [] };
    }
    case "text-delta":
      return {
        ...works(state, "writing"),
        texts: addText(state, event.id, (state.texts.get(event.id) ?? "") + event.text),
      };
    case "text":
      return { ...works(state), texts: addText(state, event.id, event.text) };
    case "reasoning-delta":
      return works(state, "thinking");
    case "tool-call":
      return { ...works(state), openCalls: [...state.openCalls, { ...event, startedAtMs: atMs }] };
    case "tool-result":
      return {
        ...works(state),
        openCalls: state.openCalls.filter(({ toolCallId }) => toolCallId !== event.toolCallId),
        endedCall: findCall(state, event.toolCallId),
      };
    case "plan":
      return { ...works(state), plan: event.entries };
    case "finish-step": {
      const { usage = {}, cost } = event;
      const costs = state.cost === undefined ? [cost] : [state.cost, cost];
      return { ...works(state), stepIsOver: true, usage: addUsage(state.usage, usage), cost: addCosts(costs) };
    }
    case "retry":
      return {
        ...works(state, "trying again"),
        waitsUntilMs: event.delayMs === undefined ? undefined : atMs + event.delayMs,
      };
    case "attempt-finish":
      return { ...works(state), openCalls: [] };
    case "session":
    case "reasoning":
      return works(state);
    default:
      return state;
  }
}

/** Whether the texts so far can be shown for good: the answer is something else, or there will be none. */
export function releasesText(state: ViewState, event: HitchEvent): boolean {
  switch (event.type) {
    case "tool-call":
    case "retry":
    case "fallback":
    case "attempt-start":
    case "output":
      return true;
    case "text":
    case "text-delta":
    case "reasoning":
    case "reasoning-delta":
      return state.stepIsOver;
    case "run-finish":
      return !(state.answerFollows && event.status === "completed");
    default:
      return false;
  }
}

export function findCall(state: ViewState, toolCallId: string): Call | undefined {
  return state.openCalls.find((call) => call.toolCallId === toolCallId);
}

function works(state: ViewState, activity = "working"): ViewState {
  return { ...state, activity, waitsUntilMs: undefined };
}

function addText({ texts }: ViewState, id: string, text: string): ReadonlyMap<string, string> {
  return new Map(texts).set(id, text);
}
