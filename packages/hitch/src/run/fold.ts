/** Folds the events and totals of an attempt into what its result says. */
import { submitToolName } from "../output/submit-tool.ts";
import type { Spent } from "../policy/pricing.ts";
import type { Evidence } from "../provider.ts";
import type { AgentEvent } from "../vocabulary/events.ts";
import type { FileChange, Session } from "../vocabulary/result.ts";
import { addUsage, subtractUsage, type Cost, type Usage } from "../vocabulary/usage.ts";

export interface Fold {
  readonly add: (event: AgentEvent) => void;
  readonly addTotals: (totals: Totals) => void;
  /** The model that answers from here on. */
  readonly setModel: (id: string) => void;
  readonly folded: Folded;
  /** Of `folded`, without the rest: it is asked for with every piece of output. */
  readonly openToolCalls: number;
}

export type Totals = Extract<Evidence, { type: "totals" }>;

export interface Folded {
  /** The last answer: the text of the last step, or of the step that was cut off. */
  readonly text: string;
  readonly session?: Session;
  readonly usage: Usage;
  readonly cost: Cost;
  /** What was told of single calls, which is a part of the cost where that is unknown. */
  readonly usdTold?: number;
  /** `usage` in its parts, by model. */
  readonly spent: readonly Spent[];
  /** The model that answered last. */
  readonly model?: string;
  readonly turns: number;
  readonly changes: readonly FileChange[];
  readonly toolCalls: number;
  readonly openToolCalls: number;
  readonly permissionsRefused: number;
  /** A tool wrote, deleted or executed something, or may have; or a file is said to have changed. */
  readonly sideEffects: boolean;
}

const harmlessKinds: readonly string[] = ["read", "search", "think", "fetch"];

/** `earlier`: the session that is continued, whose totals the agent may count in. `asked`: the model that was asked for. */
export function createFold(earlier?: Session, asked?: string): Fold {
  const texts = new Map<string, string>();
  const openCalls = new Set<string>();
  const changes = new Map<string, FileChange>();
  const costs: Cost[] = [];
  const spent: Spent[] = [];
  let model = asked;
  let finishedText = "";
  let session: Session | undefined;
  let usage: Usage = {};
  // An agent may count tokens in one place and money in another, and not over the same scope.
  let usageTotals: Totals | undefined;
  let usdTotals: Totals | undefined;
  let toolCalls = 0;
  let permissionsRefused = 0;
  let sideEffects = false;

  const add = (event: AgentEvent): void => {
    switch (event.type) {
      case "text-delta":
        texts.set(event.id, (texts.get(event.id) ?? "") + event.text);
        break;
      case "text":
        texts.set(event.id, event.text);
        break;
      case "tool-call":
        toolCalls++;
        openCalls.add(event.toolCallId);
        sideEffects ||= !harmlessKinds.includes(event.kind) && !event.toolName.endsWith(submitToolName);
        break;
      case "tool-result":
        openCalls.delete(event.toolCallId);
        break;
      case "file-change":
        changes.set(event.path, mergeChange(changes.get(event.path), event));
        // Not every agent tells of the tool, and what it says of its kind is its own word.
        sideEffects = true;
        break;
      case "finish-step":
        finishedText = joinTexts(texts);
        texts.clear();
        usage = addUsage(usage, event.usage ?? {});
        costs.push(event.cost);
        spent.push({
          ...(model !== undefined && { model }),
          ...(event.usage && { usage: event.usage }),
          isOneCall: true,
        });
        break;
      case "session":
        ({ session } = event);
        break;
      case "permission":
        permissionsRefused++;
        break;
      default:
        break; // The others are for the caller to see.
    }
  };

  return {
    add,
    addTotals(latest) {
      if (latest.usage !== undefined) usageTotals = latest;
      if (latest.usd !== undefined) usdTotals = latest;
    },
    setModel(id) {
      model = id;
    },
    get openToolCalls() {
      return openCalls.size;
    },
    get folded() {
      return {
        text: texts.size > 0 ? joinTexts(texts) : finishedText,
        ...(session && { session: withTotals(session, usageTotals, usdTotals) }),
        usage: usageOf(usage, usageTotals, earlier),
        cost: costOf(costs, usdTotals, earlier),
        ...toldOf(costs),
        spent: spentOf(spent, usageTotals, earlier, model),
        ...(model !== undefined && { model }),
        turns: costs.length,
        changes: [...changes.values()],
        toolCalls,
        openToolCalls: openCalls.size,
        permissionsRefused,
        sideEffects,
      };
    },
  };
}

