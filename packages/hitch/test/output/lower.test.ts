import { toStandardJsonSchema } from "@valibot/to-json-schema";
import { type } from "arktype";
import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { lowerSchema, toolDialect } from "../../src/output/lower.ts";
import type { SchemaDialect } from "../../src/provider.ts";
import type { JsonObject } from "../../src/vocabulary/json.ts";
import { schemaOf } from "./support.ts";

const strict: SchemaDialect = { closedObjects: true, objectRoot: true, unsupported: [] };

function lower(schema: JsonObject, dialect: SchemaDialect) {
  const lowered = lowerSchema(schema, dialect);
  if (lowered === undefined) throw new Error("the dialect cannot express it");
  return lowered;
}

describe("the root of a tool's parameters is an object", () => {
  test("whose properties have no bare true or false as their schema", () => {
    const schema = { type: "object", properties: { any: true, none: false, deep: { items: true } } };
    expect(lowerSchema(schema, toolDialect)?.schema).toEqual({
      type: "object",
      properties: { any: {}, none: { not: {} }, deep: { items: true } },
    });
  });

  test("one that is stays as it is, less its names", () => {
    const schema = {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      $id: "https://x.dev/s",
      type: "object",
      properties: { a: { $ref: "https://x.dev/s#/$defs/a" }, b: { $ref: "https://x.dev/s" } },
      $defs: { a: {} },
    };
    expect(lower(schema, toolDialect).schema).toEqual({
      type: "object",
      properties: { a: { $ref: "#/$defs/a" }, b: { $ref: "#" } },
      $defs: { a: {} },
    });
  });

  test.each<JsonObject>([
    { type: "array", items: { type: "string" } },
    { type: "string" },
    {},
    { type: "object" },
    { type: "object", properties: {}, additionalProperties: { type: "string" } },
    { type: "object", properties: {}, patternProperties: {} },
    { type: "object", properties: {}, anyOf: [{ required: ["a"] }] },
    { type: ["object", "null"], properties: {} },
    { anyOf: [{ type: "object", properties: {} }] },
  ])("another one is wrapped: %j", (schema) => {
    expect(lower(schema, toolDialect).schema).toEqual({
      type: "object",
      properties: { value: schema },
      required: ["value"],
      additionalProperties: false,
    });
  });

  test("references go where the schema went", () => {
    const schema = {
      anyOf: [
        { type: "array", items: { $ref: "#" } },
        { $ref: "#/$defs/leaf" },
        { $ref: "#/anyOf/0" },
        { $ref: "#name" },
      ],
      $defs: {
        leaf: { type: "object", properties: { $ref: { $ref: "#" } } },
        own: { $id: "https://x.dev/own", $ref: "#" },
      },
    };
    expect(lower(schema, toolDialect).schema).toEqual({
      type: "object",
      properties: {
        value: {
          anyOf: [
            { type: "array", items: { $ref: "#/properties/value" } },
            { $ref: "#/$defs/leaf" },
            { $ref: "#/properties/value/anyOf/0" },
            { $ref: "#name" },
          ],
        },
      },
      required: ["value"],
      additionalProperties: false,
      $defs: {
        leaf: { type: "object", properties: { $ref: { $ref: "#/properties/value" } } },
        own: { $id: "https://x.dev/own", $ref: "#" },
      },
    });
  });

  test("the value is taken out again, and one that was not put in is left", () => {
    const { raise } = lower({ type: "array" }, toolDialect);
    expect(raise({ value: [1] })).toEqual([1]);
    expect([raise([1]), raise({ value: 1, more: 2 }), raise({}), raise(null)]).toEqual([
      [1],
      { value: 1, more: 2 },
      {},
      null,
    ]);
  });

  test("a recursive schema of Zod is checked the same by a validator", async () => {
    const tree: z.ZodType = z.lazy(() => z.union([z.string(), z.array(tree)]));
    const lowered = schemaOf(lower(schemaOf(tree).json, toolDialect).schema);
    expect((await lowered.check({ value: ["a", ["b"]] })).ok).toBe(true);
    expect((await lowered.check({ value: ["a", [5]] })).ok).toBe(false);
  });
});

