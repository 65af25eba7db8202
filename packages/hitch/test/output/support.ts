import { HarnessError } from "../../src/vocabulary/error.ts";
import type { Findings } from "../../src/run/check.ts";
import { checkSchema } from "../../src/run/check-schema.ts";
import type { OutputSchema } from "../../src/output/schema.ts";

/** The schema as a run gets it. */
export function schemaOf(given: unknown): OutputSchema {
  const findings: Findings = { refusals: [], warnings: [] };
  const schema = checkSchema(findings, given);
  if (schema === undefined) throw findings.refusals[0] ?? new Error("there is neither a schema nor a refusal");
  return schema;
}

/** Why a schema is refused. */
export function refusalOf(given: unknown): HarnessError {
  try {
    schemaOf(given);
  } catch (error) {
    if (HarnessError.isInstance(error)) return error;
    throw error;
  }
  throw new Error("the schema was not refused");
}
