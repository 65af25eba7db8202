/** Takes out the nulls that stand for absent properties in a value of a closed schema. */
import { asArray, asObject, type JsonObject } from "../vocabulary/json.ts";
import { allowsNull } from "./allows-null.ts";
import { resolveReference } from "./references.ts";

/** A new value. `root` is the original schema; a null that it allows, or a property that it requires, is left. */
export function raiseAbsent(value: unknown, root: JsonObject): unknown {
  const holder: { value?: unknown } = {};
  // A list of what is left to do instead of calls: values may be nested more deeply than the stack is.
  const open: Place[] = [{ value, schemas: [root], put: (raised) => (holder.value = raised) }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) open.push(...raiseOne(place, root));
  return holder.value;
}

interface Place {
  readonly value: unknown;
  /** The original's schemas that may be meant here. */
  readonly schemas: readonly unknown[];
  readonly put: (raised: unknown) => void;
}

function raiseOne({ value, schemas, put }: Place, root: JsonObject): readonly Place[] {
  if (Array.isArray(value)) {
    const raised: unknown[] = [];
    put(raised);
    const lists = alternatives(schemas, root);
    return value.map((item: unknown, index) => ({
      value: item,
      schemas: lists.flatMap((list) => itemSchema(list, index)),
      put: (done) => (raised[index] = done),
    }));
  }
  const object = asObject(value);
  if (object === undefined) {
    put(value);
    return [];
  }
  const raised: Record<string, unknown> = {};
  put(raised);
  const fitting = fittingOf(alternatives(schemas, root), object, root);
  return Object.entries(object).flatMap(([name, property]) => {
    const described = fitting.filter((schema) => Object.hasOwn(propertiesOf(schema), name));
    const standsForAbsent =
      property === null && described.length > 0 && described.every((schema) => isOptional(schema, name, root));
    if (standsForAbsent) return [];
    // Defined at once, so that the order stays and `__proto__` is a property.
    Object.defineProperty(raised, name, { value: undefined, writable: true, enumerable: true, configurable: true });
    return [
      {
        value: property,
        schemas: described.map((schema) => propertiesOf(schema)[name]),
        put: (done: unknown) => (raised[name] = done),
      },
    ];
  });
}

/** The schemas without references and choices: what each of them may come down to. */
function alternatives(schemas: readonly unknown[], root: JsonObject): readonly JsonObject[] {
  const found = new Set<JsonObject>();
  const open = [...schemas];
  while (open.length > 0) {
    const schema = asObject(open.pop());
    if (schema === undefined || found.has(schema)) continue;
    found.add(schema);
    if (typeof schema.$ref === "string") open.push(resolveReference(root, schema.$ref));
    open.push(...asArray(schema.anyOf), ...asArray(schema.oneOf));
  }
  return [...found];
}

/** Those whose properties have these names, and whose constants agree; if there are none, all that have properties. */
function fittingOf(schemas: readonly JsonObject[], value: JsonObject, root: JsonObject): readonly JsonObject[] {
  const described = schemas.filter((schema) => asObject(schema.properties) !== undefined);
  const fitting = described.filter((schema) => {
    const properties = Object.entries(propertiesOf(schema));
    return (
      properties.length === Object.keys(value).length &&
      properties.every(([name, property]) => {
        if (!Object.hasOwn(value, name)) return false;
        if (value[name] === null && isOptional(schema, name, root)) return true;
        return alternatives([property], root).some((alternative) => mayHold(alternative, value[name]));
      })
    );
  });
  return fitting.length > 0 ? fitting : described;
}

/** By what is to be seen without looking inside of objects and lists. */
function mayHold(schema: JsonObject, value: unknown): boolean {
  if ("$ref" in schema || "anyOf" in schema || "oneOf" in schema) return false;
  if (typeof value !== "object" && "const" in schema && schema.const !== value) return false;
  if (typeof value !== "object" && "enum" in schema && !asArray(schema.enum).includes(value)) return false;
  const types = typeof schema.type === "string" ? [schema.type] : asArray(schema.type);
  return (
    types.length === 0 || types.includes(typeOf(value)) || (typeof value === "number" && types.includes("integer"))
  );
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

/** Whether null can only mean that the property is absent. */
function isOptional(schema: JsonObject, name: string, root: JsonObject): boolean {
  return !asArray(schema.required).includes(name) && !allowsNull(propertiesOf(schema)[name], root);
}

function propertiesOf(schema: JsonObject): JsonObject {
  return asObject(schema.properties) ?? {};
}

function itemSchema({ prefixItems, items }: JsonObject, index: number): readonly unknown[] {
  const first = Array.isArray(prefixItems) ? prefixItems : asArray(items);
  if (index < first.length) return [first[index]];
  return asObject(items) ? [items] : [];
}
