/** Reads the option `schema`. */
import { asObject } from "../vocabulary/json.ts";
import { readPlainSchema, type LoadAjv } from "./plain-schema.ts";
import { schemaError } from "./schema-error.ts";
import type { OutputSchema } from "./schema.ts";
import { isStandardSchema, readStandardSchema } from "./standard-schema.ts";

/** Any Standard Schema with JSON Schema, or a plain JSON Schema. Throws HarnessError `invalid-options` for the rest. */
export function readSchema(given: unknown, loadAjv: LoadAjv): OutputSchema {
  if (isStandardSchema(given)) return readStandardSchema(given);
  const object = asObject(given);
  if (object !== undefined && isPlain(object)) return readPlainSchema(object, loadAjv);
  throw schemaError("wrong-type", `${kindOf(given)} is not a schema`, hintFor(given));
}

/** What JSON or an object literal gives, in whichever realm; not an instance of some class. */
function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function kindOf(given: unknown): string {
  if (given === null) return "null";
  if (Array.isArray(given)) return "a list";
  if (typeof given === "function") return "a function";
  if (typeof given === "object") return "an object of a class without `~standard`";
  return `a ${typeof given}`;
}

function hintFor(given: unknown): string {
  if (typeof given === "string") return "Pass the parsed schema, not its text or the name of its file.";
  return "Pass a schema of Zod 4, Valibot or ArkType, or a plain JSON Schema as an object.";
}
