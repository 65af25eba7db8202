import { execFileSync } from "node:child_process";
import { toStandardJsonSchema } from "@valibot/to-json-schema";
import { type } from "arktype";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { refusalOf, schemaOf } from "./support.ts";

const bug = {
  type: "object",
  properties: { file: { type: "string" }, line: { type: "integer" } },
  required: ["file"],
};

const sameSchemas = {
  zod: z.object({ file: z.string(), line: z.int().optional() }),
  arktype: type({ file: "string", "line?": "number.integer" }),
  valibot: toStandardJsonSchema(v.object({ file: v.string(), line: v.optional(v.pipe(v.number(), v.integer())) })),
  plain: bug,
  "plain draft-07": { ...bug, $schema: "http://json-schema.org/draft-07/schema#" },
};

describe.each(Object.entries(sameSchemas))("%s", (name, given) => {
  const schema = schemaOf(given);

  test("tells itself as JSON Schema", () => {
    expect(schema.json).toMatchObject({ type: "object", required: ["file"], properties: { file: { type: "string" } } });
    expect("$schema" in schema.json).toBe(name === "plain draft-07");
  });

  test("gives a value that fits", async () => {
    expect(await schema.check({ file: "a.ts", line: 3 })).toEqual({ ok: true, value: { file: "a.ts", line: 3 } });
  });

  test.each([
    [{ file: "a.ts", line: "x" }, ["line"]],
    [{ file: 5 }, ["file"]],
    ["text", []],
  ])("names the place of what does not fit: %j", async (value, path) => {
    const checked = await schema.check(value);
    expect(checked.ok ? [] : checked.issues.map((issue) => issue.path)).toContainEqual(path);
  });

  test("keeps a value as it was", async () => {
    const value = Object.freeze({ file: "a.ts", line: 3, more: Object.freeze([1]) });
    await schema.check(value);
    expect(value).toEqual({ file: "a.ts", line: 3, more: [1] });
  });
});

const hostile = '{"__proto__":"p","constructor":"c","hasOwnProperty":"h"}';
const hostileNames = ["__proto__", "constructor", "hasOwnProperty"];

describe("properties with hostile names", () => {
  const shapes = {
    zod: [
      z.object({ ["__proto__"]: z.string(), constructor: z.string(), hasOwnProperty: z.string() }),
      hostileNames.slice(1),
    ],
    arktype: [type({ ["__proto__"]: "string", constructor: "string", hasOwnProperty: "string" }), hostileNames],
    valibot: [
      toStandardJsonSchema(
        v.object({ ["__proto__"]: v.string(), constructor: v.string(), hasOwnProperty: v.string() }),
      ),
      hostileNames.slice(1),
    ],
    plain: [
      JSON.parse(
        `{"type":"object","required":["__proto__","constructor","hasOwnProperty"],"properties":{"__proto__":{"type":"string"},"constructor":{"type":"string"},"hasOwnProperty":{"type":"string"}}}`,
      ) as unknown,
      hostileNames,
    ],
  } as const;

  test.each(Object.entries(shapes))("%s keeps those that it can and pollutes nothing", async (_, [given, kept]) => {
    const schema = schemaOf(given);
    const checked = await schema.check(JSON.parse(hostile));
    expect(checked.ok && Object.keys(checked.value as object)).toEqual(kept);
    expect(Object.keys((schema.json as { properties: object }).properties)).toEqual(
      expect.arrayContaining(["constructor", "hasOwnProperty"]),
    );
    expect(({} as Record<string, unknown>).p).toBeUndefined();
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });

  test.each(Object.entries(shapes))("%s misses them where they are only inherited", async (name, [given]) => {
    const checked = await schemaOf(given).check({});
    const missing = checked.ok ? [] : checked.issues.map((issue) => issue.path.join());
    if (name === "plain") expect(checked.ok || checked.issues).toHaveLength(3);
    else expect(missing).toContain("constructor");
  });
});

