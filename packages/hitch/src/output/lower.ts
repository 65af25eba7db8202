/** Rewrites a JSON Schema for those who understand only part of it, and turns their values back. */
import type { SchemaDialect } from "../provider.ts";
import { asObject, type JsonObject } from "../vocabulary/json.ts";
import { canClose, closeObjects } from "./close-objects.ts";
import { raiseAbsent } from "./raise-absent.ts";
import { mapReferences } from "./references.ts";
import { mapSubschemas } from "./subschemas.ts";
import { isObjectRoot, spellProperties, unwrapRoot, wrapRoot } from "./wrap-root.ts";

/** A schema in a dialect. */
export interface Lowered {
  readonly schema: JsonObject;
  /** Makes a value of the lowered schema one of the original. What does not fit is handed through, for the check to tell. */
  readonly raise: (value: unknown) => unknown;
}

/** What the parameters of an MCP tool have to be like. */
export const toolDialect: SchemaDialect = { closedObjects: false, objectRoot: true, unsupported: [] };

/** `undefined`: the dialect cannot express the schema. */
export function lowerSchema(original: JsonObject, dialect: SchemaDialect): Lowered | undefined {
  const whole = withoutRootNames(original);
  const supported = withoutKeywords(whole, keywordsOf(dialect));
  if (dialect.closedObjects && !canClose(supported)) return undefined;
  const closed = dialect.closedObjects ? closeObjects(supported) : supported;
  const wraps = dialect.objectRoot && !isObjectRoot(closed);
  return {
    schema: dialect.objectRoot ? spellProperties(wraps ? wrapRoot(closed) : closed) : closed,
    raise: (value) => {
      const unwrapped = wraps ? unwrapRoot(value) : value;
      return dialect.closedObjects ? raiseAbsent(unwrapped, whole) : unwrapped;
    },
  };
}

/** A schema inside of a request has no address of its own; references by its `$id` become references to its root. */
function withoutRootNames({ $schema: _schema, $id, ...rest }: JsonObject): JsonObject {
  if (typeof $id !== "string") return rest;
  const address = $id.replace(/#$/, "");
  return mapReferences(rest, (reference) => {
    if (reference === address) return "#";
    return reference.startsWith(`${address}#`) ? reference.slice(address.length) : reference;
  });
}

function keywordsOf({ unsupported, supported }: SchemaDialect): (keyword: string) => boolean {
  return (keyword) => !unsupported.includes(keyword) && (supported?.includes(keyword) ?? true);
}

function withoutKeywords(schema: JsonObject, isKnown: (keyword: string) => boolean): JsonObject {
  const { oneOf, ...others } = schema;
  // Whoever knows only `anyOf` gets the alternatives by it: the value is checked against the original anyway.
  const spelled = !isKnown("oneOf") && oneOf !== undefined && !("anyOf" in schema);
  // What `items` says is about those behind the first few, so without these it would be wrong.
  const isTuple = "prefixItems" in schema && !isKnown("prefixItems");
  const known = Object.entries(spelled ? { ...others, anyOf: oneOf } : schema).filter(
    ([key]) => isKnown(key) && !(isTuple && key === "items"),
  );
  return mapSubschemas(Object.fromEntries(known), (subschema) => {
    const object = asObject(subschema);
    return object ? withoutKeywords(object, isKnown) : subschema;
  });
}