describe("keywords that are not supported", () => {
  test("are left out as keywords, never as names or data", () => {
    const schema = {
      type: "object",
      properties: {
        format: { type: "string", format: "date" },
        pattern: { enum: [{ format: "x" }] },
        __proto__x: { pattern: "x" },
      },
      required: ["format"],
      $defs: { format: { default: { pattern: 1 }, pattern: "a" } },
    };
    expect(lower(schema, { ...toolDialect, unsupported: ["format", "pattern"] }).schema).toEqual({
      type: "object",
      properties: { format: { type: "string" }, pattern: { enum: [{ format: "x" }] }, __proto__x: {} },
      required: ["format"],
      $defs: { format: { default: { pattern: 1 } } },
    });
  });

  test("`oneOf` is said by `anyOf`", () => {
    const choice = [{ type: "string" }, { type: "null" }];
    const lowered = lower(
      { type: "object", properties: { a: { oneOf: choice } } },
      { ...toolDialect, unsupported: ["oneOf"] },
    );
    expect(lowered.schema).toEqual({ type: "object", properties: { a: { anyOf: choice } } });
  });
});

describe("closed objects", () => {
  test("optional properties may be null", () => {
    const schema = {
      type: "object",
      properties: { a: { type: "string" }, b: { type: "integer" }, c: { type: ["string", "null"] } },
      required: ["a"],
    };
    const lowered = lower(schema, strict);
    expect(lowered.schema).toEqual({
      type: "object",
      properties: {
        a: { type: "string" },
        b: { anyOf: [{ type: "integer" }, { type: "null" }] },
        c: { type: ["string", "null"] },
      },
      required: ["a", "b", "c"],
      additionalProperties: false,
    });
    expect(lowered.raise({ a: "x", b: null, c: null })).toEqual({ a: "x", c: null });
    expect(lowered.raise({ a: null, b: 1, c: "y" })).toEqual({ a: null, b: 1, c: "y" });
  });

  test("the alternative that is meant says which nulls are absent", () => {
    const { raise } = lower(
      {
        anyOf: [
          {
            type: "object",
            properties: { kind: { const: "a" }, x: { type: ["string", "null"] } },
            required: ["kind", "x"],
          },
          { type: "object", properties: { kind: { const: "b" }, x: { type: "string" } }, required: ["kind"] },
        ],
      },
      strict,
    );
    expect(raise({ value: { kind: "a", x: null } })).toEqual({ kind: "a", x: null });
    expect(raise({ value: { kind: "b", x: null } })).toEqual({ kind: "b" });
  });

  test("`__proto__` is a property like any other", () => {
    const schema = JSON.parse('{"type":"object","properties":{"__proto__":{"type":"null"}}}') as JsonObject;
    const { schema: closed, raise } = lower(schema, strict);
    expect(closed.required).toEqual(["__proto__"]);
    const raised = raise(JSON.parse('{"__proto__":null}')) as object;
    expect([Object.keys(raised), Object.getPrototypeOf(raised)]).toEqual([["__proto__"], Object.prototype]);
  });

  test("a value of 100,000 levels is raised", () => {
    const { raise } = lower({ type: "object", properties: { next: { $ref: "#" } } }, strict);
    let value: unknown = { next: null };
    for (let level = 0; level < 100_000; level++) value = { next: value };
    let raised = raise(value) as { next?: unknown };
    let levels = 0;
    for (; raised.next !== undefined; levels++) raised = raised.next as { next?: unknown };
    expect([levels, raised]).toEqual([100_000, {}]);
  });

  test.each<readonly [string, JsonObject]>([
    ["a record", schemaOf(z.record(z.string(), z.int())).json],
    ["patterns", { type: "object", properties: {}, patternProperties: { a: {} } }],
    ["any object", { type: "object" }],
    ["anything", { type: "object", properties: { a: {} } }],
    ["a list of anything", { type: "array" }],
    ["an intersection", { allOf: [{ type: "null" }] }],
    [
      "further properties of a type",
      { type: "object", properties: { a: { type: "null" } }, additionalProperties: { type: "null" } },
    ],
    ["a required property without a schema", { type: "object", properties: { a: { type: "null" } }, required: ["b"] }],
    [
      "a reference into the schema",
      { type: "object", properties: { a: { type: "null" }, b: { $ref: "#/properties/a" } } },
    ],
  ])("%s cannot be said", (_, schema) => {
    expect(lowerSchema(schema, strict)).toBeUndefined();
  });

  const described = {
    zod: schemaOf(
      z.object({ a: z.string().optional(), b: z.array(z.object({ c: z.int().nullish(), d: z.int().optional() })) }),
    ),
    "a union of Zod": schemaOf(
      z.array(
        z.discriminatedUnion("t", [
          z.object({ t: z.literal("x"), n: z.int().optional() }),
          z.object({ t: z.literal("y"), n: z.int().nullable(), m: z.string().optional() }),
        ]),
      ),
    ),
    arktype: schemaOf(type({ "a?": "string", b: [{ "c?": "number | null", "d?": "boolean" }, "[]"] })),
    valibot: schemaOf(
      toStandardJsonSchema(
        v.object({ a: v.optional(v.string()), b: v.array(v.object({ c: v.optional(v.picklist(["x", "y"])) })) }),
      ),
    ),
    recursive: schemaOf({
      type: "object",
      properties: { next: { $ref: "#" }, name: { $ref: "#/$defs/name" } },
      required: ["name"],
      $defs: { name: { anyOf: [{ type: "string" }, { type: "null" }] } },
    }),
    "hostile names": schemaOf({
      type: "object",
      properties: { constructor: { type: "string" }, toString: { type: "integer" } },
      required: ["toString"],
    }),
  };

  test.each(Object.entries(described))(
    "%s: what fits the lowered schema fits the original when it is raised",
    async (_, schema) => {
      const lowered = lower(schema.json, strict);
      const closed = schemaOf(lowered.schema);
      await fc.assert(
        fc.asyncProperty(valuesOf(lowered.schema, lowered.schema, 4), async (value) => {
          expect((await closed.check(value)).ok).toBe(true);
          const checked = await schema.check(lowered.raise(value));
          expect(checked.ok ? [] : checked.issues).toEqual([]);
        }),
        { numRuns: 200 },
      );
    },
  );
});

