/** Texts from elsewhere, made safe for a terminal. */
import { stripVTControlCharacters } from "node:util";

/** Control characters could move the cursor, change colours or hide what follows; line breaks and tabs may stay. */
// eslint-disable-next-line no-control-regex
const control = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g;

/** These turn the reading direction of all that follows. */
const turning = /[\u202A-\u202E\u2066-\u2069]/g;

/** The text, with its lines, without what would command a terminal. */
export function toHarmless(text: string): string {
  return stripVTControlCharacters(text).replace(/\r\n/g, "\n").replace(control, "").replace(turning, "");
}

/** A value as JSON for people. What would command a terminal is escaped, so that it still is the same value. */
export function toHarmlessJson(value: unknown): string {
  const json = JSON.stringify(value, undefined, 2);
  return json.replace(/[\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g, (one) => {
    return `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