test("ajv does not look at `__proto__`, and takes it for unknown in a closed object", async () => {
  const properties = JSON.parse('{"__proto__":{"type":"string"}}') as object;
  const value = JSON.parse('{"__proto__":5}') as unknown;
  expect(await schemaOf({ type: "object", properties }).check(value)).toEqual({ ok: true, value });
  expect(await schemaOf({ type: "object", properties, additionalProperties: false }).check(value)).toEqual({
    ok: false,
    issues: [{ path: [], message: 'must not have the property "__proto__"' }],
  });
});

test("refinements, transforms and what is asynchronous belong to the check", async () => {
  const schema = schemaOf(
    z
      .object({ day: z.iso.date().transform((text) => new Date(text)), list: z.array(z.number()).default([]) })
      .refine(async ({ day }) => day.getUTCFullYear() > 2000, { message: "is too old", path: ["day"] }),
  );
  expect(schema.json).toMatchObject({ properties: { day: { type: "string" } }, required: ["day"] });
  expect(await schema.check({ day: "2024-05-06" })).toEqual({
    ok: true,
    value: { day: new Date("2024-05-06"), list: [] },
  });
  expect(await schema.check({ day: "1999-05-06" })).toEqual({
    ok: false,
    issues: [{ path: ["day"], message: "is too old" }],
  });
});

test("a transform that changes its input changes a copy", async () => {
  const schema = schemaOf(z.object({ list: z.any().transform((list: number[]) => list.sort()) }));
  const value = { list: [3, 1, 2] };
  expect(await schema.check(value)).toEqual({ ok: true, value: { list: [1, 2, 3] } });
  expect(value).toEqual({ list: [3, 1, 2] });
});

test("what the caller's own code throws is not swallowed", async () => {
  const failing = schemaOf(
    z.string().refine(() => {
      throw new Error("database is down");
    }),
  );
  await expect(failing.check("x")).rejects.toThrow("database is down");
});

function zodTree() {
  const tree = z.object({
    name: z.string(),
    get kids() {
      return z.array(tree);
    },
  });
  return tree;
}

test.each([
  ["recursive Zod", zodTree()],
  [
    "recursive plain",
    { type: "object", properties: { name: { type: "string" }, kids: { type: "array", items: { $ref: "#" } } } },
  ],
])("%s: 10,000 levels are an issue, not a crash", async (_, given) => {
  const levels = 10_000;
  const deep = JSON.parse(`${'{"name":"x","kids":['.repeat(levels)}${"]}".repeat(levels)}`) as unknown;
  const checked = await schemaOf(given).check(deep);
  expect(checked).toEqual({ ok: false, issues: [{ path: [], message: "is nested too deeply to be checked" }] });
});

test("a plain schema's issues have real paths and name what is meant", async () => {
  const schema = schemaOf({
    type: "object",
    properties: {
      "a/b~c": { type: "array", items: { type: "object", properties: { "0": { enum: ["x", 2] } }, required: ["y"] } },
      when: { type: "string", format: "date-time" },
    },
    additionalProperties: false,
  });
  const checked = await schema.check({ "a/b~c": [{ "0": 5 }], when: "later", extra: 1 });
  expect(checked.ok ? [] : checked.issues).toEqual([
    { path: [], message: 'must not have the property "extra"' },
    { path: ["a/b~c", 0], message: 'must have the property "y"' },
    { path: ["a/b~c", 0, "0"], message: 'must be one of "x", 2' },
    { path: ["when"], message: 'must match format "date-time"' },
  ]);
});

test("draft-07 is read as draft-07", async () => {
  const schema = { type: "array", items: [{ type: "string" }, { type: "number" }], additionalItems: false };
  const old = schemaOf({ ...schema, $schema: "http://json-schema.org/draft-07/schema#" });
  expect((await old.check(["a", 1])).ok).toBe(true);
  expect((await old.check(["a", "b"])).ok).toBe(false);
  expect(refusalOf(schema).message).toContain("items must be object,boolean");
});

