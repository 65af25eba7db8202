/**
 * Closes the objects of a schema: all properties required, no others allowed. That is the JSON Schema which strict modes of
 * model APIs take. An optional property may then be null instead of absent.
 */
import { asArray, asObject, type JsonObject } from "../vocabulary/json.ts";
import { allowsNull } from "./allows-null.ts";
import { isDocument } from "./references.ts";
import { mapEntries, mapSubschemas, subschemasOf } from "./subschemas.ts";

/** Whether closing loses nothing that a value needs: every object and list says what is in it. */
export function canClose(schema: unknown, isRoot = true): boolean {
  const object = asObject(schema);
  if (object === undefined) return schema === false;
  if (refused.some((keyword) => keyword in object) || (!isRoot && isDocument(object))) return false;
  if ("$ref" in object && !isKnownReference(object.$ref)) return false;
  if (isAlternative(object) && "properties" in object) return false;
  return (
    (isAlternative(object) || isTyped(object)) &&
    (!mayBe(object, "object") || isNamed(object)) &&
    (!mayBe(object, "array") || isListOfKnown(object)) &&
    subschemasOf(object).every((subschema) => canClose(subschema, false))
  );
}

/** Only for schemas that `canClose`. */
export function closeObjects(root: JsonObject): JsonObject {
  const close = (schema: unknown): unknown => {
    const object = asObject(schema);
    if (object === undefined) return schema;
    const closed = mapSubschemas(object, close);
    if (!mayBe(object, "object")) return closed;
    const required = asArray(object.required);
    const properties = mapEntries(asObject(closed.properties) ?? {}, (name, property) => {
      const staysAsItIs = required.includes(name) || allowsNull(asObject(object.properties)?.[name], root);
      return staysAsItIs ? property : { anyOf: [property, { type: "null" }] };
    });
    return { ...closed, properties, required: Object.keys(properties), additionalProperties: false };
  };
  return close(root) as JsonObject;
}

/** What speaks of absent or further properties, or is no description but a test. */
const refused = [
  ...["allOf", "not", "if", "then", "else", "contains", "$dynamicRef", "$dynamicAnchor"],
  ...[
    "patternProperties",
    "propertyNames",
    "unevaluatedProperties",
    "unevaluatedItems",
    "minProperties",
    "maxProperties",
  ],
  ...["dependentSchemas", "dependentRequired", "dependencies"],
];

/** Closing moves other parts of the schema. */
function isKnownReference(reference: unknown): boolean {
  return typeof reference === "string" && /^#(\/(\$defs|definitions)\/[^/]+)?$/.test(reference);
}

function isAlternative(schema: JsonObject): boolean {
  return "$ref" in schema || "anyOf" in schema || "oneOf" in schema;
}

/** Without any of these, a schema allows every object. */
function isTyped(schema: JsonObject): boolean {
  return "type" in schema || "const" in schema || "enum" in schema;
}

function mayBe({ type }: JsonObject, kind: "object" | "array"): boolean {
  return type === kind || asArray(type).includes(kind);
}

function isNamed({ properties, required, additionalProperties }: JsonObject): boolean {
  const names = asObject(properties);
  const isOpen = additionalProperties === undefined || additionalProperties === true || isEmpty(additionalProperties);
  if (!isOpen && additionalProperties !== false) return false;
  if (names === undefined || Object.keys(names).length === 0) return !isOpen;
  return asArray(required).every((name) => typeof name === "string" && Object.hasOwn(names, name));
}

function isEmpty(schema: unknown): boolean {
  const object = asObject(schema);
  return object !== undefined && Object.keys(object).length === 0;
}

function isListOfKnown(schema: JsonObject): boolean {
  return "items" in schema || "prefixItems" in schema;
}
