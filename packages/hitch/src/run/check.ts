/** Small checks of one option each. They collect refusals in the words of the option instead of throwing at the first. */
import { HarnessError, type HarnessErrorInit } from "../vocabulary/error.ts";

/** What was found wrong, and what the user should know though the run goes on. */
export interface Findings {
  readonly refusals: HarnessError[];
  readonly warnings: string[];
}

export function refuse(findings: Findings, option: string, reason: string, message: string): void {
  add(findings, { code: "invalid-options", option, reason, message });
}

export function add(findings: Findings, init: HarnessErrorInit): void {
  findings.refusals.push(new HarnessError(init));
}

/** Refuses an option that cannot be honoured; with `lenient` it is left out, with a warning. */
export function refuseUnsupported(
  findings: Findings,
  lenient: boolean,
  option: string,
  message: string,
  hint?: string,
): void {
  if (lenient) findings.warnings.push(`${message}; going on without it`);
  else add(findings, { code: "unsupported-option", option, reason: "unsupported", message, ...(hint && { hint }) });
}

/** One of a few words. */
export function checkWord<const Word extends string>(
  findings: Findings,
  option: string,
  value: unknown,
  words: readonly Word[],
): Word | undefined {
  if (value === undefined) return undefined;
  if (words.includes(value as Word)) return value as Word;
  refuse(findings, option, "unknown-value", `${option}: ${show(value)} is not one of ${words.join(", ")}`);
  return undefined;
}

/** A text that is not empty and has no NUL, as the operating system wants it. */
export function checkText(findings: Findings, option: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "string") refuse(findings, option, "wrong-type", `${option}: ${show(value)} is not a string`);
  else if (value.trim() === "") refuse(findings, option, "empty", `${option} is empty`);
  else if (value.includes("\0")) refuse(findings, option, "nul-byte", `${option} holds a NUL character`);
  else if (!value.isWellFormed())
    refuse(findings, option, "not-utf8", `${option} holds half a character (lone surrogate)`);
  else return value;
  return undefined;
}

export function checkBoolean(findings: Findings, option: string, value: unknown): boolean | undefined {
  if (value === undefined || typeof value === "boolean") return value;
  refuse(findings, option, "wrong-type", `${option}: ${show(value)} is not true or false`);
  return undefined;
}

export function checkList(findings: Findings, option: string, value: unknown): readonly string[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) {
    return value
      .map((item, index) => checkText(findings, `${option}[${index}]`, item))
      .filter((item) => item !== undefined);
  }
  refuse(findings, option, "wrong-type", `${option}: ${show(value)} is not a list of strings`);
  return [];
}

/** An object whose keys are known. */
export function checkKeys(
  findings: Findings,
  option: string,
  value: unknown,
  known: readonly string[] | "any",
): Readonly<Record<string, unknown>> {
  if (value === undefined) return {};
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    refuse(findings, option, "wrong-type", `${option}: ${show(value)} is not an object`);
    return {};
  }
  for (const key of known === "any" ? [] : Object.keys(value).filter((name) => !known.includes(name))) {
    const message = `${option} has no ${JSON.stringify(key)}; known: ${(known as readonly string[]).join(", ")}`;
    refuse(findings, `${option}.${key}`, "unknown", message);
  }
  return value as Readonly<Record<string, unknown>>;
}

/** A value in a message: short, and never a secret object's whole content. */
export function show(value: unknown): string {
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
