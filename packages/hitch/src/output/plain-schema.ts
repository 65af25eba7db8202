/** Plain JSON Schema, checked by ajv. */
import type { Ajv, AnySchema, ErrorObject, Options, ValidateFunction } from "ajv";
import { asObject, type JsonObject } from "../vocabulary/json.ts";
import { ajvIssue } from "./ajv-issue.ts";
import { withoutOverflow } from "./nesting.ts";
import { schemaError, wordsOf } from "./schema-error.ts";
import type { OutputSchema } from "./schema.ts";
import { isKeyword } from "./subschemas.ts";

/** Gives ajv for a draft, with the formats of JSON Schema. It is called only when a plain schema is to be compiled. */
export type LoadAjv = (draft: Draft, options: Options) => Pick<Ajv, "compile">;

export type Draft = "2020-12" | "draft-07";

/** Throws HarnessError `invalid-options` if ajv refuses the schema, or if it says nothing. */
export function readPlainSchema(given: JsonObject, loadAjv: LoadAjv): OutputSchema {
  const schema = copyOf(given);
  const { $schema, ...rest } = schema;
  const draft = draftOf($schema);
  const keys = Object.keys(rest);
  if (keys.length > 0 && !keys.some(isKeyword)) {
    const message = `it has no keyword of JSON Schema, only ${keys.slice(0, 5).join(", ")}`;
    throw schemaError("not-json-schema", message, 'Pass as in { "type": "object", "properties": { … } }.');
  }
  const validate = compile(rest, draft, loadAjv);
  return {
    // Readers assume 2020-12, so only another draft has to be named.
    json: draft === "2020-12" ? rest : schema,
    check: (value) =>
      withoutOverflow(() => {
        const ok = validate(value);
        return ok ? { ok, value } : { ok: false, issues: issuesOf(validate.errors, value) };
      }),
  };
}

/** What was given may change while the run goes on. */
function copyOf(given: JsonObject): JsonObject {
  try {
    const copy = asObject(JSON.parse(JSON.stringify(given)));
    if (copy !== undefined) return copy;
  } catch (error) {
    throw schemaError("not-json-schema", `it is not JSON: ${wordsOf(error)}`, "Pass a plain JSON Schema.", error);
  }
  throw schemaError("not-json-schema", "it does not become a JSON object", "Pass a plain JSON Schema.");
}

function draftOf($schema: unknown): Draft {
  if ($schema === undefined) return "2020-12";
  const name = typeof $schema === "string" ? $schema.replace(/^https?:\/\/json-schema\.org\//, "") : "";
  if (/^draft\/2020-12\/schema#?$/.test(name)) return "2020-12";
  if (/^draft-07\/schema#?$/.test(name)) return "draft-07";
  const message = `its $schema is ${JSON.stringify($schema)}; known: 2020-12 and draft-07`;
  throw schemaError("not-json-schema", message, "Leave $schema out if the schema keeps to 2020-12.");
}

const options = {
  strict: false,
  allErrors: true,
  // Otherwise an object would have the required property `constructor` by birth.
  ownProperties: true,
  logger: false,
} as const;

function compile(schema: JsonObject, draft: Draft, loadAjv: LoadAjv): ValidateFunction {
  const hint = "Correct the schema; the words are those of ajv.";
  const ajv = loadAjv(draft, options);
  let validate: ValidateFunction;
  try {
    validate = ajv.compile(schema as AnySchema);
  } catch (error) {
    throw schemaError("not-json-schema", wordsOf(error), hint, error);
  }
  // Such a function returns a promise, which would pass for `true`.
  if ("$async" in validate)
    throw schemaError("not-json-schema", "$async is ajv's own, not JSON Schema", "Remove $async.");
  return validate;
}

function issuesOf(errors: readonly ErrorObject[] | null | undefined, value: unknown) {
  return (errors ?? []).map((error) => ajvIssue(error, value));
}
