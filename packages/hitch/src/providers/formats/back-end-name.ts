/** What back ends call an error. */
import { stringAt } from "../../vocabulary/json.ts";

/** The name in the JSON of an error that a back end sent, whichever interface it speaks. */
export function backEndName(body: unknown): string | undefined {
  return (
    stringAt(body, "error", "code") ??
    stringAt(body, "error", "type") ??
    stringAt(body, "error", "status") ??
    stringAt(body, "code") ??
    stringAt(body, "type")
  );
}
