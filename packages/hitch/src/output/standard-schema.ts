/** Schemas of the libraries that follow Standard Schema and Standard JSON Schema: Zod, Valibot, ArkType and others. */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { asObject, type JsonObject } from "../vocabulary/json.ts";
import { withoutOverflow } from "./nesting.ts";
import { schemaError, wordsOf } from "./schema-error.ts";
import type { Checked, Issue, OutputSchema, TypedSchema } from "./schema.ts";

/** Whether a value says that it is a Standard Schema, whichever part of the standard it has. ArkType's are functions. */
export function isStandardSchema(given: unknown): given is { readonly "~standard": unknown } {
  return ((typeof given === "object" && given !== null) || typeof given === "function") && "~standard" in given;
}

/** Throws HarnessError `invalid-options` if the schema cannot say itself as JSON Schema. */
export function readStandardSchema(given: { readonly "~standard": unknown }): OutputSchema {
  const standard = standardOf(given);
  return {
    json: jsonOf(standard),
    check: (value) =>
      withoutOverflow(async () => {
        // Transforms are the caller's code and may change what they are given.
        const result = await standard.validate(structuredClone(value));
        return result.issues === undefined ? { ok: true, value: result.value } : refused(result.issues);
      }),
  };
}

type Standard = TypedSchema["~standard"];

function standardOf(given: { readonly "~standard": unknown }): Standard {
  const standard = given["~standard"] as Partial<Standard> | null | undefined;
  if (standard?.version !== 1 || typeof standard.validate !== "function") {
    const message = "its `~standard` is not version 1 of Standard Schema, with `validate`";
    throw schemaError("wrong-type", message, "Update the schema library, or pass a plain JSON Schema.");
  }
  const vendor = String(standard.vendor);
  if (typeof standard.jsonSchema?.input !== "function") {
    const hint = hints[vendor] ?? `Update ${vendor} to a version with Standard JSON Schema`;
    const message = `this schema of ${vendor} cannot say itself as JSON Schema, which the agent has to be told`;
    throw schemaError("not-json-schema", message, `${hint}, or pass a plain JSON Schema.`);
  }
  return standard as Standard;
}

/** How a schema of this library comes to have JSON Schema. */
const hints: Readonly<Record<string, string>> = {
  zod: "Update zod to 4.2 or newer",
  valibot: "Pass toStandardJsonSchema(schema), from @valibot/to-json-schema",
  arktype: "Update arktype to 2.2 or newer",
};

function jsonOf(standard: Standard): JsonObject {
  const json = asObject(convert(standard));
  if (json === undefined) {
    const message = `${standard.vendor} gives no JSON Schema object for it`;
    throw schemaError("not-json-schema", message, "Pass a schema of an object, a list or a scalar.");
  }
  // The draft was asked for, and it is the one that readers assume.
  const { $schema: _, ...rest } = json;
  return rest;
}

function convert({ vendor, jsonSchema }: Standard): unknown {
  try {
    return JSON.parse(JSON.stringify(jsonSchema.input({ target: "draft-2020-12" })));
  } catch (error) {
    const message = `${vendor} cannot say it as JSON Schema: ${wordsOf(error)}`;
    const hint = "Describe what the agent writes, in types that JSON has, and turn it into the rest by a transform.";
    throw schemaError("not-json-schema", message, hint, error);
  }
}

function refused(issues: readonly StandardSchemaV1.Issue[]): Checked {
  // ArkType's paths are a class of array of its own, whose `map` does not work.
  const read = ({ message, path }: StandardSchemaV1.Issue): Issue => ({ message, path: Array.from(path ?? [], keyOf) });
  return { ok: false, issues: issues.map(read) };
}

function keyOf(segment: PropertyKey | StandardSchemaV1.PathSegment): string | number {
  const key = typeof segment === "object" ? segment.key : segment;
  return typeof key === "symbol" ? String(key) : key;
}
