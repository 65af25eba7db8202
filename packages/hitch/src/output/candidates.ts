/** Where in a message the JSON may be. */
import { fencedBlocks, type FencedBlock } from "./fenced-blocks.ts";

/** Texts to try, the likeliest first. */
export interface Candidates {
  /** The whole message, and its fenced blocks of any language: the last ones first. */
  readonly whole: readonly string[];
  /** Whole objects and lists that stand on their own in prose: the last ones first. */
  readonly embedded: readonly string[];
  /** From the first bracket in prose that could begin the value, to the end: only for repair. */
  readonly rest?: string;
}

/**
 * Takes time in proportion to the text, and gives no more than the last 50 of each kind.
 *
 * A bracket in prose is mostly no answer (`bugs[]`, "the paper says [1]"). So an object or a list counts only if it is alone on
 * its lines, but for prose before it that ends in a colon. Code of other languages is no place to look for it at all.
 */
export function findCandidates(message: string): Candidates {
  // `trim` takes the byte order mark too.
  const text = message.trim();
  const blocks = fencedBlocks(text);
  const prose = withoutCode(text, blocks);
  const { spans, openedAt } = scanBrackets(prose);
  const begun = spans.filter(({ start }) => beginsAlone(prose, start));
  const alone = begun.filter(({ end }) => endsAlone(prose, end));
  const whole = [text, ...lastOf(blocks).map(({ content }) => content)];
  const embedded = lastOf(alone).map(({ start, end }) => text.slice(start, end));
  const from = openedAt ?? begun[0]?.start;
  return {
    whole: [...new Set(whole)].filter((candidate) => candidate !== ""),
    embedded: embedded.filter((candidate) => !whole.includes(candidate)),
    ...(from !== undefined && from > 0 && beginsAlone(prose, from) && { rest: text.slice(from) }),
  };
}

function lastOf<Item>(items: readonly Item[]): Item[] {
  return items.slice(-50).reverse();
}

/** The text, as long as it was, with blanks for the blocks in which a value would be part of a program. */
function withoutCode(text: string, blocks: readonly FencedBlock[]): string {
  const parts: string[] = [];
  let from = 0;
  for (const { start, end, info } of blocks) {
    if (/^(?:json[5c]?|js|javascript)?(?:\s|$)/i.test(info)) continue;
    parts.push(text.slice(from, start), " ".repeat(end - start));
    from = end;
  }
  return [...parts, text.slice(from)].join("");
}

function beginsAlone(text: string, start: number): boolean {
  aloneBefore.lastIndex = start;
  return aloneBefore.test(text);
}

// The colon may be emphasized, and the value may be in backticks.
const aloneBefore = /(?<=(?:^|\n|:[*_]*)[ \t]*(?:`+(?:json)?[ \t]*)?)/y;

function endsAlone(text: string, end: number): boolean {
  aloneAfter.lastIndex = end;
  return aloneAfter.test(text);
}

const aloneAfter = /[ \t]*(?:`+[ \t]*)?(?:\.[ \t]*)?\r?(?:\n|$)/y;

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
  stringMarks.lastIndex = position + 1;
  for (let mark = stringMarks.exec(text); mark !== null; mark = stringMarks.exec(text)) {
    if (!mark[0].startsWith("\\")) return mark.index;
  }
  return text.length;
}

const stringMarks = /["\n]|\\./g;

function looksLikeJson(text: string, position: number): boolean {
  jsonStart.lastIndex = position;
  return jsonStart.test(text);
}

const jsonStart =
  /\{\s*(?:["'“‘}]|\/[/*]|[\w$]+\s*:|$)|\[\s*(?:["'“‘{[\]\d-]|\/[/*]|(?:true|false|null|True|False|None)\b|$)/y;
