/** Where a JSON Schema holds other schemas. The rest of it is data: `const`, `enum`, `default`, `examples`. */
import { asArray, asObject, type JsonObject } from "../vocabulary/json.ts";

/** The schema with each schema directly in it changed. Names of properties are never taken for keywords. */
export function mapSubschemas(schema: JsonObject, change: (subschema: unknown) => unknown): JsonObject {
  return mapEntries(schema, (keyword, value) => {
    const map = maps.has(keyword) ? asObject(value) : undefined;
    if (map) return mapEntries(map, (_name, subschema) => change(subschema));
    if (Array.isArray(value)) return lists.has(keyword) ? asArray(value).map(change) : (value as unknown[]);
    return singles.has(keyword) ? change(value) : value;
  });
}

/** The schemas directly in a schema. */
export function subschemasOf(schema: JsonObject): readonly unknown[] {
  const found: unknown[] = [];
  mapSubschemas(schema, (subschema) => {
    found.push(subschema);
    return subschema;
  });
  return found;
}

/** A copy with changed values. `__proto__` stays a property like any other. */
export function mapEntries(object: JsonObject, change: (key: string, value: unknown) => unknown): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(key, value)]));
}

/** Whether this is a keyword that says something about values, or names schemas that do. */
export function isKeyword(name: string): boolean {
  return maps.has(name) || lists.has(name) || singles.has(name) || others.has(name);
}

const maps = new Set(["properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"]);

const lists = new Set(["allOf", "anyOf", "oneOf", "prefixItems", "items"]);

const singles = new Set([
  ...["items", "additionalItems", "unevaluatedItems", "contains"],
  ...["additionalProperties", "unevaluatedProperties", "propertyNames"],
  ...["not", "if", "then", "else", "contentSchema"],
]);

const others = new Set([
  ...["$schema", "$id", "$ref", "$anchor", "$dynamicRef", "$dynamicAnchor", "$vocabulary", "$comment"],
  ...["type", "const", "enum", "format", "default", "examples", "title", "description", "deprecated"],
  ...["readOnly", "writeOnly", "contentEncoding", "contentMediaType"],
  ...["multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"],
  ...["minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems", "minContains", "maxContains"],
  ...["required", "minProperties", "maxProperties", "dependentRequired"],
]);
