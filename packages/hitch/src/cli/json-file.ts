/** JSON in a file that the user wrote. Comments and trailing commas are allowed. */
import { HarnessError } from "../vocabulary/error.ts";
import { parseJsonc } from "../vocabulary/jsonc.ts";

/** @throws HarnessError `invalid-options` with `option`, and `not-json` as the reason. */
export function parseJsonFile(option: string, file: string, text: string, hint: string): unknown {
  try {
    return parseJsonc(text);
  } catch {
    // The parser's message would show parts of the text, and there may be keys in it.
    const message = `${option}: ${file} is not JSON`;
    throw new HarnessError({ code: "invalid-options", option, reason: "not-json", message, hint });
  }
}
