/** The refusal of a schema. */
import { HarnessError } from "../vocabulary/error.ts";

/** `wrong-type`: nothing that Hitch takes as a schema. `not-json-schema`: it says nothing that JSON Schema can say. */
type Reason = "wrong-type" | "not-json-schema";

export function schemaError(reason: Reason, message: string, hint: string, cause?: unknown): HarnessError {
  return new HarnessError({
    code: "invalid-options",
    option: "schema",
    reason,
    message: `schema: ${message}`,
    hint,
    ...(cause !== undefined && { cause }),
  });
}

/** The words of whatever was thrown. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