test("50 fields", async () => {
  const names = Array.from({ length: 50 }, (_, index) => `field${index}`);
  const schema = schemaOf(z.object(Object.fromEntries(names.map((name) => [name, z.number()]))));
  expect(schema.json.required).toEqual(names);
  expect((await schema.check(Object.fromEntries(names.map((name, index) => [name, index])))).ok).toBe(true);
});

const refused: readonly (readonly [string, unknown, string, string, string])[] = [
  ["a text", '{"type":"object"}', "wrong-type", "a string is not a schema", "parsed schema"],
  ["null", null, "wrong-type", "null is not a schema", "plain JSON Schema"],
  ["a list", [], "wrong-type", "a list is not a schema", "plain JSON Schema"],
  ["a function", () => true, "wrong-type", "a function is not a schema", "plain JSON Schema"],
  ["an instance", new Map(), "wrong-type", "an object of a class", "Zod 4"],
  ["Valibot by itself", v.object({}), "not-json-schema", "valibot cannot say itself", "@valibot/to-json-schema"],
  [
    "an older Zod",
    { "~standard": { version: 1, vendor: "zod", validate: () => ({ value: 1 }) } },
    "not-json-schema",
    "zod cannot",
    "4.2",
  ],
  [
    "another library",
    { "~standard": { version: 1, vendor: "yup", validate: () => ({ value: 1 }) } },
    "not-json-schema",
    "yup",
    "Update yup",
  ],
  ["half a standard", { "~standard": { version: 2 } }, "wrong-type", "version 1", "Update"],
  [
    "a date of Zod",
    z.object({ day: z.date() }),
    "not-json-schema",
    "Date cannot be represented in JSON Schema",
    "transform",
  ],
  [
    "a date of Valibot",
    toStandardJsonSchema(v.date()),
    "not-json-schema",
    'The "date" schema cannot be converted',
    "transform",
  ],
  ["a wrong type word", { type: "text" }, "not-json-schema", "type must be equal to one of the allowed values", "ajv"],
  ["an unknown reference", { $ref: "#/$defs/x" }, "not-json-schema", "can't resolve reference", "ajv"],
  [
    "an unknown draft",
    { $schema: "http://json-schema.org/draft-04/schema#" },
    "not-json-schema",
    "known: 2020-12 and draft-07",
    "$schema",
  ],
  ["no keyword", { bugs: "string" }, "not-json-schema", "no keyword of JSON Schema, only bugs", "properties"],
  ["$async", { $async: true, type: "string" }, "not-json-schema", "$async", "Remove"],
  ["a cycle", cyclic(), "not-json-schema", "not JSON", "plain"],
];

function cyclic(): object {
  const schema: Record<string, unknown> = { type: "object" };
  schema.properties = schema;
  return schema;
}

test.each(refused)("%s is refused", (_, given, reason, message, hint) => {
  const error = refusalOf(given);
  expect(error).toMatchObject({ code: "invalid-options", option: "schema", reason });
  expect(error.message).toContain(message);
  expect(error.hint).toContain(hint);
});

test("ajv is loaded for a plain schema only", () => {
  const check = new URL("../../src/run/check-schema.ts", import.meta.url).href;
  const code = `
    import { createRequire } from "node:module";
    import { checkSchema } from ${JSON.stringify(check)};
    const loaded = () => Object.keys(createRequire(import.meta.url).cache).filter((path) => path.includes("/ajv/")).length > 0;
    const standard = { version: 1, vendor: "x", validate: (value) => ({ value }), jsonSchema: { input: () => ({}) } };
    const findings = { refusals: [], warnings: [] };
    checkSchema(findings, { "~standard": standard });
    const before = loaded();
    checkSchema(findings, { type: "object" });
    console.log(JSON.stringify([before, loaded(), findings.refusals.length]));`;
  const printed = execFileSync(process.execPath, ["--input-type=module", "--eval", code], { encoding: "utf8" });
  expect(JSON.parse(printed)).toEqual([false, true, 0]);
});
