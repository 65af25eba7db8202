/** The fenced code blocks of a message in Markdown. */

export interface FencedBlock {
  /** Where its first line begins, the one with the fence. */
  readonly start: number;
  /** Where its last line of content ends. */
  readonly end: number;
  readonly content: string;
  /** What stands beside the opening fence, mostly a language; empty without. */
  readonly info: string;
}

/** Blocks between ``` or ~~~, in their order. One that is left open goes to the end, as in CommonMark. */
export function fencedBlocks(text: string): FencedBlock[] {
  const blocks: FencedBlock[] = [];
  let opening: (Fence & { readonly start: number; readonly contentStart: number }) | undefined;
  const close = (end: number): void => {
    if (opening === undefined) return;
    const { start, contentStart, info } = opening;
    blocks.push({ start, end, content: text.slice(contentStart, end).trim(), info });
    opening = undefined;
  };
  for (let start = 0; start < text.length;) {
    const lineEnd = text.indexOf("\n", start);
    const next = lineEnd < 0 ? text.length : lineEnd + 1;
    const fence = fenceIn(text.slice(start, next));
    if (opening === undefined) {
      if (fence) opening = { ...fence, start, contentStart: next };
    } else if (fence?.info === "" && fence.mark.startsWith(opening.mark)) {
      close(start);
    }
    start = next;
  }
  close(text.length);
  return blocks;
}

interface Fence {
  readonly mark: string;
  readonly info: string;
}

function fenceIn(line: string): Fence | undefined {
  const [before, mark] = /^[ \t>]*(`{3,}|~{3,})/.exec(line) ?? [];
  if (before === undefined || mark === undefined) return undefined;
  const info = line.slice(before.length).trim();
  // With backticks after it, it is code within a line.
  return mark.startsWith("`") && info.includes("`") ? undefined : { mark, info };
}
