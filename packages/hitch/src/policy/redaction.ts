/** Keeps the values of secrets out of everything that is stored or shown. Values handed to the caller stay whole. */
import { parseJsonc } from "../vocabulary/jsonc.ts";

/** Replaces secret values in a text. */
export type Redact = (text: string) => string;

/** Names whose values are secrets: of variables (`GH_TOKEN`), headers, and fields in variables that hold JSON (`apiKey`). */
const secretName = /(^|_|-)(API_?KEY|KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|AUTHORIZATION)(_|-|$)/i;

/** What a header says before the secret: `Bearer …`. */
const scheme = /^(Basic|Bearer|Token) +/i;

/** Shorter values would be found by chance, in words and numbers. */
const shortestSecret = 8;

/** What stands where a secret stood. */
export const mask = "[redacted]";

const leaveAsItIs: Redact = (text) => text;

/**
 * Makes a redactor for the secrets of these environments, and of objects in which there are some: MCP servers have
 * variables and headers. Redact before you cut: half a secret is not found.
 *
 * @example
 * const redact = createRedactor(process.env);
 * redact("Authorization: Bearer sk-1234567890"); // with OPENAI_API_KEY=sk-1234567890: "Authorization: Bearer [redacted]"
 */
export function createRedactor(...environments: Readonly<Record<string, unknown>>[]): Redact {
  const values = environments.flatMap((environment) => Object.entries(environment)).flatMap(secretsIn);
  // Inside a text there may be JSON, where they are written otherwise.
  const written = values.flatMap((value) => [value, JSON.stringify(value).slice(1, -1)]);
  if (written.length === 0) return leaveAsItIs;
  // The longest first: one secret may begin with another.
  const sorted = [...new Set(written)].sort((left, right) => right.length - left.length);
  const pattern = new RegExp(sorted.map(escapePattern).join("|"), "g");
  return (text) => text.replace(pattern, mask);
}

/** Redacts every text inside a JSON value, names of fields included. A value without secrets is given back itself. */
export function redactValue<Value>(value: Value, redact: Redact): Value;
export function redactValue(value: unknown, redact: Redact): unknown {
  if (redact === leaveAsItIs) return value;
  if (typeof value === "string") return redact(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value.map((item: unknown) => redactValue(item, redact));
    return items.every((item, index) => item === value[index]) ? (value as unknown) : items;
  }
  const fields = Object.entries(value).map(([name, field]) => [redact(name), redactValue(field, redact)] as const);
  const isSame = Object.entries(value).every(
    ([name, field], index) => fields[index]?.[0] === name && fields[index][1] === field,
  );
  return isSame ? value : Object.fromEntries(fields);
}

function secretsIn([name, value]: readonly [string, unknown]): string[] {
  if (typeof value === "object" && value !== null) return Object.entries(value).flatMap(secretsIn);
  if (typeof value !== "string") return [];
  if (value.trimStart().startsWith("{")) return secretsInJson(value);
  if (!secretName.test(inSnakeCase(name))) return [];
  return [value, value.replace(scheme, "")].filter(({ length }) => length >= shortestSecret);
}

function secretsInJson(text: string): string[] {
  try {
    return Object.entries(parseJsonc(text) as object).flatMap(secretsIn);
  } catch {
    return []; // Not JSON after all.
  }
}

function inSnakeCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1_$2");
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
