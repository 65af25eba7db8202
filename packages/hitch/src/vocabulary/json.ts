/** Reads unknown JSON loosely: what is not there or not of the kind asked for is `undefined`, never a throw. */

/** A JSON object of which nothing is known. */
export type JsonObject = { readonly [key: string]: unknown };

/** Parses a text; `undefined` if it is not JSON: the caller decides what that means. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Parses a line; `undefined` if it is not a JSON object. */
export function parseObject(text: string): JsonObject | undefined {
  return asObject(parseJson(text));
}

export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

export function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function asString(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Finite numbers only. */
function asNumber(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** Follows keys into nested objects. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let current = value;
  for (const key of path) {
    const object = asObject(current);
    if (object === undefined || !Object.hasOwn(object, key)) return undefined;
    current = object[key];
  }
  return current;
}

export function stringAt(value: unknown, ...path: readonly string[]): string | undefined {
  return asString(at(value, ...path));
}

export function numberAt(value: unknown, ...path: readonly string[]): number | undefined {
  return asNumber(at(value, ...path));
}
