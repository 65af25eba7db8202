/** Whether null is a value of a schema. */
import { asArray, asObject, type JsonObject } from "../vocabulary/json.ts";
import { resolveReference } from "./references.ts";

export function allowsNull(schema: unknown, root: JsonObject): boolean {
  return allows(schema, root, new Set());
}

/** `seen` are the schemas on the way: one that leads back to itself adds nothing. */
function allows(schema: unknown, root: JsonObject, seen: ReadonlySet<JsonObject>): boolean {
  const object = asObject(schema);
  if (object === undefined) return schema !== false;
  if (seen.has(object)) return false;
  const on = (next: unknown) => allows(next, root, new Set([...seen, object]));

  if ("const" in object && object.const !== null) return false;
  if ("enum" in object && !asArray(object.enum).includes(null)) return false;
  if ("type" in object && object.type !== "null" && !asArray(object.type).includes("null")) return false;
  if (typeof object.$ref === "string" && !on(resolveReference(root, object.$ref))) return false;
  if ("anyOf" in object && !asArray(object.anyOf).some(on)) return false;
  if ("oneOf" in object && asArray(object.oneOf).filter(on).length !== 1) return false;
  if ("allOf" in object && !asArray(object.allOf).every(on)) return false;
  return !("not" in object && on(object.not));
}
