/** Texts from elsewhere, made safe for a terminal. */

/** Control characters could move the cursor, change colours or hide what follows; line breaks and tabs may stay. */
// eslint-disable-next-line no-control-regex
const control = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g;

/** The text without what would command a terminal. */
export function toPrintable(text: string): string {
  return text.replace(/\r\n/g, "\n").replace(control, "");
}

/** Indents the lines after the first, so that a long message stays one block. */
export function toBlock(text: string): string {
  return toPrintable(text).trimEnd().replaceAll("\n", "\n  ");
}
