/** Puts a schema whose root is not a plain object under the property `value` of one that is. */
import { asObject, type JsonObject } from "../vocabulary/json.ts";
import { mapReferences } from "./references.ts";
import { mapEntries } from "./subschemas.ts";

/** Whether the root is an object with named properties and nothing else. */
export function isObjectRoot(schema: JsonObject): boolean {
  const { type, properties, additionalProperties } = schema;
  const isOpenOrClosed = additionalProperties === undefined || typeof additionalProperties === "boolean";
  const isNamed = type === "object" && asObject(properties) !== undefined;
  return isNamed && isOpenOrClosed && !others.some((keyword) => keyword in schema);
}

/** Definitions stay at the root, so references to them stay; other references into the schema move with it. */
export function wrapRoot(schema: JsonObject): JsonObject {
  const { $defs, definitions, ...value } = mapReferences(schema, move);
  return {
    type: "object",
    properties: { value },
    required: ["value"],
    additionalProperties: false,
    ...($defs !== undefined && { $defs }),
    ...(definitions !== undefined && { definitions }),
  };
}

/**
 * `true` and `false` as the schema of a named property, spelled as objects. OpenCode 1.18.33 loses all tools of a server that has
 * one of them, without a word.
 */
export function spellProperties(root: JsonObject): JsonObject {
  const properties = asObject(root["properties"]) ?? {};
  const spelled = mapEntries(properties, (_name, schema) => {
    return typeof schema === "boolean" ? (schema ? {} : { not: {} }) : schema;
  });
  return { ...root, properties: spelled };
}

/** Models leave the wrapping out now and then. Such a value is told by its properties and handed through. */
export function unwrapRoot(given: unknown): unknown {
  const object = asObject(given);
  if (object === undefined || Object.keys(object).length !== 1 || !Object.hasOwn(object, "value")) return given;
  return object.value;
}

function move(reference: string): string {
  if (reference !== "#" && !reference.startsWith("#/")) return reference;
  return /^#\/(\$defs|definitions)(\/|$)/.test(reference) ? reference : `#/properties/value${reference.slice(1)}`;
}

const others = [
  ...["anyOf", "oneOf", "allOf", "not", "if", "$ref", "$dynamicRef", "enum", "const"],
  ...["patternProperties", "unevaluatedProperties", "dependentSchemas", "dependencies"],
];
