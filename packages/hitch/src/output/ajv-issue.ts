/** An error of ajv as an issue: a real path, and words that name the property or the values meant. */
import type { ErrorObject } from "ajv";
import { stringAt } from "../vocabulary/json.ts";
import type { Issue } from "./schema.ts";

export function ajvIssue(error: ErrorObject, value: unknown): Issue {
  return { path: pathOf(error.instancePath, value), message: messageOf(error) };
}

/** Follows the JSON pointer through the value, which tells the index of a list from a property named like one. */
function pathOf(pointer: string, value: unknown): readonly (string | number)[] {
  const path: (string | number)[] = [];
  let current = value;
  for (const part of pointer.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    path.push(Array.isArray(current) ? Number(key) : key);
    const holds = typeof current === "object" && current !== null && Object.hasOwn(current, key);
    current = holds ? (current as Record<string, unknown>)[key] : undefined;
  }
  return path;
}

function messageOf({ keyword, params, message }: ErrorObject): string {
  const unexpected = stringAt(params, "additionalProperty") ?? stringAt(params, "unevaluatedProperty");
  if (unexpected !== undefined) return `must not have the property ${JSON.stringify(unexpected)}`;
  const missing = stringAt(params, "missingProperty");
  if (missing !== undefined) return `must have the property ${JSON.stringify(missing)}`;
  const { allowedValues, allowedValue, propertyName } = params as Record<string, unknown>;
  if (keyword === "enum" && Array.isArray(allowedValues)) {
    return `must be one of ${allowedValues.map((allowed) => JSON.stringify(allowed)).join(", ")}`;
  }
  if (keyword === "const") return `must be ${JSON.stringify(allowedValue)}`;
  if (keyword === "propertyNames") return `must not have a property named ${JSON.stringify(propertyName)}`;
  return message ?? `must fit ${keyword}`;
}
