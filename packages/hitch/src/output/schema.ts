/** What the caller wants to have: the schema as given, and as the rest of Hitch uses it. */
import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec";
import type { JsonObject } from "../vocabulary/json.ts";

/** A schema that validates and tells itself as JSON Schema: Zod, ArkType, Valibot's `toStandardJsonSchema`. */
export interface TypedSchema {
  readonly "~standard": StandardSchemaV1.Props & StandardJSONSchemaV1.Props;
}

/** What the option `schema` takes. A plain JSON Schema gives an `unknown` output. */
export type Schema = TypedSchema | JsonObject;

/** The type of `output` for a schema. */
export type OutputOf<Given> = Given extends undefined
  ? undefined
  : Given extends StandardSchemaV1
    ? StandardSchemaV1.InferOutput<Given>
    : unknown;

/** The caller's schema, ready for use. */
export interface OutputSchema {
  /** What a model is told: JSON Schema of what goes in, before any transform. */
  readonly json: JsonObject;
  /** Checks against the whole schema, refinements and transforms included. Rejects if the caller's own code throws. */
  check(value: unknown): Promise<Checked>;
}

/** `value` is what the schema made of the value: transforms have run. */
export type Checked =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly issues: readonly Issue[] };

/** Something wrong with a value. */
export interface Issue {
  readonly path: readonly (string | number)[];
  readonly message: string;
}