function joinTexts(texts: ReadonlyMap<string, string>): string {
  return [...texts.values()].join("\n");
}

/** A file that the run made and then edited is still one that it made. */
export function mergeChange(earlier: FileChange | undefined, { path, change }: FileChange): FileChange {
  return { path, change: earlier?.change === "create" && change === "edit" ? "create" : change };
}

/** Only what counts the whole session is of use to the run that continues it. */
function withTotals(session: Session, ofUsage: Totals | undefined, ofUsd: Totals | undefined): Session {
  const usage = ofUsage?.scope === "session" ? ofUsage.usage : undefined;
  const usd = ofUsd?.scope === "session" ? ofUsd.usd : undefined;
  if (usage === undefined && usd === undefined) return session;
  return { ...session, totals: { ...(usage && { usage }), ...(usd !== undefined && { usd }) } };
}

function usageOf(stepUsage: Usage, totals: Totals | undefined, earlier: Session | undefined): Usage {
  if (totals?.usage === undefined) return stepUsage;
  if (totals.scope === "attempt" || earlier === undefined) return totals.usage;
  return earlier.totals?.usage === undefined ? {} : subtractUsage(totals.usage, earlier.totals.usage);
}

function spentOf(
  steps: readonly Spent[],
  totals: Totals | undefined,
  earlier: Session | undefined,
  model: string | undefined,
): readonly Spent[] {
  if (totals?.usage === undefined) return steps;
  const isOneCall = steps.length === 1;
  if (totals.scope === "attempt" && totals.usageByModel !== undefined) {
    return Object.entries(totals.usageByModel).map(([id, usage]) => ({ model: id, usage, isOneCall }));
  }
  return [{ ...(model !== undefined && { model }), usage: usageOf({}, totals, earlier), isOneCall }];
}

/** Of a session's totals nobody can tell this run's share without those before it. */
export function isShareUnknown({ scope, usage, usd }: Totals, earlier: Session | undefined): boolean {
  if (scope === "attempt" || earlier === undefined) return false;
  const { totals = {} } = earlier;
  return (usage !== undefined && totals.usage === undefined) || (usd !== undefined && totals.usd === undefined);
}

function costOf(costs: readonly Cost[], totals: Totals | undefined, earlier: Session | undefined): Cost {
  if (totals?.usd === undefined) return addCosts(costs);
  if (totals.scope === "attempt" || earlier === undefined) return { usd: totals.usd, source: "reported" };
  const before = earlier.totals?.usd;
  return before === undefined ? { source: "unknown" } : { usd: Math.max(0, totals.usd - before), source: "reported" };
}

function toldOf(costs: readonly Cost[]): Pick<Folded, "usdTold"> {
  const told = costs.flatMap(({ usd }) => usd ?? []);
  return told.length === 0 ? {} : { usdTold: told.reduce((sum, usd) => sum + usd) };
}

/** Adds costs; one unknown makes the sum unknown, one estimate makes it an estimate. */
export function addCosts(costs: readonly Cost[]): Cost {
  if (costs.length === 0 || costs.some((cost) => cost.usd === undefined)) return { source: "unknown" };
  const usd = costs.reduce((sum, cost) => sum + (cost.usd ?? 0), 0);
  return { usd, source: costs.some((cost) => cost.source === "estimated") ? "estimated" : "reported" };
}
