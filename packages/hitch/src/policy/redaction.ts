/** Keeps the values of secrets out of everything that is stored or shown. Values handed to the caller stay whole. */
import { parseJsonc } from "../vocabulary/jsonc.ts";
import { createFinder, createPartRedactor, mask, type FindSecret, type RedactPart } from "./redact-part.ts";

/** Replaces secret values in a text. */
export interface Redact {
  (text: string): string;
  /** For texts that come in pieces. Without it no piece ends in the middle of a secret. */
  readonly part?: RedactPart;
}

/** Names whose values are secrets: of variables (`GH_TOKEN`), headers, fields (`apiKey`), arguments, and in addresses. */
const secretName = /(^|_|-)(API_?KEY|KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|AUTHORIZATION)(_|-|$)/i;

/** What a header says before the secret: `Bearer …`. */
const scheme = /^(Basic|Bearer|Token) +/i;

/** `--name=value`, `NAME=value` and `Name: value` as an argument. */
const namedArgument = /^-*([\w-]+)(?:=|:\s*)(.*)$/s;

/** `--name`, whose value is the next argument. */
const flag = /^-+([\w-]+)$/;

/** The password in `https://user:password@host`. */
const addressPassword = /:\/\/[^/?#\s:@]*:([^/?#\s]*)@/g;

/** `name=value` in an address, after the `?`. */
const addressField = /[?&#]([^?=&#\s]+)=([^&#\s]*)/g;

/** Shorter values would be found by chance, in words and numbers. */
const shortestSecret = 8;

const leaveAsItIs: Redact = (text) => text;

/**
 * Makes a redactor for the secrets of these environments, and of objects in which there are some: MCP servers have
 * variables, headers, arguments and addresses. Redact before you cut: half a secret is not found.
 *
 * @example
 * const redact = createRedactor(process.env);
 * redact("Authorization: Bearer sk-1234567890"); // with OPENAI_API_KEY=sk-1234567890: "Authorization: Bearer [redacted]"
 */
export function createRedactor(...environments: Readonly<Record<string, unknown>>[]): Redact {
  const values = environments
    .flatMap((environment) => Object.entries(environment))
    .flatMap(secretsIn)
    // What is printed in lines is stored in lines.
    .flatMap((value) => [value, ...value.split(/\r?\n/)])
    .filter(({ length }) => length >= shortestSecret);
  // Inside a text there may be JSON, and more of it in that, where they are written otherwise: a tool's arguments, say.
  const written = values.flatMap((value) => {
    const inJson = inJsonText(value);
    return [value, inJson, inJsonText(inJson), inJsonText(inJsonText(inJson))];
  });
  if (written.length === 0) return leaveAsItIs;
  // The longest first: one secret may begin with another.
  const sorted = [...new Set(written)].sort((left, right) => right.length - left.length);
  const find = createFinder(sorted);
  return Object.assign((text: string) => maskAll(text, find), { part: createPartRedactor(sorted, find) });
}

function maskAll(text: string, find: FindSecret): string {
  let done = "";
  let from = 0;
  for (let found = find(text, 0); found !== undefined; found = find(text, from)) {
    done += text.slice(from, found.start) + mask;
    from = found.end;
  }
  return done + text.slice(from);
}

function inJsonText(value: string): string {
  return JSON.stringify(value).slice(1, -1);
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
  if (Array.isArray(value)) return [...secretsInArguments(value), ...Object.entries(value).flatMap(secretsIn)];
  if (typeof value === "object" && value !== null) return Object.entries(value).flatMap(secretsIn);
  if (typeof value !== "string") return [];
  if (value.trimStart().startsWith("{")) return secretsInJson(value);
  return [...(isSecret(name) ? [value, value.replace(scheme, "")] : []), ...secretsInAddresses(value)];
}

function isSecret(name: string): boolean {
  return secretName.test(name.replace(/([a-z0-9])([A-Z])/g, "$1_$2"));
}

function secretsInArguments(list: readonly unknown[]): string[] {
  const values = list.filter((item) => typeof item === "string");
  return values.flatMap((value, index) => {
    const next = values[index + 1];
    const named = flag.exec(value)?.[1] ?? "";
    const follows = next !== undefined && !next.startsWith("-") && isSecret(named);
    return [...(follows ? secretsIn([named, next]) : []), ...secretsInArgument(value)];
  });
}

/** The value may be a name and a value itself, as in `--header=Authorization: Bearer …`. */
function secretsInArgument(text: string): string[] {
  const [, name = "", value = ""] = namedArgument.exec(text) ?? [];
  const [, innerName = "", innerValue = ""] = namedArgument.exec(value) ?? [];
  if (isSecret(name)) return secretsIn([name, value]);
  return isSecret(innerName) ? secretsIn([innerName, innerValue]) : [];
}

/** As they are written there, and as a program reads them. */
function secretsInAddresses(text: string): string[] {
  const passwords = [...text.matchAll(addressPassword)].map(([, password = ""]) => password);
  const fields = [...text.matchAll(addressField)].filter(([, name = ""]) => isSecret(name));
  return [...passwords, ...fields.map(([, , value = ""]) => value)].flatMap((value) => [value, decode(value)]);
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll("+", " "));
  } catch {
    return value; // A lone % means itself.
  }
}

function secretsInJson(text: string): string[] {
  try {
    return Object.entries(parseJsonc(text) as object).flatMap(secretsIn);
  } catch {
    return []; // Not JSON after all.
  }
}
