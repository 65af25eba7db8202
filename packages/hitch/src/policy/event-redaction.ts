/** Redacts the events of a run in their order: the deltas of a text, or native lines, may have a secret in two pieces. */
import { parseObject } from "../vocabulary/json.ts";
import type { AgentEvent, RunEvent } from "../vocabulary/events.ts";
import { eventFields } from "./own-fields.ts";
import { mask } from "./redact-part.ts";
import { redactAround, type Redact } from "./redaction.ts";
import { createTextRedactor, type TextRedactor } from "./text-redaction.ts";

type Delta = Extract<AgentEvent, { type: "text-delta" | "reasoning-delta" }>;

/** State of one run; events have to come in their order. */
export interface EventRedactor {
  /**
   * Deltas without text that have to come before this event: a stream of deltas ends here, of which the redactor holds an
   * end back that might have become a secret. An empty delta makes it give that end.
   */
  closing(event: AgentEvent | RunEvent): readonly Delta[];
  /** Gives the event as it may be stored or shown; itself if there is nothing to hide. */
  redact<Event extends AgentEvent | RunEvent>(event: Event): Event;
}

/** Fewer characters of a secret say nothing: `sk-`. */
const tellingLength = 4;

/** Of the texts in the fields of one name, so many ends are remembered that may go on in a later one. */
const keptEnds = 8;

export function createEventRedactor(redact: Redact): EventRedactor {
  const deltas = new Map<string, { readonly stream: TextRedactor; readonly empty: Delta }>();
  const hidesLine = createLineJudge(redact);

  const redactDelta = (delta: Delta): string => {
    const key = keyOf(delta);
    const known = deltas.get(key);
    if (delta.text === "") {
      deltas.delete(key);
      return known?.stream.end() ?? "";
    }
    const stream = known?.stream ?? createTextRedactor(redact);
    const done = stream.push(delta.text);
    if (stream.held === "") deltas.delete(key);
    else if (known === undefined) deltas.set(key, { stream, empty: { type: delta.type, id: delta.id, text: "" } });
    return done;
  };

  return {
    closing(event) {
      const open = [...deltas.values()].map(({ empty }) => empty);
      if (event.type === "attempt-finish" || event.type === "run-finish") return open;
      if (event.type !== "text" && event.type !== "reasoning") return [];
      return open.filter(({ type, id }) => type === `${event.type}-delta` && id === event.id);
    },
    redact(event) {
      switch (event.type) {
        case "text-delta":
        case "reasoning-delta": {
          const text = redactDelta(event);
          return redactAround(text === event.text ? event : { ...event, text }, redact, eventFields);
        }
        case "raw":
          return hidesLine(event.line) ? { ...event, line: mask } : redactAround(event, redact, eventFields);
        case "run-start": {
          // It is cut from the prompt, maybe in the middle of a secret.
          const title = redactCut(event.title, redact);
          return redactAround(title === event.title ? event : { ...event, title }, redact, eventFields);
        }
        default:
          return redactAround(event, redact, eventFields);
      }
    },
  };
}

function keyOf({ type, id }: Delta): string {
  return `${type} ${id}`;
}

function redactCut(text: string, redact: Redact): string {
  const { done, held } = redact.part?.(text) ?? { done: redact(text), held: "" };
  return done + (isTelling(held) ? mask : held);
}

/**
 * Judges native lines: whether one has a piece of a secret that goes on, or came, in a field of the same name of another
 * line, other texts between them or not. What is known of a line's form is only that it may be JSON.
 */
function createLineJudge(redact: Redact): (line: string) => boolean {
  const { part } = redact;
  if (part === undefined) return () => false;
  const endsByName = new Map<string, readonly string[]>();
  const goesOn = (end: string, text: string): boolean => part(end + text).done !== redact(end) + part(text).done;
  const isPiece = ([name, text]: readonly [string, string]): boolean => {
    if (text === "") return false;
    const before = endsByName.get(name) ?? [];
    // The first letter tells it of nearly all, whatever the length of the text.
    const joined = before.filter((end) => goesOn(end, text.slice(0, 1))).filter((end) => goesOn(end, text));
    const longer = joined.map((end) => part(end + text).held).filter(({ length }) => length > text.length);
    const held = [part(text).held, ...longer];
    // The ends before stay: the text may belong to something else, and theirs be still to come.
    const ends = latest([...held, ...before]);
    if (ends.length > 0) endsByName.set(name, ends);
    return joined.length > longer.length || held.some(isTelling);
  };
  // All are looked at, for what may go on in a later line.
  return (line) => textsIn(parseObject(line) ?? line).filter(isPiece).length > 0;
}

/** Apart from those that say something the others: these come by chance, and often. */
function latest(ends: readonly string[]): readonly string[] {
  const distinct = [...new Set(ends)].filter((end) => end !== "");
  const short = distinct.filter((end) => !isTelling(end));
  return [...distinct.filter(isTelling).slice(0, keptEnds), ...short.slice(0, keptEnds)];
}

function isTelling(piece: string): boolean {
  return piece.length >= tellingLength;
}

/** The texts inside, each with the name of its field. No recursion: a line may be nested deeper than the stack. */
function textsIn(line: unknown): readonly (readonly [string, string])[] {
  const texts: [string, string][] = [];
  const open: [string, unknown][] = [["", line]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [name, value] = next;
    if (typeof value === "string") texts.push([name, value]);
    if (typeof value !== "object" || value === null) continue;
    const isList = Array.isArray(value);
    for (const [field, item] of Object.entries(value).reverse()) open.push([isList ? name : field, item]);
  }
  return texts;
}
