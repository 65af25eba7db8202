/** Reads a string of which not even the quotes inside need be escaped. */

/** A string as it was meant, and where it ends. */
interface ReadString {
  readonly value: string;
  readonly end: number;
}

/** The string whose opening quote is at the position. Without an end it is cut off, unless there are quotes that may be it. */
export function readString(text: string, start: number, isKey: boolean): ReadString | "cut off" | "unreadable" {
  const closing = pairs.get(text.charAt(start)) ?? "";
  const parts: string[] = [];
  let from = start + 1;
  let hasQuotes = false;
  for (let position = from; position < text.length; position++) {
    const character = text.charAt(position);
    if (character === "\\") {
      const escape = readEscape(text, position);
      if (escape === undefined) break;
      parts.push(text.slice(from, position), escape.value);
      from = escape.end;
      position = from - 1;
    } else if (closing.includes(character)) {
      hasQuotes = true;
      if (!isEnd(text, position + 1, isKey)) continue;
      parts.push(text.slice(from, position));
      return { value: parts.join(""), end: position + 1 };
    }
  }
  return hasQuotes ? "unreadable" : "cut off";
}

export function isOpeningQuote(character: string): boolean {
  return pairs.has(character);
}

/** What closes a string, by what opens it. Typographic quotes get mixed up. */
const pairs = new Map([
  ['"', '"'],
  ["'", "'"],
  ["“", '”“"'],
  ["”", '”"'],
  ["‘", "’‘'"],
  ["’", "’'"],
]);

/** Whether a quote before the position ends its string: what follows could not go on otherwise. Exact for valid JSON. */
function isEnd(text: string, position: number, isKey: boolean): boolean {
  const follows = isKey ? afterKey : afterValue;
  follows.lastIndex = position;
  return follows.test(text);
}

const afterKey = /\s*(?::|$)/y;

// The end, a closing bracket, a comment, the next member after a comma, or one after a missing comma.
const afterValue =
  /\s*(?:$|[}\]]|\/[/*]|,\s*(?:$|["'“‘{[\]}\-\d/]|(?:true|false|null|True|False|None)\b|[A-Za-z_$][\w$-]*\s*:))|\s+["'“‘]/y;

function readEscape(text: string, position: number): ReadString | undefined {
  const character = text.charAt(position + 1);
  if (character === "") return undefined;
  const code = /^[\da-fA-F]{4}$/.exec(text.slice(position + 2, position + 6))?.[0];
  if (character === "u" && code !== undefined) {
    return { value: String.fromCharCode(Number.parseInt(code, 16)), end: position + 6 };
  }
  // An escape that JSON does not have, as the \d of a regular expression, is meant as it is written.
  return { value: escapes.get(character) ?? `\\${character}`, end: position + 2 };
}

const escapes = new Map([
  ...['"', "\\", "/", "'"].map((character) => [character, character] as const),
  ...([
    ["b", "\b"],
    ["f", "\f"],
    ["n", "\n"],
    ["r", "\r"],
    ["t", "\t"],
  ] as const),
]);
