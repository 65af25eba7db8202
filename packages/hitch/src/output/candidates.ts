/** Where in a message the JSON may be. */

/** Texts to try, in their order. */
export interface Candidates {
  /** The whole message, fenced blocks, and whole objects and lists in prose: the last ones first. */
  readonly texts: readonly string[];
  /** From the first opening bracket that nothing closes, or from the first bracket, to the end: only for repair. */
  readonly rest?: string;
}

/** Takes time in proportion to the text. */
export function findCandidates(message: string): Candidates {
  // `trim` takes the byte order mark too.
  const whole = message.trim();
  const { spans, openedAt } = scanBrackets(whole);
  const embedded = spans.map(({ start, end }) => whole.slice(start, end));
  const texts = [whole, ...fencedBlocks(whole).reverse(), ...embedded.reverse()].filter((text) => text !== "");
  const from = openedAt ?? spans[0]?.start;
  return { texts: [...new Set(texts)], ...(from !== undefined && { rest: whole.slice(from) }) };
}

/** Blocks between ``` or ~~~, with any info string. One that is left open goes to the end, as in CommonMark. */
function fencedBlocks(text: string): string[] {
  const blocks: string[] = [];
  let fence: { readonly mark: string; readonly lines: string[] } | undefined;
  for (const line of text.split("\n")) {
    const mark = /^[ \t>]*(`{3,}(?!.*`)|~{3,})/.exec(line)?.[1];
    if (fence === undefined) {
      if (mark !== undefined) fence = { mark, lines: [] };
    } else if (mark?.startsWith(fence.mark) && line.trimEnd().endsWith(mark)) {
      blocks.push(fence.lines.join("\n").trim());
      fence = undefined;
    } else {
      fence.lines.push(line);
    }
  }
  if (fence !== undefined) blocks.push(fence.lines.join("\n").trim());
  return blocks;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

interface Scan {
  /** Whole objects and lists that are in no other, in their order. */
  readonly spans: readonly Span[];
  /** The outermost bracket that looks like JSON and is left open. What is in it is only part of something. */
  readonly openedAt?: number;
}

function scanBrackets(text: string): Scan {
  const spans: Span[] = [];
  const open: number[] = [];
  const count = { "{": 0, "[": 0 };
  for (let position = nextMark(text, 0); position < text.length; position = nextMark(text, position + 1)) {
    const character = text.charAt(position);
    if (character === '"') {
      if (open.length > 0 && startsString(text, position)) position = stringEnd(text, position);
    } else if (character === "{" || character === "[") {
      open.push(position);
      count[character]++;
    } else {
      const opening = character === "}" ? "{" : "[";
      if (count[opening] === 0) continue;
      let start: number | undefined;
      do {
        start = open.pop();
        count[text.charAt(start ?? 0) as "{" | "["]--;
      } while (start !== undefined && text.charAt(start) !== opening);
      while (start !== undefined && (spans.at(-1)?.start ?? -1) > start) spans.pop();
      if (start !== undefined) spans.push({ start, end: position + 1 });
    }
  }
  const openedAt = open.find((start) => looksLikeJson(text, start));
  if (openedAt === undefined) return { spans };
  return { spans: spans.filter(({ end }) => end <= openedAt), openedAt };
}

function nextMark(text: string, from: number): number {
  marks.lastIndex = from;
  return marks.exec(text)?.index ?? text.length;
}

const marks = /["{}[\]]/g;

/** Quotes in prose are no strings: one of JSON comes after a bracket, a comma or a colon. */
function startsString(text: string, position: number): boolean {
  let before = position - 1;
  while (/\s/.test(text.charAt(before))) before--;
  return /[{[,:]/.test(text.charAt(before));
}

/** The closing quote, or the end of the line: JSON's strings have no line breaks. */
function stringEnd(text: string, position: number): number {
  stringRest.lastIndex = position + 1;
  stringRest.exec(text);
  return stringRest.lastIndex;
}

const stringRest = /(?:[^"\\\n]|\\.)*/y;

function looksLikeJson(text: string, position: number): boolean {
  jsonStart.lastIndex = position;
  return jsonStart.test(text);
}

const jsonStart = /\{\s*(?:["'}“]|[\w$]+\s*:|$)|\[\s*(?:["'{[\]“\d-]|(?:true|false|null)\b|$)/y;
