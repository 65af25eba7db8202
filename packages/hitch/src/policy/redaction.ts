/** Keeps the values of secrets out of everything that is stored or shown. Values handed to the caller stay whole. */
import { createFinder, createPartRedactor, mask, type FindSecret, type RedactPart } from "./redact-part.ts";
import { secretsOf } from "./secrets.ts";

/** Replaces secret values in a text. */
export interface Redact {
  (text: string): string;
  /** For texts that come in pieces. Without it no piece ends in the middle of a secret. */
  readonly part?: RedactPart;
}

/** Shorter values would be found by chance, in words and numbers. */
const shortestSecret = 8;

const leaveAsItIs: Redact = (text) => text;

/**
 * Makes a redactor for the secrets of these environments, and of objects in which there are some: MCP servers have
 * variables, headers, arguments and addresses. Redact before you cut: half a secret is not found.
 *
 * @example
 * const redact = createRedactor(process.env);
 * redact("Authorization: Bearer sk-1234567890"); // with OPENAI_API_KEY=sk-1234567890: "Authorization: Bearer [redacted]"
 */
export function createRedactor(...environments: Readonly<Record<string, unknown>>[]): Redact {
  const values = environments.flatMap(secretsOf).filter(({ length }) => length >= shortestSecret);
  // Inside a text there may be JSON, and more of it in that, where they are written otherwise: a tool's arguments, say.
  const written = values.flatMap((value) => {
    const inJson = inJsonText(value);
    return [value, inJson, inJsonText(inJson), inJsonText(inJsonText(inJson))];
  });
  if (written.length === 0) return leaveAsItIs;
  // The longest first: one secret may begin with another.
  const sorted = [...new Set(written)].sort((left, right) => right.length - left.length);
  const find = createFinder(sorted);
  return Object.assign((text: string) => maskAll(text, find), { part: createPartRedactor(sorted, find) });
}

function maskAll(text: string, find: FindSecret): string {
  let done = "";
  let from = 0;
  for (let found = find(text, 0); found !== undefined; found = find(text, from)) {
    done += text.slice(from, found.start) + mask;
    from = found.end;
  }
  return done + text.slice(from);
}

function inJsonText(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

/**
 * Redacts every text inside a JSON value, names of fields included. A value without secrets is given back itself; of
 * one that says by `toJSON` how it is written, that is redacted.
 */
export function redactValue<Value>(value: Value, redact: Redact): Value;
export function redactValue(value: unknown, redact: Redact): unknown {
  return redactIn(value, redact, undefined);
}

/**
 * Objects, or lists of them, whose fields have names of Hitch's own. `true` says of a field that its value is a word of
 * Hitch's, too, from a fixed vocabulary.
 */
export interface OwnFields {
  readonly [name: string]: true | OwnFields;
}

/** Redacts a value as `redactValue` does, but for what is Hitch's own: a secret may happen to be such a word. */
export function redactAround<Value>(value: Value, redact: Redact, own: OwnFields): Value;
export function redactAround(value: unknown, redact: Redact, own: OwnFields): unknown {
  return redactIn(value, redact, own);
}

function redactIn(value: unknown, redact: Redact, own: OwnFields | undefined): unknown {
  if (redact === leaveAsItIs) return value;
  const written = asWritten(value);
  if (typeof written === "string") {
    const redacted = redact(written);
    return redacted === written ? value : redacted;
  }
  if (typeof written !== "object" || written === null) return value;
  if (Array.isArray(written)) {
    const items: readonly unknown[] = written.map((item: unknown) => redactIn(item, redact, own));
    return items.every((item, index) => item === written[index]) ? value : items;
  }
  // A function would speak for the copy as it did for the original.
  const entries = Object.entries(written).filter(([name, field]) => name !== "toJSON" || typeof field !== "function");
  const fields = entries.map(([name, field]) => {
    const inside = own !== undefined && Object.hasOwn(own, name) ? own[name] : undefined;
    const redacted: unknown = inside === true ? field : redactIn(field, redact, inside);
    return [own === undefined ? redact(name) : name, redacted] as const;
  });
  const isSame = entries.every(([name, field], index) => fields[index]?.[0] === name && fields[index][1] === field);
  return isSame ? value : Object.fromEntries(fields);
}

/** What JSON has of a value: a `URL` or a `Date` has no fields, but says itself what it is. */
function asWritten(value: unknown): unknown {
  if (value instanceof String) return value.valueOf();
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return value;
  const { toJSON } = value as { readonly toJSON?: unknown };
  return typeof toJSON === "function" ? (toJSON.call(value, "") as unknown) : value;
}
