import { randomBytes } from "node:crypto";

const DIGITS = 11;

/** A new run id: 44 random bits as 11 hex digits, which is what a tag has room for. */
export function newRunId(): string {
  return randomBytes(6).toString("hex").slice(0, DIGITS);
}

/** Whether `text` has the form of a run id. */
export function isRunId(text: string): boolean {
  return /^[0-9a-f]{11}$/.test(text);
}
