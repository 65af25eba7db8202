/** Numbers, booleans and null that were written as strings. */
import { isNumber } from "./repair.ts";
import type { Issue } from "./schema.ts";

/** A copy in which the strings that issues point to are what is written in them; `undefined` if there are none such. */
export function unquote(value: unknown, issues: readonly Issue[]): { readonly value: unknown } | undefined {
  const places = issues.flatMap(({ path }) => {
    const literal = literalIn(follow(value, path));
    return literal ? [{ path, literal }] : [];
  });
  if (places.length === 0) return undefined;
  const holder = { value: structuredClone(value) };
  for (const { path, literal } of places) {
    const parent = follow(holder, ["value", ...path].slice(0, -1)) as Record<string | number, unknown>;
    parent[path.at(-1) ?? "value"] = literal.value;
  }
  return holder;
}

function follow(value: unknown, path: Issue["path"]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, key)) return undefined;
    current = current[key as keyof typeof current];
  }
  return current;
}

function literalIn(text: unknown): { readonly value: unknown } | undefined {
  if (typeof text !== "string") return undefined;
  if (!isNumber(text))
    return ["true", "false", "null"].includes(text) ? { value: JSON.parse(text) as unknown } : undefined;
  const value = Number(text);
  // A number that would become another one stays what it is.
  const isExact = Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
  return isExact ? { value } : undefined;
}