/** Values of a closed schema, as far as the schemas above go. */
function valuesOf(schema: JsonObject, root: JsonObject, depth: number): fc.Arbitrary<unknown> {
  const choices = (schema.anyOf ?? schema.oneOf) as readonly JsonObject[] | undefined;
  if (choices) {
    // Downwards every choice with null ends in it.
    const last = depth <= 0 ? choices.filter(({ type: name }) => name === "null") : [];
    return fc.oneof(...(last.length > 0 ? last : choices).map((choice) => valuesOf(choice, root, depth)));
  }
  if (typeof schema.$ref === "string") {
    let target: unknown = root;
    for (const key of schema.$ref.split("/").slice(1)) target = (target as JsonObject)[key];
    return fc.constant(target as JsonObject).chain((next) => valuesOf(next, root, depth - 1));
  }
  if ("const" in schema) return fc.constant(schema.const);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...(schema.enum as unknown[]));
  const names: unknown[] = Array.isArray(schema.type) ? schema.type : [schema.type];
  return fc.oneof(...names.map((name) => valueOfType(name, schema, root, depth)));
}

function valueOfType(name: unknown, schema: JsonObject, root: JsonObject, depth: number): fc.Arbitrary<unknown> {
  switch (name) {
    case "object": {
      const entries = Object.entries(schema.properties as Record<string, JsonObject>);
      return fc
        .tuple(...entries.map(([, property]) => valuesOf(property, root, depth - 1)))
        .map((values) => Object.fromEntries(entries.map(([key], index) => [key, values[index]])));
    }
    case "array":
      return fc.array(valuesOf(schema.items as JsonObject, root, depth - 1), { maxLength: 3 });
    case "string":
      return fc.string();
    case "integer":
      return fc.integer();
    case "number":
      return fc.integer();
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    default:
      throw new Error(`no values for the type ${String(name)}`);
  }
}

describe("a dialect that refuses every keyword that it does not know", () => {
  const some: SchemaDialect = {
    closedObjects: false,
    objectRoot: true,
    unsupported: ["pattern"],
    supported: ["type", "properties", "items", "pattern", "description"],
  };

  test("gets those that it knows, and every property's name", () => {
    const schema = {
      type: "object",
      "x-note": "for people",
      properties: { "x-note": { type: "string", pattern: "^a", nullable: true, description: "a note" } },
    };
    expect(lower(schema, some).schema).toEqual({
      type: "object",
      properties: { "x-note": { type: "string", description: "a note" } },
    });
  });

  test("is not told what comes behind a tuple's first parts, which it does not know", () => {
    const tuple = { type: "array", prefixItems: [{ type: "string" }], items: false };
    expect(lower({ type: "object", properties: { tuple } }, some).schema).toEqual({
      type: "object",
      properties: { tuple: { type: "array" } },
    });
  });
});
