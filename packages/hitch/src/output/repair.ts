/**
 * Reads JSON with the slips that models make: comments, single or typographic quotes, bare keys, quotes and line breaks inside
 * of strings that are not escaped, missing and trailing commas, missing and redundant closing brackets, Python's words.
 *
 * It adds brackets, quotes and commas, and no values. What ends inside of a list, a string, a number or a word, after a comma, a
 * colon or an opening bracket is cut off: only objects are closed at the end, after a whole member. Whether such an object had
 * further members cannot be known. An elision (`[1, 2, ...]`) or a missing value is unreadable. jsonrepair 3.15.0 was measured
 * and is not used: it closes and fills such places, changes texts (`["a [b"]` becomes `["a", ["b"]]`), and took 13 s for 10 KB
 * of stray quotes.
 */
import { isOpeningQuote, readString } from "./repair-string.ts";

/** `json` is strict JSON. */
export type Repair =
  { readonly ok: true; readonly json: string } | { readonly ok: false; readonly problem: "cut off" | "unreadable" };

/** Takes time in proportion to the text, however deeply it is nested. The text begins with a bracket or a quote. */
export function repairJson(text: string): Repair {
  const out: string[] = [];
  const open: Frame[] = [{ kind: "root", state: "empty" }];
  let position = 0;
  while (position < text.length) {
    const end = readToken(text, position, open, out);
    if (typeof end !== "number") return { ok: false, problem: end };
    position = end;
  }
  while (open.length > 1) {
    // How many more there were in a list, nobody knows.
    if (top(open).kind === "[" || top(open).state !== "member") return { ok: false, problem: "cut off" };
    closeTop(open, out);
  }
  return top(open).state === "member" ? { ok: true, json: out.join("") } : { ok: false, problem: "unreadable" };
}

/** An object or list that is being read, and what was read of it last. `key` and `colon` are of objects only. */
interface Frame {
  readonly kind: "root" | "{" | "[";
  state: "empty" | "key" | "colon" | "member" | "comma";
}

type Problem = "cut off" | "unreadable";

/** Where the token at the position ends; what it stands for goes to `out`. */
function readToken(text: string, position: number, open: Frame[], out: string[]): number | Problem {
  const frame = top(open);
  const character = text.charAt(position);
  switch (character) {
    case " ":
    case "\n":
    case "\r":
    case "\t":
    case "\u00A0":
      return position + 1;
    case "/":
      return readComment(text, position);
    case "{":
    case "[":
      if (!startValue(frame, out)) return "unreadable";
      out.push(character);
      open.push({ kind: character, state: "empty" });
      return position + 1;
    case "}":
    case "]":
      return closeTo(character === "}" ? "{" : "[", open, out) ? position + 1 : "unreadable";
    case ",":
      if (frame.state !== "member" || frame.kind === "root") return "unreadable";
      frame.state = "comma";
      return position + 1;
    case ":":
      if (frame.state !== "key") return "unreadable";
      frame.state = "colon";
      out.push(":");
      return position + 1;
  }
  if (frame.kind === "root" && frame.state === "member") return "unreadable";
  return isOpeningQuote(character) ? readQuoted(text, position, frame, out) : readBare(text, position, frame, out);
}

function readQuoted(text: string, position: number, frame: Frame, out: string[]): number | Problem {
  const isKey = awaitsKey(frame);
  const string = readString(text, position, isKey);
  if (typeof string === "string") return string;
  if (!(isKey ? startKey(frame, out) : startValue(frame, out))) return "unreadable";
  out.push(JSON.stringify(string.value));
  return string.end;
}

/** A number, a word, or a key without quotes. */
function readBare(text: string, position: number, frame: Frame, out: string[]): number | Problem {
  bare.lastIndex = position;
  const token = bare.exec(text)?.[0] ?? "";
  const end = position + token.length;
  if (awaitsKey(frame)) {
    if (!/^[A-Za-z_$][\w$-]*$/.test(token)) return "unreadable";
    startKey(frame, out);
    out.push(JSON.stringify(token));
    return end;
  }
  const word = words.get(token);
  // Who knows how a number goes on at the end of the text.
  if (word === undefined && end === text.length) return "cut off";
  if ((word === undefined && !isNumber(token)) || !startValue(frame, out)) return "unreadable";
  out.push(word ?? token);
  return end;
}

const bare = /[^\s,:{}[\]"'“”‘’/]+/y;

const words = new Map([
  ...["true", "false", "null"].map((word) => [word, word] as const),
  ...([
    ["True", "true"],
    ["False", "false"],
    ["None", "null"],
  ] as const),
]);

/** Whether it is a number as JSON has them. */
export function isNumber(token: string): boolean {
  return /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(token);
}

/** Comments go, unless they stand for something that was left out. */
function readComment(text: string, position: number): number | Problem {
  comment.lastIndex = position;
  const found = comment.exec(text)?.[0];
  if (found === undefined) return "unreadable";
  if (/\.\.\.|…|\b(more|rest|remaining|omitted|etc)\b/i.test(found)) return "unreadable";
  return position + found.length;
}

const comment = /\/\/[^\n]*|\/\*[^]*?\*\//y;

function awaitsKey({ kind, state }: Frame): boolean {
  return kind === "{" && state !== "colon" && state !== "key";
}

function startKey(frame: Frame, out: string[]): boolean {
  if (frame.state !== "empty") out.push(",");
  frame.state = "key";
  return true;
}

function startValue(frame: Frame, out: string[]): boolean {
  if (frame.kind === "{" ? frame.state !== "colon" : frame.kind === "root" && frame.state !== "empty") return false;
  if (frame.kind === "[" && frame.state !== "empty") out.push(",");
  frame.state = "member";
  return true;
}

/** Closes the innermost object or list of the kind, and those in it that were left open after a whole member. */
function closeTo(kind: "{" | "[", open: Frame[], out: string[]): boolean {
  // One too many at the very end is harmless.
  if (open.length === 1) return top(open).state === "member";
  while (top(open).kind !== kind) {
    if (open.length === 1 || top(open).state !== "member") return false;
    closeTop(open, out);
  }
  const { state } = top(open);
  if (state === "key" || state === "colon") return false;
  closeTop(open, out);
  return true;
}

function closeTop(open: Frame[], out: string[]): void {
  out.push(open.pop()?.kind === "{" ? "}" : "]");
}

function top(open: readonly Frame[]): Frame {
  return open.at(-1) as Frame;
}
