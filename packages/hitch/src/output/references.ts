/** References inside of one JSON Schema. */
import { asArray, asObject, type JsonObject } from "../vocabulary/json.ts";
import { mapEntries, mapSubschemas } from "./subschemas.ts";

/** The schema with every reference changed, down to subschemas that are documents of their own by an `$id`. */
export function mapReferences(schema: JsonObject, change: (reference: string) => string): JsonObject {
  const changed = mapEntries(schema, (key, value) => {
    return (key === "$ref" || key === "$dynamicRef") && typeof value === "string" ? change(value) : value;
  });
  return mapSubschemas(changed, (subschema) => {
    const object = asObject(subschema);
    return object && !isDocument(object) ? mapReferences(object, change) : subschema;
  });
}

/** In draft-07, an `$id` that begins with # is only a name inside of the document. */
export function isDocument(schema: JsonObject): boolean {
  return typeof schema.$id === "string" && !schema.$id.startsWith("#");
}

/** What a reference of the form `#` or `#/path` points to. */
export function resolveReference(root: JsonObject, reference: string): JsonObject | undefined {
  let current: unknown = root;
  for (const part of reference
    .replace(/^[^#]*#/, "")
    .split("/")
    .slice(1)) {
    const key = unescape(part);
    const holder = asObject(Array.isArray(current) ? { ...asArray(current) } : current);
    if (holder === undefined || !Object.hasOwn(holder, key)) return undefined;
    current = holder[key];
  }
  return asObject(current);
}

/** A part of a JSON pointer in a URL. */
function unescape(part: string): string {
  try {
    return decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
  } catch {
    // A lone % is no escape, so the name is meant as it is written.
    return part.replaceAll("~1", "/").replaceAll("~0", "~");
  }
}
